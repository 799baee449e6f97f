import { AppError, isAppError } from "../../domain/errors.ts";
import {
  credentialRules,
  type Failure,
  networkRules,
  passingRules,
  refusalRules,
  unsentRules,
} from "./failure-rules.ts";
import type { GcsPlace } from "./object-names.ts";

/** The first that matches counts. */
const allRules = [...credentialRules, ...passingRules, ...refusalRules, ...networkRules, ...unsentRules];

/**
 * A failure of the store, the network or the client as an `AppError`; nothing of the credentials gets into it. `needs`: the right that a refusal
 * means is lacking, unless it is one to read.
 */
export function gcsFailure(place: GcsPlace, error: unknown, needs: string | null = null): AppError {
  if (isAppError(error)) return error;
  const failure = { ...describeFailure(error), needs };
  const cause = new Error(failure.text);
  const rule = allRules.find(({ matches }) => matches(failure));
  if (rule === undefined) {
    return new AppError("source_unavailable", `gcs ${place.location}: the connection was lost`, {
      remedy: "Check the network; it is tried again by itself.",
      cause,
    });
  }
  const remedy = typeof rule.remedy === "string" ? rule.remedy : rule.remedy(failure, place);
  const { retryAfterSeconds } = failure;
  const details = retryAfterSeconds === null ? undefined : { retryAfterSeconds };
  return new AppError(rule.code, `gcs ${place.location}: ${rule.says(failure, place)}`, { remedy, details, cause });
}

/** A failure while credentials are made ready: what no rule knows is a key of a wrong form, of which nothing may be told. */
export function credentialsFailure(place: GcsPlace, error: unknown): AppError {
  if (isAppError(error)) return error;
  const failure = describeFailure(error);
  const isKnown = [...credentialRules, ...passingRules, ...networkRules, ...unsentRules].some(({ matches }) =>
    matches(failure),
  );
  if (isKnown) return gcsFailure(place, error);
  return new AppError("forbidden", `gcs ${place.location}: the credentials cannot be used`, {
    remedy: "Correct the key in the source's settings, or sign in: gcloud auth application-default login",
    cause: new Error(`the credentials cannot be used (${codeOf(error) ?? "no code"})`),
  });
}

/** HTTP status that the store answered with. */
export function statusOf(error: unknown): number | null {
  const code = codeOf(error);
  return /^[1-5]\d\d$/.test(String(code)) ? Number(code) : null;
}

/** Whether a change that failed may have been made all the same: it was sent, and no answer says that it was not. */
export function mayHaveBeenDone(error: unknown): boolean {
  if (isAppError(error)) return false;
  const failure = describeFailure(error);
  if (failure.status !== null) return failure.status === 408 || failure.status >= 500;
  return ![...credentialRules, ...unsentRules].some(({ matches }) => matches(failure));
}

/** True for what mostly passes within a moment: a connection that broke, a server of many that fails. */
export function passesByItself(error: unknown): boolean {
  const { status, text, retryAfterSeconds } = describeFailure(error);
  if (status !== null) return [500, 502, 503].includes(status) && retryAfterSeconds === null;
  return /ECONNRESET|EPIPE|PREMATURE_CLOSE|Premature close|socket hang up|^CUT\b/i.test(text);
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}

function describeFailure(error: unknown): Failure {
  const status = statusOf(error);
  const { errors, response } = (error ?? {}) as {
    errors?: { reason?: string }[];
    response?: { headers?: Record<string, string | undefined> };
  };
  const message = error instanceof Error ? error.message : "unknown error";
  const reasons = Array.isArray(errors) ? errors.map(({ reason }) => reason ?? "") : [];
  const retryAfter = response?.headers?.["retry-after"];
  const seconds = Number(retryAfter);
  return {
    status,
    text: [status === null ? codeOf(error) : "", ...reasons, message].filter(Boolean).join(" "),
    retryAfterSeconds: retryAfter !== undefined && Number.isFinite(seconds) ? seconds : null,
    needs: null,
  };
}
