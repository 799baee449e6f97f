import type { ErrorCode } from "../domain/errors.ts";
import { AppError, isAppError } from "../domain/errors.ts";
import type { EngineKind } from "../domain/source.ts";

/** What a source's thread tells the engine each time it changes. */
export interface SourceStatus {
  id: string;
  label: string;
  environment: string | null;
  layout: string | null;
  engines: { slot: string; engine: string; kind: EngineKind }[];
  /** Object stores that it uses. */
  buckets: string[];
  phase: "opening" | "indexing" | "ready" | "unreachable";
  capabilities: string[];
  hints: string[];
  sweepSeconds: number | null;
  error: { code: ErrorCode; message: string; remedy?: string; since: number } | null;
}

/** Failures that are not ours to explain become one that is. */
export function asAppError(error: unknown, label: string): AppError {
  if (isAppError(error)) return error;
  return new AppError("internal", `Reading ${label} failed unexpectedly.`, {
    remedy: "The server's log names the cause.",
    cause: error,
  });
}

/** How long a store that answered `Retry-After` asked not to be asked again; 0 when it did not. */
export function retryAfterMillis(error: unknown): number {
  const seconds = isAppError(error) ? error.details?.retryAfterSeconds : undefined;
  return typeof seconds === "number" && seconds > 0 ? seconds * 1000 : 0;
}
