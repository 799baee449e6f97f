"use client";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { cacheQueries, type EntriesFilter } from "../../lib/queries/cache-queries.ts";
import { keyOfThing } from "../../lib/queries/held-table.ts";
import { holdTable } from "../../lib/queries/hold-table.ts";
import { askAhead } from "../ui/ask-ahead.ts";
import { useHeldRows } from "../ui/table/use-held-rows.ts";

const watched = 100;

/** The table of a filter: its rows so far, kept alive without moving them, and how many new ones wait. */
export function useEntriesTable(filter: EntriesFilter, mayMove: boolean) {
  const client = useQueryClient();
  const held = useMemo(() => holdTable(client, cacheQueries.held(filter)), [client, filter]);
  askAhead(cacheQueries.entries(filter));
  const query = useInfiniteQuery(cacheQueries.entries(filter));
  const newest = useQuery({
    ...cacheQueries.some({ ...filter, sort: "-created" }, watched),
    enabled: query.data !== undefined,
  });
  return { query, ...useHeldRows({ answer: query, newest, rowKey: keyOfThing, mayMove, held }), showNew: held.reload };
}
