import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Artifact } from "../domain/entry.ts";
import type { Explanation, RunExplanation } from "../domain/explanation.ts";
import type { Graph, Log, Metric, Run, RunDetail } from "../domain/run.ts";
import type { Series } from "../domain/series.ts";
import type { Column, Page } from "../domain/source.ts";
import { apiUrl, askApi, type ClientError } from "../wire/client.ts";
import { type HeldTable, isSameThing, keyOfThing, type ReadPage, stampPage } from "./held-table.ts";
import {
  type ReadMetric,
  type ReadRun,
  type ReadRunDetail,
  type ReadSeries,
  reviveRun,
  reviveSeries,
  reviveSummary,
} from "./revive.ts";

export interface RunsFilter {
  source?: string;
  experiment?: string;
  q?: string;
  status?: readonly string[];
  /** A column id; with `-` before it, largest first. */
  sort?: string;
  /** Columns whose values the rows carry; absent: all. */
  columns?: readonly string[];
}

export interface SeriesAsk {
  points?: number;
  /** `step`, `time`, `relative` or the id of another metric of the run. */
  x?: string;
  from?: number;
  to?: number;
}
export interface SeriesRef {
  source: string;
  run: string;
  metric: string;
}

const firstPage = 100;
const laterPages = 500;

/** Writes the filter as the API takes it; column ids may hold commas, so they go as JSON. */
function askRuns(
  filter: RunsFilter,
  cursor: string | null,
  limit: number,
  signal: AbortSignal,
): Promise<ReadPage<ReadRun>> {
  const { columns, ...rest } = filter;
  const url = apiUrl(["runs"], { ...rest, columns: columns ? JSON.stringify(columns) : null, cursor, limit });
  return askApi<Page<Run>>(url, { signal }).then((page) => stampPage({ ...page, items: page.items.map(reviveRun) }));
}

function askTable(filter: RunsFilter, cursor: string | null, signal: AbortSignal): Promise<ReadPage<ReadRun>> {
  return askRuns(filter, cursor, cursor ? laterPages : firstPage, signal);
}

function askRun(source: string, run: string, signal: AbortSignal): Promise<ReadRunDetail> {
  return askApi<RunDetail>(ofRun(source, run), { signal }).then(reviveRun);
}

function ofRun(source: string, run: string, ...rest: string[]): string {
  return apiUrl(["sources", source, "runs", run, ...rest]);
}

export const runQueries = {
  /** Lists and columns, of every filter. */
  lists: () => ["runs"] as const,
  /** All that hangs on one run. */
  one: (source: string, run: string) => ["run", source, run] as const,

  /** The table: pages by cursor, as many as one scrolls for. Live events do not move it by themselves. */
  table: (filter: RunsFilter) =>
    infiniteQueryOptions({
      queryKey: [...runQueries.lists(), "table", filter],
      queryFn: ({ pageParam, signal }) => askTable(filter, pageParam, signal),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
      placeholderData: keepPreviousData,
      meta: { live: "held" },
    }),
  held: (filter: RunsFilter): HeldTable<ReadRun> => ({
    queryKey: runQueries.table(filter).queryKey,
    events: ["run", "series"],
    keyOf: keyOfThing,
    isOf: isSameThing,
    readPage: (cursor, signal) => askTable(filter, cursor, signal),
    readRow: ({ source, id }, signal) => askRun(source, id, signal),
  }),
  /** A short list that follows live events. */
  latest: (filter: RunsFilter, limit: number) =>
    queryOptions({
      queryKey: [...runQueries.lists(), "latest", filter, limit],
      queryFn: ({ signal }) => askRuns(filter, null, limit, signal),
      placeholderData: keepPreviousData,
    }),
  columns: (filter: Pick<RunsFilter, "source" | "experiment" | "q"> = {}) => {
    const address = apiUrl(["runs", "columns"], { ...filter });
    return queryOptions({
      queryKey: [...runQueries.lists(), "columns", filter],
      queryFn: ({ signal }) => askApi<Page<Column>>(address, { signal }),
      placeholderData: keepPreviousData,
      meta: { address },
    });
  },
  detail: (source: string, run: string) =>
    queryOptions({
      queryKey: [...runQueries.one(source, run), "detail"],
      queryFn: ({ signal }) => askRun(source, run, signal),
      meta: { address: ofRun(source, run) },
    }),
  graph: (source: string, run: string) =>
    queryOptions({
      queryKey: [...runQueries.one(source, run), "graph"],
      queryFn: ({ signal }) => askApi<Graph>(ofRun(source, run, "graph"), { signal }),
    }),
  /** A page of the log, by line; the next one begins where it says that it ended. */
  log: (source: string, run: string, offset: number) =>
    queryOptions({
      queryKey: [...runQueries.one(source, run), "log", offset],
      queryFn: ({ signal }) =>
        askApi<Log>(apiUrl(["sources", source, "runs", run, "log"], { offset, limit: 2000 }), { signal }),
    }),
  /** Why it computed what it computed, in a sentence. `computed`: what it computed so far; only when that grows is it asked anew. */
  explanation: (source: string, run: string, computed: string) =>
    queryOptions({
      queryKey: [...runQueries.one(source, run), "explanation", computed],
      queryFn: ({ signal }) => askApi<RunExplanation>(ofRun(source, run, "explanation"), { signal }),
      placeholderData: keepPreviousData,
      meta: { live: "held" },
    }),
  /** Why one process, or a step of it, was reused or was not. */
  why: (source: string, run: string, process: string, step: string | null) =>
    queryOptions({
      queryKey: [...runQueries.one(source, run), "why", process, step],
      queryFn: ({ signal }) =>
        askApi<Explanation>(apiUrl(["sources", source, "cache", "explain"], { run, process, step }), { signal }),
    }),
  metrics: (source: string, run: string) =>
    queryOptions({
      queryKey: [...runQueries.one(source, run), "metrics"],
      queryFn: ({ signal }): Promise<Page<ReadMetric>> =>
        askApi<Page<Metric>>(ofRun(source, run, "metrics"), { signal }).then((page) => ({
          ...page,
          items: page.items.map(reviveSummary),
        })),
      meta: { address: ofRun(source, run, "metrics") },
    }),
  series: ({ source, run, metric }: SeriesRef, ask: SeriesAsk = {}) =>
    queryOptions({
      queryKey: [...runQueries.one(source, run), "series", metric, ask],
      queryFn: ({ signal }): Promise<ReadSeries> =>
        askApi<Series>(apiUrl(["sources", source, "runs", run, "series", metric], { ...ask }), { signal }).then(
          reviveSeries,
        ),
      placeholderData: keepPreviousData,
    }),
  /** Series of several runs at once; with a run, those that show it (an object in a key matches when it holds what is asked for). */
  seriesOf: (run?: { source: string; id: string }) =>
    run ? (["series", { [keyOfThing(run)]: true }] as const) : (["series"] as const),
  /** Up to 500 series in one request, in the order of `refs`; identical ones come once, the others say `sameAs`. */
  seriesMany: (refs: readonly SeriesRef[], ask: SeriesAsk = {}) =>
    queryOptions({
      queryKey: [
        ...runQueries.seriesOf(),
        Object.fromEntries(refs.map(({ source, run }) => [keyOfThing({ source, id: run }), true])),
        refs,
        ask,
      ],
      queryFn: ({ signal }): Promise<ReadSeries[]> =>
        askApi<Page<Series>>(apiUrl(["series"]), { body: { refs, ...ask }, signal }).then(({ items }) =>
          items.map(reviveSeries),
        ),
      enabled: refs.length > 0,
      placeholderData: keepPreviousData,
    }),
  artifacts: (source: string, run: string) =>
    queryOptions({
      queryKey: [...runQueries.one(source, run), "artifacts"],
      queryFn: ({ signal }) =>
        askApi<Page<Artifact>>(apiUrl(["sources", source, "runs", run, "artifacts"], { limit: 1000 }), { signal }),
    }),
};

/** Runs by source and id, in order; what is gone is left out. For exports. */
export async function fetchRuns(
  asked: readonly { source: string; id: string }[],
  signal: AbortSignal,
): Promise<ReadRun[]> {
  const runs: ReadRun[] = [];
  for (let at = 0; at < asked.length; at += atOnce) {
    const batch = asked.slice(at, at + atOnce).map(({ source, id }) => askRun(source, id, signal).catch(ifGone));
    runs.push(...(await Promise.all(batch)).filter((run) => run !== null));
  }
  return runs;
}
const atOnce = 6;

function ifGone(error: ClientError): null {
  if (error.code === "not_found") return null;
  throw error;
}

/** Every run that matches, by cursor, at most `most`. For exports. */
export async function fetchAllRuns(filter: RunsFilter, most: number, signal: AbortSignal): Promise<ReadRun[]> {
  const runs: ReadRun[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<ReadRun> = await askRuns(filter, cursor, 1000, signal);
    runs.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor && runs.length < most);
  return runs.slice(0, most);
}
