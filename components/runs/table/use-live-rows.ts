"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { holdTable } from "../../../lib/queries/hold-table.ts";
import { type RunsFilter, runQueries } from "../../../lib/queries/run-queries.ts";
import { useHeldRows } from "../../ui/table/use-held-rows.ts";
import { runKey } from "./run-values.ts";
import type { useRunsTable } from "./use-runs-table.ts";

const watched = 100;

/** Keeps the table of a filter alive without moving its rows. Answers how many new runs wait, and how to show them. */
export function useLiveRows(
  filter: RunsFilter,
  answer: ReturnType<typeof useRunsTable>["answer"],
  mayMove: boolean,
): { waiting: number; showNew(): void } {
  const client = useQueryClient();
  const held = useMemo(() => holdTable(client, runQueries.held(filter)), [client, filter]);
  const { columns: _, ...sameRuns } = filter;
  const newest = useQuery({
    ...runQueries.latest({ ...sameRuns, sort: "-started", columns: [] }, watched),
    enabled: answer.data !== undefined,
  });
  const { waiting } = useHeldRows({ answer, newest, rowKey: runKey, mayMove, held });
  return { waiting, showNew: held.reload };
}
