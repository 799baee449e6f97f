"use client";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import type { ReadMetric, ReadSeries } from "../../../lib/queries/revive.ts";
import { runQueries } from "../../../lib/queries/run-queries.ts";
import { unfoldSeries } from "../../charts/line/prepare.ts";
import type { Failure } from "../../ui/states.tsx";
import type { RunView } from "./run-view.ts";

export interface SeriesAnswer {
  series: ReadSeries | null;
  /** What x the series is over: `step` where the metric has no other. */
  x: string;
  pending: boolean;
  error: Failure | null;
  retry(): void;
}

const POINTS = 1000;

/** The series of all drawn metrics in one request; those that do not have the chosen x come over steps in a second. */
export function useRunSeries(
  run: RunView["run"],
  metrics: readonly ReadMetric[],
  x: string,
): (metric: ReadMetric) => SeriesAnswer {
  const { source, id } = run;
  const [over, rest] = useMemo(() => {
    const refs = (chosen: readonly ReadMetric[]) => chosen.map((metric) => ({ source, run: id, metric: metric.id }));
    return [refs(metrics.filter((metric) => hasX(metric, x))), refs(metrics.filter((metric) => !hasX(metric, x)))];
  }, [metrics, source, id, x]);
  const chosen = useQuery(runQueries.seriesMany(over, { x, points: POINTS }));
  const bySteps = useQuery(runQueries.seriesMany(rest, { x: "step", points: POINTS }));
  const found = useMemo(
    () =>
      new Map(
        [chosen.data, bySteps.data].flatMap((items) =>
          unfoldSeries(items ?? []).map((series) => [`${series.metric} ${series.x}`, series as ReadSeries]),
        ),
      ),
    [chosen.data, bySteps.data],
  );
  return useCallback(
    (metric) => {
      const query = hasX(metric, x) ? chosen : bySteps;
      const axis = hasX(metric, x) ? x : "step";
      const series = found.get(`${metric.id} ${axis}`) ?? null;
      return {
        series,
        x: axis,
        pending: query.isPending || (series === null && query.isFetching),
        error: query.error,
        retry: () => void query.refetch(),
      };
    },
    [chosen, bySteps, found, x],
  );
}

function hasX(metric: ReadMetric, x: string): boolean {
  return x === "step" || metric.xAxes.includes(x);
}
