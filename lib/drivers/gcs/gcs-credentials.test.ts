import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { makeScratchFolder } from "../../contracts/testing/scratch-folder.ts";
import { type GcsOptions, openGcsDriver } from "./gcs-driver.ts";

const canary = "canary-0123456789";

/** Credentials of a kind whose tokens come from a server of this test's own, which answers with `status`. */
async function makeCredentials(status: number, body: object): Promise<string> {
  const tokens = createServer((_request, answer) => {
    answer.writeHead(status, { "content-type": "application/json" });
    answer.end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(tokens, "listening");
  onTestFinished(() => {
    tokens.close();
  });
  const subject = join(await makeScratchFolder(), "subject");
  await writeFile(subject, canary);
  return JSON.stringify({
    type: "external_account",
    audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/provider",
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: `http://127.0.0.1:${(tokens.address() as AddressInfo).port}/token`,
    credential_source: { file: subject },
  });
}

async function writeKeyFile(text: string): Promise<string> {
  const path = join(await makeScratchFolder(), "key.json");
  await writeFile(path, text);
  return path;
}

/** The failure of opening with these credentials, after a look that nothing of them is in it. */
async function failureOf(options: Partial<GcsOptions>): Promise<unknown> {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const error = await openGcsDriver({ bucket: "private", ...options }).catch((reason) => reason);
  const told = [error, error.message, error.stack, error.remedy, error.cause, String(error.cause), error.cause?.stack];
  expect(JSON.stringify(told)).not.toContain("canary");
  expect(JSON.stringify(warn.mock.calls)).not.toContain("deprecated");
  return error;
}

const expired = { error: "invalid_grant", error_description: "Token has been expired or revoked." };
const signInAgain = {
  code: "forbidden",
  message: "gcs gs://private: the credentials have expired or were revoked",
  remedy: expect.stringContaining("gcloud auth application-default login"),
};

describe("credentials for Cloud Storage", () => {
  it("says that they have expired, wherever they come from", async () => {
    const credentialsJson = await makeCredentials(400, expired);
    expect(await failureOf({ credentialsJson })).toMatchObject(signInAgain);
    const keyFile = await writeKeyFile(credentialsJson);
    expect(await failureOf({ keyFile })).toMatchObject(signInAgain);
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", keyFile);
    expect(await failureOf({})).toMatchObject(signInAgain);
  });

  it("says that the place where tokens come from fails", async () => {
    const credentialsJson = await makeCredentials(503, {});
    expect(await failureOf({ credentialsJson })).toMatchObject({ code: "source_unavailable" });
  });

  it.each([
    ["no JSON", `{"private_key": "${canary}`, "the credentials are not the text of a key file"],
    ["other JSON", `["${canary}"]`, "the credentials are not the text of a key file"],
    [
      "a broken key",
      JSON.stringify({ type: "service_account", client_email: "a@b", private_key: canary }),
      "the credentials cannot be used",
    ],
    ["a half key", JSON.stringify({ type: "service_account", private_key: canary }), "the credentials cannot be used"],
  ])("says that a key file holds %s", async (_what, text, words) => {
    const expected = { code: "forbidden", message: `gcs gs://private: ${words}`, remedy: expect.any(String) };
    expect(await failureOf({ credentialsJson: text })).toMatchObject(expected);
    expect(await failureOf({ keyFile: await writeKeyFile(text) })).toMatchObject(expected);
  });

  it("says that there is no such key file", async () => {
    expect(await failureOf({ keyFile: "/nowhere/key.json" })).toMatchObject({
      code: "forbidden",
      message: "gcs gs://private: the key file cannot be read",
      remedy: expect.any(String),
    });
  });
});
