import type { AppError, ErrorCode } from "../domain/errors.ts";

/** Failure code → HTTP status: the only table of its kind. */
export const statusOf: Record<ErrorCode, number> = {
  bad_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  gone: 410,
  too_large: 413,
  misdirected: 421,
  unsupported: 422,
  too_many: 429,
  internal: 500,
  source_unavailable: 503,
  source_timeout: 504,
};

/** The body of every failed answer. */
export interface FailureBody {
  error: { code: ErrorCode; message: string; remedy?: string; details?: Record<string, unknown> };
}

/** What a caller may see of an error: never its cause or its stack. */
export function failureBody(error: AppError): FailureBody {
  const { code, message, remedy, details } = error;
  return { error: { code, message, ...(remedy && { remedy }), ...(details && { details }) } };
}
