import type { CatalogReader } from "../catalog/contract.ts";
import type { Fact } from "../domain/facts.ts";
import type { Viewer } from "../domain/viewer.ts";
import type { SourcesApi } from "../sources/thread-contract.ts";
import type { State } from "../state/state.ts";

/** Who asks. */
export type Actor = Viewer;

export interface OperationRules {
  /** `plan`: plans are made, none is applied. */
  mode: "off" | "plan" | "on";
  /** The whole server only reads. */
  readOnly: boolean;
  /** Items of one plan. */
  mostItems: number;
  /** Above this many items the source's name is to be typed. */
  confirmAbove: number;
  planMillis: number;
  /** How long what was set aside can be put back. */
  retentionMillis: number;
  /** Content that may wait in our own file. */
  quotaBytes: number;
  /** How old an operation must be before its trash may be emptied by hand. */
  purgeAfterMillis: number;
}

export const usualRules: Omit<OperationRules, "mode" | "readOnly"> = {
  mostItems: 100_000,
  confirmAbove: 20,
  planMillis: 10 * 60_000,
  retentionMillis: 7 * 24 * 3600_000,
  quotaBytes: 5 * 1024 ** 3,
  purgeAfterMillis: 24 * 3600_000,
};

/** Those not younger than `before` (epoch ms): a younger one may still wait for its record. `why`: none, in sentences. */
export type OrphanJudgement = { before: number } | { why: string[] };

/** What operations know of a source. */
export interface OperationSource {
  label: string;
  environment: string | null;
  readOnly: boolean;
  engines: readonly { slot: string; engine: string }[];
}

export interface OperationsContext {
  reader: CatalogReader;
  sources: Pick<
    SourcesApi,
    | "changeableStores"
    | "recheck"
    | "setAside"
    | "putBack"
    | "discard"
    | "findRevivals"
    | "revive"
    | "setLives"
    | "readGraph"
    | "readRawEntry"
    | "statArtifact"
  >;
  state: Pick<State, "plans" | "proposals" | "journal" | "trash" | "audit" | "reach">;
  rules: OperationRules;
  /** Which payloads that no record names may be taken, said to this person. */
  judgeOrphans(actor: Actor): Promise<OrphanJudgement>;
  /** Throws `not_found`. */
  sourceOf(id: string): OperationSource;
  /** Tells the catalog, and who follows it, what has changed. */
  tell(source: string, facts: Fact[]): Promise<void>;
  /** An operation has moved on. */
  onOperation(source: string, id: string): void;
  log(level: "info" | "warn", message: string, facts?: Record<string, unknown>): void;
  now(): number;
}
