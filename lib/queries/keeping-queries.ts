import { queryOptions } from "@tanstack/react-query";
import type { LostEntry } from "../domain/entry.ts";
import type { Page } from "../domain/source.ts";
import { apiUrl, askApi } from "../wire/client.ts";
import { cacheQueries } from "./cache-queries.ts";

export interface LostFilter {
  entry?: string;
  run?: string;
  process?: string;
  step?: string;
}

export interface PinWish {
  source: string;
  entries: readonly string[];
  pinned: boolean;
}

/** Pins entries of one source, or lets them go. */
export function pinEntries({ source, entries, pinned }: PinWish): Promise<{ changed: number }> {
  return askApi<{ changed: number }>(apiUrl(["sources", source, "cache", "pins"]), { body: { entries, pinned } });
}

/** Entries that are gone and can come back. */
export const keepingQueries = {
  lost: (source: string, filter: LostFilter) =>
    queryOptions({
      queryKey: [...cacheQueries.lists(), "lost", source, filter],
      queryFn: ({ signal }) =>
        askApi<Page<LostEntry>>(apiUrl(["sources", source, "cache", "lost"], { ...filter, limit: 20 }), { signal }),
    }),
};
