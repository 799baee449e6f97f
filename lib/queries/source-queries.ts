import { queryOptions } from "@tanstack/react-query";
import type { Experiment, Page, Source } from "../domain/source.ts";
import { apiUrl, askApi } from "../wire/client.ts";

export interface Overview {
  /** Runs by status. */
  runs: Record<string, number>;
  /** Cache entries by state. */
  entries: Record<string, number>;
  savedSeconds: number;
  spentSeconds: number;
  storedBytes: number;
  brokenEntries: number;
  orphanPayloads: number;
}

export const sourceQueries = {
  all: () => ["sources"] as const,
  list: () =>
    queryOptions({
      queryKey: [...sourceQueries.all(), "list"],
      meta: { address: apiUrl(["sources"]) },
      queryFn: ({ signal }) => askApi<Page<Source>>(apiUrl(["sources"]), { signal }),
      refetchInterval: ({ state }) => (state.data?.items.some(({ status }) => status === "indexing") ? 2000 : 30_000),
    }),
  experiments: (source: string) =>
    queryOptions({
      queryKey: [...sourceQueries.all(), "experiments", source],
      queryFn: ({ signal }) => askApi<Page<Experiment>>(apiUrl(["sources", source, "experiments"]), { signal }),
    }),
};

export const overviewQueries = {
  all: () => ["overview"] as const,
  figures: () =>
    queryOptions({
      queryKey: overviewQueries.all(),
      queryFn: ({ signal }) => askApi<Overview>(apiUrl(["overview"]), { signal }),
    }),
};

/** How far the scans of these sources are; `counts`: what of theirs a view shows. */
export function scansOf(sources: readonly Source[], counts: "runs" | "entries" | null) {
  return sources.map(({ label, status, indexed }) => ({
    label,
    found: counts && indexed[counts],
    complete: indexed.complete,
    lost: status === "unreachable",
  }));
}

/** When the source was seen that was not seen for longest; `null` where one never was. */
export function oldestOf(sources: readonly Source[]): string | null {
  const times = sources.map(({ asOf }) => asOf);
  return times.some((time) => time === null) ? null : (times.toSorted()[0] ?? null);
}
