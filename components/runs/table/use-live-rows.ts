"use client";
import { type InfiniteData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { onLiveEvent } from "../../../lib/queries/live.ts";
import type { ReadRun } from "../../../lib/queries/revive.ts";
import { type RunsFilter, type RunsPageRead, runQueries } from "../../../lib/queries/run-queries.ts";
import { runKey } from "./run-values.ts";

const watched = 100;
const patchPause = 1000;
const mostPatches = 8;

/**
 * Keeps a table of runs alive without moving its rows: rows that are there change in place; new ones are counted, and shown at once
 * only while `mayMove` (the reader is at the top and holds nothing). `readAt`: when the table's first page was read; `hasMore`: there are
 * pages that were not.
 */
export function useLiveRows(
  filter: RunsFilter,
  rows: readonly ReadRun[],
  { readAt, hasMore }: { readAt: number; hasMore: boolean },
  mayMove: boolean,
): { fresh: number; showFresh(): void } {
  const client = useQueryClient();
  const { columns: _, ...sameRuns } = filter;
  const latest = useQuery({
    ...runQueries.latest({ ...sameRuns, sort: "-started", columns: [] }, watched),
    enabled: readAt > 0,
  });
  const newest = latest.isPlaceholderData ? undefined : latest.data?.items;
  const table = runQueries.table(filter).queryKey;
  const tableName = JSON.stringify(table);

  // On pages that were not read may stand what is not loaded; it is new only if it came after the first page. Where every page was
  // read, whatever is not loaded is new, also what came between the first page and this answer.
  const known = useRef({ readAt: 0, keys: new Set<string>() });
  if (newest && known.current.readAt !== readAt) known.current = { readAt, keys: new Set(newest.map(runKey)) };
  const loaded = useMemo(() => new Set(rows.map(runKey)), [rows]);
  const isNew = (key: string) => !loaded.has(key) && !(hasMore && known.current.keys.has(key));
  const fresh = newest?.filter((run) => isNew(runKey(run))).length ?? 0;

  const showFresh = () => {
    client.setQueryData(
      runQueries.table(filter).queryKey,
      (data) => data && { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) },
    );
    void client.invalidateQueries({ queryKey: table, exact: true });
  };
  const show = useRef(showFresh);
  show.current = showFresh;
  useEffect(() => {
    if (fresh > 0 && mayMove) show.current();
  }, [fresh, mayMove]);

  const current = useRef(loaded);
  current.current = loaded;
  useEffect(() => {
    const waiting = new Map<string, { source: string; run: string }>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = async () => {
      const batch = [...waiting].slice(0, mostPatches);
      for (const [key] of batch) waiting.delete(key);
      await Promise.allSettled(
        batch.map(async ([key, { source, run }]) => {
          const changed = await client.fetchQuery({ ...runQueries.detail(source, run), staleTime: 0 });
          client.setQueryData<InfiniteData<RunsPageRead, string | null>>(
            JSON.parse(tableName),
            (data) => data && replaceRow(data, key, changed),
          );
        }),
      );
      timer = waiting.size > 0 ? setTimeout(flush, patchPause) : undefined;
    };
    const stop = onLiveEvent((event) => {
      if (event.name === "reset")
        void client.invalidateQueries({ queryKey: JSON.parse(tableName) as string[], exact: true });
      if ((event.name !== "run" && event.name !== "series") || !event.source || !event.id) return;
      const key = runKey({ source: event.source, id: event.id });
      if (!current.current.has(key)) return;
      waiting.set(key, { source: event.source, run: event.id });
      timer ??= setTimeout(flush, patchPause);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [client, tableName]);
  return { fresh, showFresh };
}

function replaceRow(data: InfiniteData<RunsPageRead, string | null>, key: string, run: ReadRun): typeof data {
  return {
    ...data,
    pages: data.pages.map((page) =>
      page.items.some((row) => runKey(row) === key)
        ? { ...page, items: page.items.map((row) => (runKey(row) === key ? run : row)) }
        : page,
    ),
  };
}
