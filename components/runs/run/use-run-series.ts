"use client";
import { type UseQueryResult, useQueries, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";
import type { ReadSeries } from "../../../lib/queries/revive.ts";
import { runQueries, type SeriesRef } from "../../../lib/queries/run-queries.ts";
import { unfoldSeries } from "../../charts/line/prepare.ts";
import type { Failure } from "../../ui/states.tsx";
import type { ChartPlan } from "./group-metrics.ts";
import type { RunView } from "./run-view.ts";

export interface ChartAnswer {
  /** One for each line of the chart; null while it is not there. */
  series: (ReadSeries | null)[];
  /** What x the chart is over: `step` where one of its metrics has no other. */
  x: string;
  pending: boolean;
  error: Failure | null;
  retry(): void;
}

interface Batch {
  x: string;
  points: number;
  refs: SeriesRef[];
}

const MOST_POINTS = 1000;
const FEWEST_POINTS = 100;
const POINTS_A_CHART = 20_000;
/** In one answer: as much as the first charts of a page, so that asking for more does not ask for these again. */
const POINTS_A_BATCH = 3_000;
/** Beyond so many charts, several share a row. */
const CHARTS_A_ROW = 2;

/** Points to ask for each of so many lines of one chart, of so many charts: no eye tells more of them apart. */
export function pointsOf(lines: number, charts: number): number {
  const most = charts > CHARTS_A_ROW ? MOST_POINTS / 2 : MOST_POINTS;
  return Math.max(FEWEST_POINTS, Math.min(most, Math.floor(POINTS_A_CHART / Math.max(1, lines))));
}

/** The series of all drawn charts, many in one request. What is there stays while others are asked for. */
export function useRunSeries(
  { source, id }: RunView["run"],
  charts: readonly ChartPlan[],
  x: string,
): (plan: ChartPlan) => ChartAnswer {
  const client = useQueryClient();
  const batches = useMemo(() => batchSeries(charts, x, source, id), [charts, source, id, x]);
  const batchOf = useMemo(
    () => new Map(batches.flatMap(({ refs }, at) => refs.map(({ metric }) => [metric, at] as const))),
    [batches],
  );
  const { data, errors, pending } = useQueries({
    queries: batches.map((batch) => optionsOf(batch)),
    combine: combineBatches,
  });
  const before = useRef<ReadonlyMap<string, ReadSeries>>(new Map());
  const found = useMemo(() => {
    const series = new Map<string, ReadSeries>();
    batches.forEach((batch, at) => {
      const items = unfoldSeries(data[at] ?? []);
      batch.refs.forEach(({ metric }, index) => {
        const key = `${metric} ${batch.x}`;
        const one = (items[index] as ReadSeries | undefined) ?? before.current.get(key);
        if (one) series.set(key, one);
      });
    });
    return series;
  }, [batches, data]);
  useEffect(() => {
    before.current = found;
  }, [found]);
  return useCallback(
    (plan) => {
      const axis = axisOf(plan, x);
      const series = plan.lines.map(({ metric }) => found.get(`${metric.id} ${axis}`) ?? null);
      const own = [...new Set(plan.lines.flatMap(({ metric }) => batchOf.get(metric.id) ?? []))];
      return {
        series,
        x: axis,
        pending: series.includes(null) && own.some((at) => pending[at]),
        error: own.map((at) => errors[at]).find(Boolean) ?? null,
        retry: () => {
          for (const at of own) void client.refetchQueries({ queryKey: optionsOf(batches[at] as Batch).queryKey });
        },
      };
    },
    [batches, batchOf, client, errors, found, pending, x],
  );
}

function optionsOf({ refs, x, points }: Batch) {
  return runQueries.seriesMany(refs, { x, points });
}

function combineBatches(results: UseQueryResult<ReadSeries[]>[]) {
  return {
    data: results.map((result) => result.data),
    errors: results.map((result) => result.error),
    pending: results.map((result) => result.isFetching || result.isPending),
  };
}

function batchSeries(charts: readonly ChartPlan[], x: string, source: string, run: string): Batch[] {
  const batches: Batch[] = [];
  const open = new Map<string, Batch>();
  for (const plan of charts) {
    const axis = axisOf(plan, x);
    const points = pointsOf(plan.lines.length, charts.length);
    const most = Math.floor(POINTS_A_BATCH / points);
    for (const { metric } of plan.lines) {
      const key = `${points} ${axis}`;
      let batch = open.get(key);
      if (!batch || batch.refs.length >= most) {
        batch = { x: axis, points, refs: [] };
        open.set(key, batch);
        batches.push(batch);
      }
      batch.refs.push({ source, run, metric: metric.id });
    }
  }
  return batches;
}

function axisOf({ lines }: ChartPlan, x: string): string {
  return x === "step" || lines.every(({ metric }) => metric.xAxes.includes(x)) ? x : "step";
}
