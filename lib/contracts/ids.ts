import { hash } from "node:crypto";

export type IdKind = "experiment" | "run" | "entry" | "artifact" | "metric" | "log" | "column" | "bucket";

/**
 * The opaque id of a stored thing: the first 16 characters of base64url(SHA-256(source, kind, stored name)).
 * Safe in one URL segment whatever the name holds. A metric's id leaves the run out, so that the same metric has one id in all runs.
 */
export function idOf(sourceId: string, kind: IdKind, storedName: string): string {
  return hash("sha256", JSON.stringify([sourceId, kind, storedName]), "base64url").slice(0, 16);
}

/** Id of a metric, by where it hangs and its name. */
export function metricIdOf(sourceId: string, process: string | null, step: string | null, name: string): string {
  return idOf(sourceId, "metric", JSON.stringify([process, step, name]));
}
