import type { ArtifactFact, EntryFact, RunFact } from "../domain/facts.ts";

/** What only a row of runs or a detail shows of a run, as JSON in `run_docs`. */
export type RunDoc = Pick<RunFact, "statusReason" | "paramsOrigin" | "version" | "warnings">;

/** The same of an entry, in `entry_docs`. */
export type EntryDoc = Pick<EntryFact, "keyParts" | "ttl" | "warnings" | "locator">;

/** The same of an artifact, in `artifacts`. */
export type ArtifactDoc = Pick<ArtifactFact, "keyParts" | "locator">;
