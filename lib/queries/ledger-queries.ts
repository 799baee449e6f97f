import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { LedgerGrouping, LedgerItem, LedgerTotals } from "../domain/ledger.ts";
import type { BrokenEntries, OrphanPayloads } from "../domain/orphan.ts";
import type { PolicyOutcome } from "../domain/policy.ts";
import type { Page } from "../domain/source.ts";
import { apiUrl, askApi } from "../wire/client.ts";
import { cacheQueries } from "./cache-queries.ts";

export interface LedgerFilter {
  source?: string;
  by: LedgerGrouping;
  from?: string;
  to?: string;
  sort?: string;
}
export interface PolicyFilter {
  source?: string;
  olderThanDays?: number;
  unusedDays?: number;
  keepBytes?: number;
}
export type LedgerAnswer = Page<LedgerItem> & { totals: LedgerTotals };

/** The ledger is worked out a moment after what it tells of. */
const refetchMillis = 15_000;
const mostShown = 1000;

export const ledgerQueries = {
  ledger: (filter: LedgerFilter) =>
    queryOptions({
      queryKey: [...cacheQueries.lists(), "ledger", filter],
      queryFn: ({ signal }) =>
        askApi<LedgerAnswer>(apiUrl(["cache", "ledger"], { ...filter, limit: mostShown }), { signal }),
      placeholderData: keepPreviousData,
      refetchInterval: refetchMillis,
    }),
  policy: (filter: PolicyFilter) =>
    queryOptions({
      queryKey: [...cacheQueries.lists(), "policy", filter],
      queryFn: ({ signal }) => askApi<PolicyOutcome>(apiUrl(["cache", "policy"], { ...filter }), { signal }),
      placeholderData: keepPreviousData,
    }),
  broken: (source: string | null) =>
    queryOptions({
      queryKey: [...cacheQueries.lists(), "orphans", "index", source],
      queryFn: ({ signal }) => askApi<BrokenEntries>(orphansUrl("index", source), { signal }),
      placeholderData: keepPreviousData,
    }),
  orphans: (source: string | null) =>
    queryOptions({
      queryKey: [...cacheQueries.lists(), "orphans", "payload", source],
      queryFn: ({ signal }) => askApi<OrphanPayloads>(orphansUrl("payload", source), { signal }),
      placeholderData: keepPreviousData,
      refetchInterval: refetchMillis,
    }),
};

function orphansUrl(side: string, store: string | null): string {
  return apiUrl(["cache", "orphans"], { side, store, limit: mostShown });
}
