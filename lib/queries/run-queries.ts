import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Artifact } from "../domain/entry.ts";
import type { Graph, Log, Metric, Run, RunDetail } from "../domain/run.ts";
import type { Series } from "../domain/series.ts";
import type { Column, Page } from "../domain/source.ts";
import { apiUrl, askApi } from "../wire/client.ts";
import { type ReadMetric, type ReadRun, type ReadSeries, reviveRun, reviveSeries, reviveSummary } from "./revive.ts";

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

/** A page of runs and when it was read, epoch milliseconds: changes made to its rows later leave that as it is. */
export type RunsPageRead = Page<ReadRun> & { readAt: number };

const firstPage = 100;
const laterPages = 500;

/** Writes the filter as the API takes it; column ids may hold commas, so they go as JSON. */
function askRuns(filter: RunsFilter, cursor: string | null, limit: number, signal: AbortSignal): Promise<RunsPageRead> {
  const { columns, ...rest } = filter;
  const url = apiUrl(["runs"], { ...rest, columns: columns ? JSON.stringify(columns) : null, cursor, limit });
  return askApi<Page<Run>>(url, { signal }).then((page) => ({
    ...page,
    items: page.items.map(reviveRun),
    readAt: Date.now(),
  }));
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
      queryFn: ({ pageParam, signal }) => askRuns(filter, pageParam, pageParam ? laterPages : firstPage, signal),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
      placeholderData: keepPreviousData,
      meta: { live: "held" },
    }),
  /** A short list that follows live events. */
  latest: (filter: RunsFilter, limit: number) =>
    queryOptions({
      queryKey: [...runQueries.lists(), "latest", filter, limit],
      queryFn: ({ signal }) => askRuns(filter, null, limit, signal),
      placeholderData: keepPreviousData,
    }),
  columns: (filter: Pick<RunsFilter, "source" | "experiment" | "q"> = {}) =>
    queryOptions({
      queryKey: [...runQueries.lists(), "columns", filter],
      queryFn: ({ signal }) => askApi<Page<Column>>(apiUrl(["runs", "columns"], { ...filter }), { signal }),
      placeholderData: keepPreviousData,
    }),
  detail: (source: string, run: string) =>
    queryOptions({
      queryKey: [...runQueries.one(source, run), "detail"],
      queryFn: ({ signal }) => askApi<RunDetail>(ofRun(source, run), { signal }).then(reviveRun),
    }),
  graph: (source: string, run: string) =>
    queryOptions({
      queryKey: [...runQueries.one(source, run), "graph"],
      queryFn: ({ signal }) => askApi<Graph>(ofRun(source, run, "graph"), { signal }),
    }),
  /** The log by line; further pages start where the last one ended. */
  log: (source: string, run: string) =>
    infiniteQueryOptions({
      queryKey: [...runQueries.one(source, run), "log"],
      queryFn: ({ pageParam, signal }) =>
        askApi<Log>(apiUrl(["sources", source, "runs", run, "log"], { offset: pageParam, limit: 2000 }), { signal }),
      initialPageParam: 0,
      getNextPageParam: (page) => page.nextOffset,
    }),
  metrics: (source: string, run: string) =>
    queryOptions({
      queryKey: [...runQueries.one(source, run), "metrics"],
      queryFn: ({ signal }): Promise<Page<ReadMetric>> =>
        askApi<Page<Metric>>(ofRun(source, run, "metrics"), { signal }).then((page) => ({
          ...page,
          items: page.items.map(reviveSummary),
        })),
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
  /** Up to 500 series in one request, in the order of `refs`; identical ones come once, the others say `sameAs`. */
  seriesMany: (refs: readonly SeriesRef[], ask: SeriesAsk = {}) =>
    queryOptions({
      queryKey: [...runQueries.lists(), "series", refs, ask],
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
