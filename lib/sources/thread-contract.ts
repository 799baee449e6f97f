import type { CatalogChange, SeenDeath } from "../catalog/contract.ts";
import type { DiscardOutcome, LifeOutcome, PutBackOutcome, Receipt, SetAsideOutcome } from "../contracts/changes.ts";
import type { CodeFile, OpenLayout, Snapshot, ToldKey, ToldSubject } from "../contracts/layout.ts";
import type { FoundRevival, LostResult, Revival, ReviveOutcome } from "../contracts/revive.ts";
import type { CheckPart, CheckStep, SourceCheck } from "../domain/check.ts";
import type { VersionSources } from "../domain/explain/evidence.ts";
import type { Log } from "../domain/run.ts";
import type { Setting, SettingOrigin } from "../domain/settings.ts";
import type { SourceSettings } from "../domain/source-settings.ts";
import type { PlainValue } from "../domain/values.ts";
import type { CandidateRules } from "./admit-candidate.ts";
import type { SourceStatus } from "./source-status.ts";

/** Where a run stands: what the layout knows it by. */
export interface RunPlace {
  source: string;
  runName: string;
  experimentName: string;
}

/** A receipt with the store of its source that it is of. */
export type KeptReceipt = Receipt & { store: string };

/** What is to be set aside. `kept`: of the receipt that an earlier attempt left, which may have been interrupted anywhere. */
export interface SetAsideAsked extends ToldSubject {
  receiptId: string;
  kept?: Pick<KeptReceipt, "store" | "locator" | "token"> | undefined;
}

/** How an entry would come back: what it is made of stays with the source. */
export type PlannedRevival = Omit<FoundRevival, "thing" | "store"> | Exclude<Revival, FoundRevival>;

/** A planned revival: only just what was planned is written. */
export interface ReviveAsked extends LostResult {
  locator: string;
  token: string;
  receiptId: string;
}

/** Another end of life for an entry as it was told. */
export interface LifeAsked extends ToldSubject {
  from: number | null;
  to: number | null;
}

/** What the sources thread answers the engine. Each throws the source's own failure while it cannot be read. */
export interface SourcesApi {
  statuses(): Promise<SourceStatus[]>;
  /** Someone looks at a run: what is still to be read of it comes before other runs, as a change of it. */
  lookAt(place: RunPlace, look: "opened" | "listed"): Promise<void>;
  /** `null` when the layout has no such reading. */
  readGraph(place: RunPlace): Promise<Awaited<ReturnType<NonNullable<OpenLayout["readGraph"]>>> | null>;
  readLog(place: RunPlace, range: { offset: number; limit: number }): Promise<Log | null>;
  readVersion(
    place: RunPlace,
    hash: string,
  ): Promise<{ config: CodeFile | null; files: CodeFile[]; environment: Record<string, PlainValue> } | null>;
  /** `null` when this layout tells no keys. */
  readKeys(place: RunPlace): Promise<ToldKey[] | null>;
  /** `null` when no files match the version. */
  readKeySources(
    source: string,
    hash: string,
    experimentName: string,
    processes: readonly string[],
  ): Promise<VersionSources | null>;
  readRawRun(place: RunPlace): Promise<Record<string, PlainValue>>;
  readRawEntry(source: string, locator: string): Promise<PlainValue>;
  statArtifact(
    source: string,
    locator: string,
  ): Promise<{ bytes: number; modifiedAt: number | null; token: string } | null>;
  /** Bytes of an artifact; throws `conflict` when it changed since `token` was taken. */
  readArtifact(
    source: string,
    locator: string,
    range: { offset: number; length: number },
    token: string | null,
  ): Promise<Uint8Array | null>;
  /** Which stores of a source may be changed, with the proof of which store each is (a plan holds only for that). */
  changeableStores(source: string): Promise<{ store: string; identity: string }[]>;
  /** Looks whether a few still stand as told, and tells the catalog of those that do not; answers whether there are any. */
  recheck(source: string, told: readonly ToldSubject[]): Promise<boolean>;
  /** Sets subjects aside that are still as told; `keepReceipts` of the host has resolved before the store changes. */
  setAside(source: string, operationId: string, requests: readonly SetAsideAsked[]): Promise<SetAsideOutcome[]>;
  putBack(source: string, receipts: readonly KeptReceipt[]): Promise<PutBackOutcome[]>;
  discard(source: string, receipts: readonly KeptReceipt[]): Promise<DiscardOutcome[]>;
  /** How entries would come back; reads alone. Throws `unsupported` where none can. */
  findRevivals(source: string, lost: readonly LostResult[]): Promise<PlannedRevival[]>;
  /** Asked again for the same, it answers `same`. */
  revive(source: string, requests: readonly ReviveAsked[]): Promise<ReviveOutcome[]>;
  setLives(source: string, requests: readonly LifeAsked[]): Promise<LifeOutcome[]>;
  /** What the systems' own files in its folders say. `namedBy`: where its target stands. */
  describeSystems(source: string, namedBy: SettingOrigin): Promise<Setting[]>;
  /** Looks at a source stage by stage; each step is told to the host under this ticket as it ends. */
  check(source: string, ticket: string, part: CheckPart): Promise<SourceCheck>;
  /** Looks at a source that is not in the settings, where the rules allow it to lead. */
  checkCandidate(candidate: SourceSettings, rules: CandidateRules & { path: string }): Promise<SourceCheck>;
  /** Stops every source; the thread can then be ended. */
  stop(): Promise<void>;
}

/** What the engine answers the sources thread. */
export interface SourcesHost {
  onStatus(status: SourceStatus): Promise<void>;
  onChanges(sourceId: string, changes: CatalogChange[]): Promise<void>;
  onLog(level: "info" | "warn", message: string, facts?: Record<string, unknown>): Promise<void>;
  listSnapshots(sourceId: string): Promise<{ hash: string; seenAt: number }[]>;
  readSnapshot(sourceId: string, hash: string): Promise<Snapshot | null>;
  saveSnapshot(sourceId: string, snapshot: Snapshot): Promise<void>;
  findBegin(sourceId: string, experimentName: string, runName: string): Promise<string | null>;
  noteBegin(sourceId: string, experimentName: string, runName: string, hash: string): Promise<void>;
  listSightedRuns(sourceId: string): Promise<string[]>;
  findPointSightings(sourceId: string, runId: string): Promise<ReadonlyMap<string, Float64Array>>;
  savePointSightings(sourceId: string, runId: string, sightings: ReadonlyMap<string, Float64Array>): Promise<void>;
  noteDeaths(sourceId: string, deaths: readonly SeenDeath[]): Promise<void>;
  onCheckStep(ticket: string, step: CheckStep): Promise<void>;
  /** Resolves when the receipts are on disk. */
  keepReceipts(operationId: string, receipts: readonly KeptReceipt[]): Promise<void>;
}
