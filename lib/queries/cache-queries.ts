import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Entry, EntryDetail, TreeNode } from "../domain/entry.ts";
import type { Page } from "../domain/source.ts";
import { apiUrl, askApi } from "../wire/client.ts";
import { type HeldTable, isSameThing, keyOfThing, type ReadPage, stampPage } from "./held-table.ts";

export interface EntriesFilter {
  source?: string;
  experiment?: string;
  process?: string;
  step?: string;
  run?: string;
  state?: readonly string[];
  q?: string;
  sort?: string;
}

function askTable(filter: EntriesFilter, cursor: string | null, signal: AbortSignal): Promise<ReadPage<Entry>> {
  return askApi<Page<Entry>>(ofTable(filter, cursor), { signal }).then(stampPage);
}

function ofTable(filter: EntriesFilter, cursor: string | null): string {
  return apiUrl(["cache", "entries"], { ...filter, cursor, limit: cursor ? 500 : 100 });
}

function askEntry(source: string, entry: string, signal: AbortSignal): Promise<EntryDetail> {
  return askApi<EntryDetail>(apiUrl(["sources", source, "cache", "entries", entry]), { signal });
}

export const cacheQueries = {
  /** Lists and trees, of every filter. */
  lists: () => ["cache"] as const,
  /** The table. Live events do not move it by themselves. */
  entries: (filter: EntriesFilter) =>
    infiniteQueryOptions({
      queryKey: [...cacheQueries.lists(), "table", filter],
      queryFn: ({ pageParam, signal }) => askTable(filter, pageParam, signal),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
      placeholderData: keepPreviousData,
      meta: { live: "held", address: ofTable(filter, null) },
    }),
  held: (filter: EntriesFilter): HeldTable<Entry> => ({
    queryKey: cacheQueries.entries(filter).queryKey,
    events: ["cache"],
    keyOf: keyOfThing,
    isOf: isSameThing,
    readPage: (cursor, signal) => askTable(filter, cursor, signal),
    readRow: ({ source, id }, signal) => askEntry(source, id, signal),
  }),
  /** A few entries that follow live events, for search and for short lists. */
  some: (filter: EntriesFilter, limit: number) =>
    queryOptions({
      queryKey: [...cacheQueries.lists(), "some", filter, limit],
      queryFn: ({ signal }) => askApi<Page<Entry>>(apiUrl(["cache", "entries"], { ...filter, limit }), { signal }),
      placeholderData: keepPreviousData,
    }),
  /** Children of a node of the tree (`null`: the top). */
  tree: (source: string, prefix: string | null) =>
    queryOptions({
      queryKey: [...cacheQueries.lists(), "tree", source, prefix],
      queryFn: ({ signal }) =>
        askApi<Page<TreeNode>>(apiUrl(["sources", source, "cache", "tree"], { prefix }), { signal }),
    }),
  entry: (source: string, entry: string) =>
    queryOptions({
      queryKey: ["entry", source, entry] as const,
      queryFn: ({ signal }) => askEntry(source, entry, signal),
    }),
};
