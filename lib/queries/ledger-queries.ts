import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { LedgerGrouping, LedgerItem, LedgerTotals } from "../domain/ledger.ts";
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
};
