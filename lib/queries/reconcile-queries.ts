import { keepPreviousData, mutationOptions, queryOptions } from "@tanstack/react-query";
import type { Bucket } from "../domain/bucket.ts";
import type { EntryFault, OddEntries, OrphanPayloads, OrphanSide } from "../domain/orphan.ts";
import type { Page } from "../domain/source.ts";
import { apiUrl, askApi } from "../wire/client.ts";
import { cacheQueries } from "./cache-queries.ts";

export interface ReconcileFilter {
  source: string | null;
  q: string;
}

/** What is judged changes with time alone: a payload grows old enough, a life ends. */
const refetchMillis = 15_000;
const mostShown = 1000;

export const reconcileQueries = {
  all: () => [...cacheQueries.lists(), "reconcile"] as const,
  /** Entries that are broken, or of which something else is odd. */
  entries: (side: "index" | EntryFault, filter: ReconcileFilter) =>
    queryOptions({
      queryKey: [...reconcileQueries.all(), side, filter],
      queryFn: ({ signal }) => askApi<OddEntries>(urlOf(side, filter), { signal }),
      placeholderData: keepPreviousData,
      refetchInterval: refetchMillis,
    }),
  orphans: (filter: ReconcileFilter) =>
    queryOptions({
      queryKey: [...reconcileQueries.all(), "payload", filter],
      queryFn: ({ signal }) => askApi<OrphanPayloads>(urlOf("payload", filter), { signal }),
      placeholderData: keepPreviousData,
      refetchInterval: refetchMillis,
    }),
  /** How many; `null`: none are told, since they cannot be judged. */
  count: (side: OrphanSide, filter: ReconcileFilter) =>
    queryOptions({
      queryKey: [...reconcileQueries.all(), "count", side, filter],
      queryFn: async ({ signal }) => {
        const { total } = await askApi<OddEntries | OrphanPayloads>(urlOf(side, filter, 1), { signal });
        return total;
      },
      placeholderData: keepPreviousData,
      refetchInterval: refetchMillis,
    }),
  buckets: () =>
    queryOptions({
      queryKey: [...reconcileQueries.all(), "buckets"],
      queryFn: ({ signal }) => askApi<Page<Bucket>>(apiUrl(["cache", "buckets"]), { signal }),
    }),
  /** Says, or no longer says, that all indexes of a bucket are connected. */
  sayConnected: () =>
    mutationOptions({
      mutationFn: ({ bucket, connected }: { bucket: string; connected: boolean }) =>
        askApi<Bucket>(apiUrl(["cache", "buckets", bucket, connected ? "confirm" : "revoke"]), { body: {} }),
    }),
};

function urlOf(side: OrphanSide, { source, q }: ReconcileFilter, limit = mostShown): string {
  return apiUrl(["cache", "orphans"], { side, store: source, q, limit });
}
