import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Entry, EntryDetail, TreeNode } from "../domain/entry.ts";
import type { Page } from "../domain/source.ts";
import { apiUrl, askApi } from "../wire/client.ts";

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

export const cacheQueries = {
  /** Lists and trees, of every filter. */
  lists: () => ["cache"] as const,
  entries: (filter: EntriesFilter) =>
    infiniteQueryOptions({
      queryKey: [...cacheQueries.lists(), "table", filter],
      queryFn: ({ pageParam, signal }) =>
        askApi<Page<Entry>>(
          apiUrl(["cache", "entries"], { ...filter, cursor: pageParam, limit: pageParam ? 500 : 100 }),
          { signal },
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
      placeholderData: keepPreviousData,
    }),
  /** A few entries, for search and for short lists. */
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
      queryFn: ({ signal }) => askApi<EntryDetail>(apiUrl(["sources", source, "cache", "entries", entry]), { signal }),
    }),
};
