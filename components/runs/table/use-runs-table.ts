"use client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import type { Column } from "../../../lib/domain/source.ts";
import type { ReadRun } from "../../../lib/queries/revive.ts";
import { type RunsFilter, runQueries } from "../../../lib/queries/run-queries.ts";
import { sourceQueries } from "../../../lib/queries/source-queries.ts";
import { askAhead } from "../../ui/ask-ahead.ts";
import { askFor, growAsked } from "./asked-columns.ts";
import { makeRunColumns } from "./run-columns.tsx";
import { usualColumns } from "./run-values.ts";
import type { RunsView } from "./runs-view.ts";
import { useUsualColumns } from "./use-usual-columns.ts";

const noRuns: ReadRun[] = [];
const noColumns: Column[] = [];

/** What the table of a view shows: its rows so far, its columns, and how the asking fares. */
export function useRunsTable(view: RunsView, onColumns: (ids: string[]) => void) {
  const { source, experiment, q, sort, group } = view;
  const within = useMemo(
    () => ({ ...(source && { source }), ...(experiment && { experiment }) }),
    [source, experiment],
  );
  askAhead(runQueries.columns(within), sourceQueries.list());
  const columnAnswer = useQuery(runQueries.columns(within));
  const sources = useQuery(sourceQueries.list()).data?.items;
  const columnList = columnAnswer.data?.items ?? noColumns;
  const known = useMemo(() => new Map(columnList.map((column) => [column.id, column])), [columnList]);
  const usual = useMemo(
    () => usualColumns(columnList, source ? 1 : (sources?.length ?? 1)),
    [columnList, source, sources],
  );
  const isKnown = columnAnswer.isSuccess && !columnAnswer.isPlaceholderData && sources !== undefined;
  const kept = useUsualColumns(isKnown && view.columns === null ? JSON.stringify(within) : null, usual);
  const shown = view.columns ?? kept;

  const [asked, setAsked] = useState<readonly string[]>([]);
  const grown = growAsked(asked, shown);
  if (grown !== asked) setAsked(grown);
  const filter = useMemo<RunsFilter>(
    () => ({
      ...(source && { source }),
      ...(experiment && { experiment }),
      ...(q && { q }),
      sort: group && sort.replace(/^-/, "") !== group ? group : sort,
      ...askFor(grown),
    }),
    [source, experiment, q, sort, group, grown],
  );
  const answer = useInfiniteQuery({ ...runQueries.table(filter), enabled: !columnAnswer.isPending });
  const pages = answer.data?.pages;
  const rows = useMemo(() => pages?.flatMap(({ items }) => items) ?? noRuns, [pages]);
  const latest = useRef({ shown, onColumns });
  latest.current = { shown, onColumns };
  const columns = useMemo(() => {
    const onReplace = (id: string, other: string) => {
      const now = latest.current;
      now.onColumns([...new Set(now.shown.map((one) => (one === id ? other : one)))]);
    };
    return makeRunColumns(shown, { known, sources: sources ?? [], rows, onReplace });
  }, [shown, known, sources, rows]);

  return {
    answer,
    filter,
    rows,
    columns,
    columnList,
    known,
    shown,
    sources,
    first: pages?.[0],
    /** True until both rows and columns have come. */
    loading: answer.isPending || columnAnswer.isPending,
    error: answer.error ?? columnAnswer.error,
    /** Why what is shown could not be read anew. */
    refreshError: answer.isRefetchError ? answer.error : columnAnswer.error,
  };
}
