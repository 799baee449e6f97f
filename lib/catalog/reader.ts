import { readArtifact } from "./artifact-rows.ts";
import { readArtifacts } from "./artifacts-query.ts";
import { readColumns } from "./columns-query.ts";
import type { CatalogReader, SeriesQuery } from "./contract.ts";
import { openForReading } from "./database.ts";
import { readEntries } from "./entries-query.ts";
import { readEntry } from "./entry-rows.ts";
import { readKeyedRun } from "./keyed-run.ts";
import { readLedger } from "./ledger-query.ts";
import { readLostEntries } from "./lost-entries-query.ts";
import { countUnread, readOrphans } from "./orphans-query.ts";
import { readExperiments, readLocator, readOverview, readProgress } from "./overview-query.ts";
import { type PackedRuns, unpackRuns } from "./packed-runs.ts";
import { type PackedSeries, unpackSeries } from "./packed-series.ts";
import { readPlaceHistories } from "./place-history.ts";
import {
  readCompanions,
  readEntriesBeside,
  readPayloadBytes,
  readPlannedEntries,
  readPlannedPayloads,
  readRunsAlong,
} from "./plan-query.ts";
import { simulatePolicy } from "./policy-query.ts";
import { type KnownSource, ReadContext } from "./read-context.ts";
import { readMetrics, readRun } from "./run-detail.ts";
import { readRuns } from "./runs-query.ts";
import { readSeries } from "./series-query.ts";
import { foldText } from "./stored-text.ts";
import { textOfStored } from "./stored-value.ts";
import { Totals } from "./totals.ts";
import { readTree } from "./tree-query.ts";

/** The reader with its big answers still packed: what the reader's thread sends. */
export type PackedReader = Omit<CatalogReader, "runs" | "series"> & {
  runs(query: Parameters<CatalogReader["runs"]>[0]): Promise<PackedRuns>;
  series(queries: readonly SeriesQuery[]): Promise<(PackedSeries | null)[]>;
};

export interface ReaderOptions {
  path: string;
  /** Epoch ms; what `age` counts from. */
  now?: () => number;
}

/** Opens the catalog for reading; the writer must have made it. */
export function openCatalogReader(options: ReaderOptions): CatalogReader {
  return unpackReader(openPackedReader(options));
}

/** Unpacks what the thread sent. */
export function unpackReader(packed: PackedReader): CatalogReader {
  return {
    progress: (source) => packed.progress(source),
    experiments: (query) => packed.experiments(query),
    runs: async (query) => unpackRuns(await packed.runs(query)),
    columns: (query) => packed.columns(query),
    run: (source, runId) => packed.run(source, runId),
    metrics: (source, runId) => packed.metrics(source, runId),
    series: async (queries) => (await packed.series(queries)).map((series) => series && unpackSeries(series)),
    entries: (query) => packed.entries(query),
    entry: (source, entryId, scope) => packed.entry(source, entryId, scope),
    keyedRun: (source, runId, stepsOf) => packed.keyedRun(source, runId, stepsOf),
    placeHistories: (source, runId, places, scope) => packed.placeHistories(source, runId, places, scope),
    tree: (query) => packed.tree(query),
    simulatePolicy: (query) => packed.simulatePolicy(query),
    orphans: (query) => packed.orphans(query),
    unreadResults: (sources) => packed.unreadResults(sources),
    ledger: (query) => packed.ledger(query),
    artifacts: (query) => packed.artifacts(query),
    artifact: (source, artifactId, scope) => packed.artifact(source, artifactId, scope),
    locator: (source, of, id) => packed.locator(source, of, id),
    plannedEntries: (source, query) => packed.plannedEntries(source, query),
    companions: (source, entries) => packed.companions(source, entries),
    entriesBeside: (source, entries, processes) => packed.entriesBeside(source, entries, processes),
    plannedPayloads: (source, entries) => packed.plannedPayloads(source, entries),
    payloadBytes: (source, entries) => packed.payloadBytes(source, entries),
    runsAlong: (source, entries, limit, scope) => packed.runsAlong(source, entries, limit, scope),
    lostEntries: (source, query) => packed.lostEntries(source, query),
    overview: (sources, scope) => packed.overview(sources, scope),
    close: () => packed.close(),
  };
}

export function openPackedReader({ path, now = Date.now }: ReaderOptions): PackedReader {
  const db = openForReading(path);
  db.define("text_contains", (text, needle) =>
    text !== null && foldText(String(text)).includes(String(needle)) ? 1 : 0,
  );
  db.define("value_contains", (v, long, needle) => {
    const text = textOfStored(v as string | number | null, long as string | null);
    return text !== null && foldText(text).includes(String(needle)) ? 1 : 0;
  });
  const context = new ReadContext(db, now);
  const totals = new Totals(db);
  return {
    progress: async (source) => readProgress(context.source(source)),
    experiments: async ({ source, scope }) => readExperiments(context, source, context.source(source), scope),
    runs: async (query) => readRuns(context, totals, query),
    columns: async (query) => readColumns(context, query),
    run: async (source, runId) => ifKnown(context, source, (found) => readRun(context, found, runId)),
    metrics: async (source, runId) => ifKnown(context, source, (found) => readMetrics(context, found, runId)) ?? [],
    series: async (queries) => readSeries(context, queries),
    entries: async (query) => readEntries(context, totals, query),
    entry: async (source, entryId, scope) =>
      ifKnown(context, source, (found) => readEntry(context, found, entryId, scope)),
    keyedRun: async (source, runId, stepsOf) =>
      ifKnown(context, source, (found) => readKeyedRun(context, found, runId, stepsOf)),
    placeHistories: async (source, runId, places, scope) =>
      ifKnown(context, source, (found) => readPlaceHistories(context, found, runId, places, scope)) ?? [],
    tree: async ({ source, scope, prefix }) =>
      ifKnown(context, source, (found) => readTree(context, found, scope, prefix)) ?? [],
    simulatePolicy: async (query) => simulatePolicy(context, query),
    orphans: async (query) => readOrphans(context, query),
    unreadResults: async (sources) => countUnread(context, sources),
    ledger: async (query) => readLedger(context, query),
    artifacts: async (query) => readArtifacts(context, totals, query),
    artifact: async (source, artifactId, scope) =>
      ifKnown(context, source, (found) => readArtifact(context, found, artifactId, scope)),
    locator: async (source, of, id) => ifKnown(context, source, (found) => readLocator(context, found, of, id)),
    plannedEntries: async (source, query) =>
      ifKnown(context, source, (found) => readPlannedEntries(context, found, query)) ?? { items: [], next: null },
    companions: async (source, entries) =>
      ifKnown(context, source, (found) => readCompanions(context, found, entries)) ?? [],
    entriesBeside: async (source, entries, processes) =>
      ifKnown(context, source, (found) => readEntriesBeside(context, found, entries, processes)) ?? [],
    plannedPayloads: async (source, entries) =>
      ifKnown(context, source, (found) => readPlannedPayloads(context, found, entries)) ?? [],
    payloadBytes: async (source, entries) =>
      ifKnown(context, source, (found) => readPayloadBytes(context, found, entries)) ?? 0,
    runsAlong: async (source, entries, limit, scope) =>
      ifKnown(context, source, (found) => readRunsAlong(context, found, entries, limit, scope)) ?? {
        runs: [],
        total: 0,
      },
    lostEntries: async (source, query) =>
      ifKnown(context, source, (found) => readLostEntries(context, found, query)) ?? { items: [], total: 0 },
    overview: async (sources, scope) => readOverview(context, context.sources(sources), scope),
    close: async () => db.close(),
  };
}

function ifKnown<Answer>(context: ReadContext, source: string, ask: (found: KnownSource) => Answer): Answer | null {
  const found = context.source(source);
  return found && ask(found);
}
