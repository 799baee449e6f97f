/** The failure codes of the HTTP API. Their HTTP status and wording stand in `lib/wire/failures.ts`. */
export const errorCodes = [
  "bad_request",
  "unauthenticated",
  "forbidden",
  "not_found",
  "conflict",
  "gone",
  "too_large",
  "misdirected",
  "unsupported",
  "too_many",
  "internal",
  "source_unavailable",
  "source_timeout",
] as const;
export type ErrorCode = (typeof errorCodes)[number];

export interface ErrorExtras {
  /** What the reader can do about it, as one sentence. */
  remedy?: string;
  /** Machine-readable facts (a position, a limit); never a secret, a stack or a server path. */
  details?: Record<string, unknown>;
  /** The raw cause: logged, never sent. */
  cause?: unknown;
}

/**
 * The one error that crosses rooms. Its message names the driver or the subject and is safe to show.
 * Told apart by `code`, never by `instanceof`: Next's bundle and the server hold two copies of this class.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string | undefined;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message: string, extras: ErrorExtras = {}) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = "AppError";
    this.code = code;
    this.remedy = extras.remedy;
    this.details = extras.details;
  }
}

/** True for an `AppError` of any module graph, also after it crossed a thread as plain data. */
export function isAppError(error: unknown): error is AppError {
  return error instanceof Error && "code" in error && (errorCodes as readonly unknown[]).includes(error.code);
}
