import { AppError, type ErrorCode, isAppError } from "../../domain/errors.ts";
import type { FirestorePlace } from "./firestore-place.ts";

interface Rule {
  /** gRPC codes, none: any failure, also one of the credentials. */
  codes?: readonly number[];
  matches?: RegExp;
  code: ErrorCode;
  says: string | ((place: FirestorePlace, needs: string | null) => string);
  remedy: string | ((place: FirestorePlace, link: string | null, needs: string | null) => string);
}

const invalid = 3;
const deadline = 4;
const notFound = 5;
const alreadyExists = 6;
const denied = 7;
const exhausted = 8;
const precondition = 9;
const aborted = 10;
const internal = 13;
const unavailable = 14;
const unauthenticated = 16;

const grantRole = (place: FirestorePlace, _link: string | null, needs: string | null) =>
  `Grant its account the role roles/datastore.${needs === null ? "viewer" : "user"} in the project ${place.project}, or name another key file.`;

/** What the store, its credentials or a socket says, in the product's words; the first that matches counts. */
const rules: readonly Rule[] = [
  {
    matches: /Could not load the default credentials|Unable to detect a Project Id|NO_ADC_FOUND/i,
    code: "forbidden",
    says: "no credentials were found",
    remedy: "Name a key file in the source's settings, or type: gcloud auth application-default login",
  },
  {
    matches: /invalid_grant|invalid_rapt|reauth related error/i,
    code: "forbidden",
    says: "the credentials have expired or were withdrawn",
    remedy: "Type: gcloud auth application-default login, or name a valid key file in the source's settings.",
  },
  {
    matches: /DECODER routines|PEM routines|private_key|client_email|ERR_OSSL|invalid_client|asymmetric key/i,
    code: "bad_request",
    says: "the credentials are no usable key",
    remedy: "Name a key file in JSON as Google gives it out for a service account.",
  },
  {
    codes: [denied],
    matches: /has not been used in project|it is disabled|SERVICE_DISABLED/,
    code: "forbidden",
    says: (place) => `the Firestore API is not enabled in the project ${place.project}`,
    remedy: (place, link) =>
      link === null
        ? `Type: gcloud services enable firestore.googleapis.com --project ${place.project}`
        : `Enable it: ${link}`,
  },
  {
    codes: [denied],
    code: "forbidden",
    says: (_place, needs) =>
      needs === null
        ? "the account may not read it, or there is no such project"
        : `the account may not change it (it lacks ${needs})`,
    remedy: grantRole,
  },
  {
    codes: [unauthenticated],
    code: "forbidden",
    says: "the credentials are not accepted",
    remedy: "Type: gcloud auth application-default login, or name a valid key file in the source's settings.",
  },
  {
    codes: [precondition],
    matches: /index is currently building|not ready yet/i,
    code: "unsupported",
    says: "an index that the question needs is still being built",
    remedy: (_place, link) => (link === null ? "Wait until it is built." : `Wait until it is built: ${link}`),
  },
  {
    codes: [precondition],
    matches: /requires an index/i,
    code: "unsupported",
    says: "the question needs an index that the database lacks",
    remedy: (_place, link) =>
      link === null
        ? "Create the indexes of firestore.indexes.json."
        : `Create the index, then wait some minutes: ${link}`,
  },
  {
    matches: /not available for .*Datastore/i,
    code: "unsupported",
    says: "the database is one in Datastore mode",
    remedy: "Name a database in native mode.",
  },
  {
    codes: [notFound],
    matches: /no (document|entity) to/i,
    code: "conflict",
    says: "no document stands there any more",
    remedy: "Look at it again.",
  },
  {
    codes: [precondition],
    code: "conflict",
    says: "something else stands there than was said",
    remedy: "Look at it again.",
  },
  {
    codes: [alreadyExists],
    code: "conflict",
    says: "a document stands there already",
    remedy: "Look at it again.",
  },
  {
    codes: [aborted],
    code: "conflict",
    says: "others write the same documents at present",
    remedy: "Wait a moment, then try again.",
  },
  {
    codes: [notFound],
    code: "not_found",
    says: (place) => `the project ${place.project} has no database ${place.database}, or there is no such project`,
    remedy: "Correct project and database in the source's settings.",
  },
  {
    codes: [deadline],
    code: "source_timeout",
    says: "it does not answer in time",
    remedy: (place) =>
      place.hasCredentials
        ? "Check the network; it is tried again by itself."
        : "Check the network, and whether there are credentials: gcloud auth application-default login; it is tried again by itself.",
  },
  {
    codes: [exhausted],
    code: "too_many",
    says: "the project's quota of reads is used up, or it is asked too fast",
    remedy: (place) =>
      `Wait, or look at the quota: https://console.cloud.google.com/firestore/databases/-default-/usage?project=${encodeURIComponent(place.project)}`,
  },
  {
    matches: /ECONNREFUSED/,
    code: "source_unavailable",
    says: "nothing listens at this address",
    remedy: (place) =>
      place.emulatorHost === null
        ? "Check the network and its proxy; it is tried again by itself."
        : "Start the emulator or correct its address; it is tried again by itself.",
  },
  {
    matches: /ENOTFOUND|EAI_AGAIN|Name resolution failed/,
    code: "source_unavailable",
    says: "the host's name cannot be looked up",
    remedy: "Check the network and the emulator's address if one is set; it is tried again by itself.",
  },
  {
    codes: [unavailable, internal],
    code: "source_unavailable",
    says: "it cannot be reached at present",
    remedy: "Check the network; it is tried again by itself.",
  },
  {
    codes: [invalid],
    matches: /page.?token/i,
    code: "bad_request",
    says: "this cursor is none that was given",
    remedy: "Begin again without a cursor.",
  },
  {
    codes: [invalid],
    code: "bad_request",
    says: "it takes the question for wrong",
    remedy: "Check project and database in the source's settings.",
  },
];

/**
 * A failure of Firestore, its client or its credentials as an `AppError`; no credential, path or document goes into it. `needs`: the right that a
 * refusal means is lacking, unless it is one to read.
 */
export function firestoreFailure(place: FirestorePlace, error: unknown, needs: string | null = null): AppError {
  if (isAppError(error)) return error;
  const { code, text } = factsOf(error);
  // The client hangs requests and headers on its errors.
  const cause = new Error(text);
  for (const rule of rules) {
    if (rule.codes !== undefined && (code === null || !rule.codes.includes(code))) continue;
    if (rule.matches !== undefined && !rule.matches.test(text)) continue;
    const says = typeof rule.says === "string" ? rule.says : rule.says(place, needs);
    const remedy = typeof rule.remedy === "string" ? rule.remedy : rule.remedy(place, linkIn(text), needs);
    return new AppError(rule.code, `firestore ${place.name}: ${says}`, { remedy, cause });
  }
  return new AppError("source_unavailable", `firestore ${place.name}: the connection was lost`, {
    remedy: "Check the network; it is tried again by itself.",
    cause,
  });
}

/** Whether a failure is that of a connection which never was, so that nothing was asked of the store. */
export function wasNeverSent({ cause }: AppError): boolean {
  return cause instanceof Error && /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|Name resolution failed/.test(cause.message);
}

/** The failure of a question that had no answer in time. */
export function timeoutFailure(place: FirestorePlace): AppError {
  return firestoreFailure(place, Object.assign(new Error("no answer in time"), { code: deadline }));
}

/** Google's own links alone are handed on. */
function linkIn(text: string): string | null {
  return /https:\/\/console\.(?:firebase|cloud|developers)\.google\.com\/[^\s"'<>]+/.exec(text)?.[0] ?? null;
}

/** The message begins with the true code, `7 PERMISSION_DENIED: …`, or that of a watch, `Error 7: …`. */
function factsOf(error: unknown): { code: number | null; text: string } {
  if (!(error instanceof Error)) return { code: null, text: "unknown error" };
  const code = "code" in error ? error.code : undefined;
  const text = typeof code === "string" ? `${code} ${error.message}` : error.message;
  const [, spelled, ofWatch] = /^(?:(\d+) [A-Z_]+|Error (\d+)): /.exec(text) ?? [];
  if (spelled !== undefined || ofWatch !== undefined) return { code: Number(spelled ?? ofWatch), text };
  return { code: typeof code === "number" ? code : null, text };
}
