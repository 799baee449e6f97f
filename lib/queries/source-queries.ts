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
      queryFn: ({ signal }) => askApi<Page<Source>>(apiUrl(["sources"]), { signal }),
      refetchInterval: 30_000,
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
