import { describe, expect, it } from "vitest";
import { firestoreFailure } from "./firestore-failure.ts";
import { parseFirestorePlace } from "./firestore-place.ts";

const place = parseFirestorePlace({ project: "my-project" });
const says = (message: string, code?: number | string) =>
  firestoreFailure(place, Object.assign(new Error(message), { code }));

describe("failures of Firestore", () => {
  // The text as in https://github.com/DashboardHub/PipelineDashboard/issues/1321
  it("hands on the link that makes a missing index", () => {
    const link =
      "https://console.firebase.google.com/project/my-project/database/firestore/indexes?create_composite=Clhwcm9qZWN0cy9waXBlbGluZWRhc2hib2FyZ";
    const failure = says(`9 FAILED_PRECONDITION: The query requires an index. You can create it here: ${link}`, 2);
    expect(failure).toMatchObject({ code: "unsupported", message: expect.stringContaining("needs an index") });
    expect(failure.remedy).toContain(`: ${link}`);
  });

  it("hands on no link but Google's own", () => {
    const { remedy } = says(
      "9 FAILED_PRECONDITION: The query requires an index: https://console.firebase.google.com.evil.example/x",
      9,
    );
    expect(remedy).not.toContain("http");
  });

  it("says that an index is still being built", () => {
    const failure = says(
      "9 FAILED_PRECONDITION: The query requires an index. That index is currently building and cannot be used yet.",
      9,
    );
    expect(failure).toMatchObject({ code: "unsupported", remedy: "Wait until it is built." });
  });

  it.each([
    // https://github.com/GoogleCloudPlatform/training-data-analyst/issues/871
    [
      "5 NOT_FOUND: The project my-project does not exist or it does not contain an active Cloud Datastore or Cloud Firestore database.",
      "not_found",
      "no database (default)",
    ],
    // https://github.com/u12206050/gridsome-source-firestore/issues/7
    [
      "9 FAILED_PRECONDITION: The Cloud Firestore API is not available for Cloud Datastore projects.",
      "unsupported",
      "Datastore mode",
    ],
    ["7 PERMISSION_DENIED: Missing or insufficient permissions.", "forbidden", "may not read it"],
    [
      "7 PERMISSION_DENIED: Cloud Firestore API has not been used in project my-project before or it is disabled.",
      "forbidden",
      "not enabled",
    ],
    ["16 UNAUTHENTICATED: Request had invalid authentication credentials.", "forbidden", "not accepted"],
    ["16 UNAUTHENTICATED: Getting metadata from plugin failed with error: invalid_grant", "forbidden", "expired"],
    ["Could not load the default credentials.", "forbidden", "no credentials"],
    ["8 RESOURCE_EXHAUSTED: Quota exceeded.", "too_many", "quota"],
    ["4 DEADLINE_EXCEEDED: Deadline exceeded after 5s", "source_timeout", "in time"],
    [
      "14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED 127.0.0.1:1",
      "source_unavailable",
      "nothing listens",
    ],
    [
      "14 UNAVAILABLE: Name resolution failed for target dns:firestore.googleapis.com:443",
      "source_unavailable",
      "looked up",
    ],
    ["14 UNAVAILABLE: The service is currently unavailable.", "source_unavailable", "at present"],
    ["3 INVALID_ARGUMENT: page_token: invalid", "bad_request", "cursor"],
    ["Error 7: Missing or insufficient permissions.", "forbidden", "may not read it"],
    ["something else", "source_unavailable", "lost"],
  ])("says of %j that it is %s", (message, code, words) => {
    expect(says(message)).toMatchObject({
      code,
      message: expect.stringMatching(/^firestore my-project\/\(default\): /),
      remedy: expect.stringMatching(/\w\w/),
    });
    expect(says(message).message).toContain(words);
  });

  it("names the role that is needed, or the link that enables the API", () => {
    expect(says("7 PERMISSION_DENIED: Missing or insufficient permissions.").remedy).toContain(
      "roles/datastore.viewer",
    );
    const link = "https://console.developers.google.com/apis/api/firestore.googleapis.com/overview?project=my-project";
    expect(says(`7 PERMISSION_DENIED: SERVICE_DISABLED Enable it by visiting ${link} then retry.`).remedy).toBe(
      `Enable it: ${link}`,
    );
  });

  it("keeps what the client hangs on its errors to itself", () => {
    const failure = firestoreFailure(
      place,
      Object.assign(new Error("13 INTERNAL: x"), { metadata: { token: "secret" } }),
    );
    expect(JSON.stringify([failure, failure.cause])).not.toContain("secret");
    expect(failure.cause).not.toHaveProperty("metadata");
  });
});
