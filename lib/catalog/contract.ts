import type { Artifact, Entry, EntryScope, EntryState, PayloadRole, TreeNode } from "../domain/entry.ts";
import type { EntryDeath, Evidence, KeyedRun } from "../domain/explain/evidence.ts";
import type { Fact, FactSubject } from "../domain/facts.ts";
import type { LedgerGrouping, LedgerItem, LedgerTotals } from "../domain/ledger.ts";
import type { EntryFault } from "../domain/orphan.ts";
import type { PlanSelector } from "../domain/plan.ts";
import type { CachePolicy, PolicyOutcome } from "../domain/policy.ts";
import type { Metric, Run, StepUse, Version } from "../domain/run.ts";
import type { Series } from "../domain/series.ts";
import type { Column, Experiment, Page } from "../domain/source.ts";
import type { PlainValue } from "../domain/values.ts";
import type { Warning } from "../domain/warning.ts";

/**
 * The writer's side; runs in one thread of its own. Batches are applied in one transaction each.
 * A scan has a generation: when a complete one ends, what it did not see is removed; an interrupted one removes nothing.
 */
export interface CatalogWriter {
  beginGeneration(sourceId: string): Promise<number>;
  /** `generation` null: facts from a watcher, between sweeps (kept by the sweep under way too). Answers the ids changed, for events. */
  put(sourceId: string, generation: number | null, facts: Fact[]): Promise<CatalogChange[]>;
  endGeneration(
    sourceId: string,
    generation: number,
    outcome: { complete: boolean; asOf: number },
  ): Promise<CatalogChange[]>;
  /** Everything is as of now, without a sweep (a watcher saw no change). */
  touch(sourceId: string, asOf: number): Promise<void>;
  known(sourceId: string, of: FactSubject, ids: readonly string[]): Promise<Map<string, string>>;
  memoGet(sourceId: string, keys: readonly string[]): Promise<Map<string, { token: string; value: PlainValue }>>;
  memoSet(sourceId: string, items: readonly { key: string; token: string; value: PlainValue }[]): Promise<void>;
  longestExecutions(sourceId: string, experimentId: string): Promise<Map<string, number>>;
  /** These sources are configured now: what no record names is judged over all of them, and not while one was never read completely. */
  expectSources(sourceIds: readonly string[]): Promise<void>;
  /**
   * Of these object stores, and no others, all indexes are connected: what no record names is judged in them, as it is in folders. Answers what changed
   * by that, by source.
   */
  confirmBuckets(buckets: readonly string[]): Promise<{ source: string; changes: CatalogChange[] }[]>;
  /** Entries that were seen to go, or to lose their result, since this was asked last. */
  takeDeaths(sourceId: string): Promise<SeenDeath[]>;
  /** These entries of the source are pinned, and no others. */
  setPins(sourceId: string, entries: readonly string[]): Promise<void>;
  pin(sourceId: string, entries: readonly string[], pinned: boolean): Promise<CatalogChange[]>;
  /** Drops sources that are not configured any more. */
  keepOnly(sourceIds: readonly string[]): Promise<void>;
  close(): Promise<void>;
}
export interface SeenDeath extends EntryDeath {
  entryId: string;
}
export interface CatalogChange {
  event: "run" | "series" | "cache";
  experimentId: string | null;
  id: string | null;
}

/** Which experiments a viewer may see: `null` is all. */
export interface ViewerScope {
  experiments: readonly string[] | null;
}

interface ListQuery {
  /** Sources to look in (already those the viewer may see). */
  sources: readonly string[];
  scope: ViewerScope;
  q?: string;
  sort?: string;
  cursor?: string;
  limit: number;
}
export interface RunsQuery extends ListQuery {
  experiment?: string;
  status?: readonly string[];
  /** Column ids whose values the rows carry; absent: all metrics and params of the rows. */
  columns?: readonly string[];
}
export interface ColumnsQuery {
  sources: readonly string[];
  scope: ViewerScope;
  experiment?: string;
  q?: string;
}
export interface EntriesQuery extends ListQuery {
  process?: string;
  step?: string;
  run?: string;
  state?: readonly string[];
  experiment?: string;
  kind?: EntryFault;
}
export interface ArtifactsQuery extends ListQuery {
  prefix?: string;
  run?: string;
}
export interface LedgerQuery extends Omit<ListQuery, "q"> {
  by: LedgerGrouping;
  /** Epoch ms; the whole UTC days that they fall on, without that of `to`. */
  from?: number;
  to?: number;
  experiment?: string;
}
export interface OrphansQuery extends Omit<ListQuery, "sort"> {
  /** Epoch ms: a younger payload may only wait for its record. */
  before: number;
}
export interface PolicyQuery {
  sources: readonly string[];
  scope: ViewerScope;
  experiment?: string;
  policy: CachePolicy;
}
export interface SeriesQuery {
  source: string;
  run: string;
  metric: string;
  x: string;
  from?: number;
  to?: number;
  points: number;
}
export interface SourceProgress {
  runs: number;
  entries: number;
  /** False while the very first generation has not ended completely. */
  complete: boolean;
  asOf: number | null;
}
export interface StoredLocator {
  experimentId: string | null;
  experimentName: string | null;
  name: string;
  locator: string;
}

/** A run with its keys, as far as entries that are there tell them. */
export interface KeyedRunRow extends KeyedRun {
  experimentId: string;
  experimentName: string;
  /** Processes whose charts its record names and that measured nothing. */
  charts: string[];
  warnings: Warning[];
}

/** A process (`step` null) or step whose past is asked for, with the entry that the run used there. */
export interface KeyPlace {
  process: string;
  step: string | null;
  entryId: string | null;
}

/** What is known of a place from before a run. */
export interface PlaceHistory
  extends Pick<Evidence, "earlierUses" | "earlierEntries" | "entriesExpire" | "nameTooLong"> {
  /** The latest earlier run of the experiment that reached it, and the latest that had a result there. */
  reachedBy: string | null;
  resultBy: string | null;
}

/** The reader's side; runs in one thread of its own, never waits behind the writer (WAL). Everything it answers is bounded. */
export interface CatalogReader {
  progress(sourceId: string): Promise<SourceProgress>;
  experiments(query: { source: string; scope: ViewerScope }): Promise<Page<Experiment>>;
  /** Throws `bad_request` with `details.position` and `details.expected` for a filter it cannot parse. */
  runs(query: RunsQuery): Promise<Page<Run>>;
  columns(query: ColumnsQuery): Promise<Page<Column>>;
  run(
    source: string,
    runId: string,
  ): Promise<(Run & { steps: StepUse[]; version: Version | null; charts: RunChart[] }) | null>;
  metrics(source: string, runId: string): Promise<Metric[]>;
  /** `null`: no such metric in that run. */
  series(queries: readonly SeriesQuery[]): Promise<(Series | null)[]>;
  entries(query: EntriesQuery): Promise<Page<Entry>>;
  /** `scope`: of which experiments the users that it tells are. */
  entry(source: string, entryId: string, scope: ViewerScope): Promise<(Entry & { usedBy: EntryUse[] }) | null>;
  /** Processes of a run with their keys, and the steps of one of them. */
  keyedRun(source: string, runId: string, stepsOf: string | null): Promise<KeyedRunRow | null>;
  /** What came before a run at these places, in their order. */
  placeHistories(
    source: string,
    runId: string,
    places: readonly KeyPlace[],
    scope: ViewerScope,
  ): Promise<PlaceHistory[]>;
  tree(query: { source: string; scope: ViewerScope; prefix: string | null }): Promise<TreeNode[]>;
  /** What a policy would take away, without doing so. */
  simulatePolicy(query: PolicyQuery): Promise<PolicyOutcome>;
  /** Payloads that no record of any source names; how many more are too young to tell. */
  orphans(query: OrphansQuery): Promise<Page<Artifact & { revivable: boolean }> & { young: number }>;
  /** How many entries name a result that could not be read. */
  unreadResults(sources: readonly string[]): Promise<number>;
  /** What lookups saved and spent and what is stored, by one thing. */
  ledger(query: LedgerQuery): Promise<Page<LedgerItem> & { totals: LedgerTotals }>;
  artifacts(query: ArtifactsQuery): Promise<Page<Artifact>>;
  artifact(
    source: string,
    artifactId: string,
    scope: ViewerScope,
  ): Promise<
    | (Artifact & { producer: { runId: string; runName: string } | null; usedBy: { runId: string; runName: string }[] })
    | null
  >;
  /** Where a run, an entry or an artifact stands in its store. */
  locator(source: string, of: "run" | "entry" | "artifact", id: string): Promise<StoredLocator | null>;
  /** What a plan needs of entries, page by page. Throws `bad_request` as `entries` does. */
  plannedEntries(source: string, query: PlanQuery): Promise<PlannedEntries>;
  /** Ids of entries of the same process as these, made or used in the same runs; themselves among them. */
  companions(source: string, entries: readonly string[]): Promise<string[]>;
  /** Ids of entries of these processes in the runs that made or used the given ones. */
  entriesBeside(source: string, entries: readonly string[], processes: readonly string[]): Promise<string[]>;
  /** Stored payloads that these entries name. */
  plannedPayloads(source: string, entries: readonly string[]): Promise<PlannedPayload[]>;
  /** What all stored payloads of these entries hold together. */
  payloadBytes(source: string, entries: readonly string[]): Promise<number>;
  /** Runs that made or used these entries: the newest `limit`, and how many in all. */
  runsAlong(
    source: string,
    entries: readonly string[],
    limit: number,
    scope: ViewerScope,
  ): Promise<{ runs: string[]; total: number }>;
  /** Results whose entries are gone; `limit` of those that the selector means. */
  lostEntries(source: string, query: LostQuery): Promise<LostEntries>;
  /** Figures for the overview. */
  overview(sources: readonly string[], scope: ViewerScope): Promise<OverviewFigures>;
  close(): Promise<void>;
}
export interface PlanQuery extends PlanSelector {
  scope: ViewerScope;
  /** Where the last page ended. */
  after: number | null;
  limit: number;
}
export interface PlannedEntries {
  items: PlannedEntry[];
  next: number | null;
}
/** An entry, or a payload that no entry names (`of` artifact). */
export interface PlannedEntry {
  id: string;
  of: "entry" | "artifact";
  createdAt: number | null;
  experimentId: string;
  key: string;
  scope: EntryScope;
  process: string | null;
  step: string | null;
  state: EntryState;
  bytes: number | null;
  seconds: number | null;
  /** What the steps took whose results it got from the cache. */
  borrowedSeconds: number | null;
  producerRunId: string | null;
  expiresAt: number | null;
  pinned: boolean;
  locator: string;
  token: string;
}
/** `entries`: ids of entries that are gone or of the artifacts that their results are. */
export interface LostQuery extends Omit<PlanQuery, "after"> {
  /** Only those of which a run is recorded to have made them. */
  recorded?: boolean;
}
export interface LostEntries {
  items: LostEntryRow[];
  total: number;
}
/** A result that no entry names, and the entry that its name tells. */
export interface LostEntryRow {
  entryId: string;
  artifactId: string;
  experimentId: string;
  experimentName: string;
  process: string;
  step: string | null;
  bytes: number | null;
  /** Runs that are recorded to have made it, newest first, a few of them. */
  makers: { id: string; name: string }[];
  /** When the newest of them had made it, epoch ms. */
  madeAt: number | null;
  seconds: number | null;
  /** What the steps took whose results it got from the cache. */
  borrowedSeconds: number | null;
}
export interface PlannedPayload {
  artifactId: string;
  role: PayloadRole;
  bytes: number | null;
  name: string;
  locator: string;
  token: string;
  /** The given entries that name it, and how many others do. */
  holders: string[];
  otherHolders: number;
  /** A result of its process could not be read, so that it may name this too. */
  mayHaveMore: boolean;
}
export interface RunChart {
  artifactId: string;
  process: string | null;
  title: string;
  mediaType: string | null;
  bytesRecorded: number | null;
  createdAt: string | null;
  producerRunId: string | null;
  /** The file no longer fits this record. */
  replaced: boolean;
  /** The run that wrote over it, where one is known. */
  replacedSince: string | null;
}
export interface EntryUse {
  runId: string;
  runName: string;
  at: string | null;
  how: "produced" | "reused";
}
export interface OverviewFigures {
  runs: Record<string, number>;
  entries: Record<string, number>;
  savedSeconds: number;
  spentSeconds: number;
  storedBytes: number;
  brokenEntries: number;
  orphanPayloads: number;
}
