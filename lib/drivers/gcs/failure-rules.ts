import type { ErrorCode } from "../../domain/errors.ts";
import type { GcsPlace } from "./object-names.ts";

/** What is known of a failure of the store, the network or the credentials. */
export interface Failure {
  /** HTTP status, where the store answered. */
  status: number | null;
  /** Code, reasons and message. */
  text: string;
  retryAfterSeconds: number | null;
  /** The right that a refusal means is lacking, where what was asked changes something. */
  needs: string | null;
}

export interface FailureRule {
  matches: (failure: Failure) => boolean;
  code: ErrorCode;
  says: (failure: Failure, place: GcsPlace) => string;
  remedy: string | ((failure: Failure, place: GcsPlace) => string);
}

const signInAgain =
  "Sign in again (gcloud auth application-default login), or put a valid key into the source's settings.";
const tryAgain = "it is tried again by itself.";

const said = (pattern: RegExp) => (failure: Failure) => pattern.test(failure.text);
const status = (wanted: number) => (failure: Failure) => failure.status === wanted;

/** What concerns the credentials. */
export const credentialRules: readonly FailureRule[] = [
  {
    matches: said(/Could not load the default credentials|Anonymous caller/i),
    code: "forbidden",
    says: () => "it demands credentials, and there are none",
    remedy: "Sign in (gcloud auth application-default login), or name a key file in the source's settings.",
  },
  {
    matches: said(
      /invalid_(grant|rapt|client|token)|unauthorized_client|deleted_client|account_disabled|Token expired/i,
    ),
    code: "forbidden",
    says: () => "the credentials have expired or were revoked",
    remedy: signInAgain,
  },
  {
    matches: said(/^(ENOENT|EACCES|EISDIR)\b/),
    code: "forbidden",
    says: () => "the key file cannot be read",
    remedy: "Correct the path of the key file in the source's settings, and let the server read it.",
  },
];

/** What passes with time. */
export const passingRules: readonly FailureRule[] = [
  {
    matches: (failure) =>
      failure.status === 429 || (failure.status === 403 && /rateLimitExceeded|quota/i.test(failure.text)),
    code: "too_many",
    says: () => "it answers too many questions already",
    remedy: ({ retryAfterSeconds }) =>
      retryAfterSeconds === null ? `Wait; ${tryAgain}` : `Wait ${retryAfterSeconds} s; ${tryAgain}`,
  },
  {
    matches: (failure) => failure.status === 408 || failure.status === 504 || /^(LATE|ETIMEDOUT)\b/.test(failure.text),
    code: "source_timeout",
    says: () => "it does not answer in time",
    remedy: `Check whether the network is slow; ${tryAgain}`,
  },
  {
    matches: (failure) => failure.status !== null && failure.status >= 500,
    code: "source_unavailable",
    says: (failure) => `it cannot answer at present (${failure.status})`,
    remedy: ({ retryAfterSeconds }) =>
      retryAfterSeconds === null ? `Wait; ${tryAgain}` : `Wait ${retryAfterSeconds} s; ${tryAgain}`,
  },
];

/** What the store refuses. */
export const refusalRules: readonly FailureRule[] = [
  {
    matches: status(401),
    code: "forbidden",
    says: (_failure, { bucket }) => `the credentials are not accepted for bucket ${bucket}`,
    remedy: signInAgain,
  },
  {
    matches: (failure) => failure.status === 403 && /accountDisabled|billing/i.test(failure.text),
    code: "forbidden",
    says: (_failure, { bucket }) => `billing is off in the project of bucket ${bucket}`,
    remedy: "Turn on billing for the project.",
  },
  {
    matches: (failure) => failure.status === 403 && /vpcServiceControls|organization's policy/i.test(failure.text),
    code: "forbidden",
    says: (_failure, { bucket }) => `a policy of its organization keeps bucket ${bucket} from this machine`,
    remedy: "Ask for this machine or account to be let in by the service perimeter.",
  },
  {
    matches: (failure) =>
      failure.status === 403 && /retention (period|policy)|-based hold|temporary hold/i.test(failure.text),
    code: "forbidden",
    says: () => "a hold or a retention period keeps the object",
    remedy: "Release the hold, or wait until the period is over.",
  },
  {
    matches: (failure) => failure.status === 403 && failure.needs !== null,
    code: "forbidden",
    says: ({ text, needs }, { bucket }) =>
      `the account may not change bucket ${bucket}${missingRight(text) || ` (it lacks ${needs})`}`,
    remedy: ({ needs }, { bucket }) =>
      grant(bucket, needs === "storage.objects.restore" ? "roles/storage.objectAdmin" : "roles/storage.objectUser"),
  },
  {
    matches: status(403),
    code: "forbidden",
    says: ({ text }, { bucket }) =>
      `the account may not read bucket ${bucket}${missingRight(text)}, for which it needs roles/storage.objectViewer`,
    remedy: (_failure, { bucket }) => grant(bucket, "roles/storage.objectViewer"),
  },
  {
    matches: said(/requester pays/i),
    code: "unsupported",
    says: (_failure, { bucket }) => `bucket ${bucket} bills its readers`,
    remedy: "Turn off requester pays for the bucket.",
  },
  {
    matches: status(404),
    code: "source_unavailable",
    says: (_failure, { bucket }) => `there is no bucket ${bucket}`,
    remedy: `Correct the bucket in the source's settings or create it; ${tryAgain}`,
  },
  {
    matches: status(412),
    code: "conflict",
    says: () => "it changed meanwhile",
    remedy: "Look at it again.",
  },
  {
    matches: status(416),
    code: "source_unavailable",
    says: () => "an object became shorter while it was read",
    remedy: "Read it again.",
  },
  {
    matches: (failure) => failure.status !== null,
    code: "unsupported",
    says: (failure) => `it refuses the question (${failure.status})`,
    remedy: "Check that the address is that of Google Cloud Storage or of an emulator of it.",
  },
];

/** What keeps an answer from coming. */
export const networkRules: readonly FailureRule[] = [
  {
    matches: said(/^NOT_STORAGE\b/),
    code: "unsupported",
    says: () => "what answers is not Cloud Storage",
    remedy: "Check the network's proxy, and the emulator's address if one is set.",
  },
];

/** What keeps a question from being sent. */
export const unsentRules: readonly FailureRule[] = [
  {
    matches: said(/ECONNREFUSED/),
    code: "source_unavailable",
    says: () => "nothing listens at its address",
    remedy: `Check the network, or start the emulator; ${tryAgain}`,
  },
  {
    matches: said(/ENOTFOUND|EAI_AGAIN/),
    code: "source_unavailable",
    says: () => "its host's name cannot be found",
    remedy: `Check the network and its name service; ${tryAgain}`,
  },
  {
    matches: said(/EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL/),
    code: "source_unavailable",
    says: () => "there is no way to its host",
    remedy: `Check the network; ${tryAgain}`,
  },
  {
    matches: said(/CERT_|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ALTNAME_INVALID|ERR_SSL|EPROTO/),
    code: "source_unavailable",
    says: () => "its TLS certificate is not trusted",
    remedy: "Start with NODE_EXTRA_CA_CERTS naming the certificate file (PEM) of the network's authority.",
  },
];

function grant(bucket: string, role: string): string {
  return `Grant it: gcloud storage buckets add-iam-policy-binding gs://${bucket} --member=<account> --role=${role}`;
}

function missingRight(text: string): string {
  const [right] = /storage\.\w+\.\w+/.exec(text) ?? [];
  return right === undefined ? "" : ` (it lacks ${right})`;
}
