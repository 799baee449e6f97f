"use client";
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import type { ReadMetric } from "../../../lib/queries/revive.ts";
import { runQueries } from "../../../lib/queries/run-queries.ts";
import type { XChoice } from "../../charts/frame/chart-settings.tsx";
import { CrosshairProvider } from "../../charts/frame/crosshair.tsx";
import { useTurn } from "../../charts/frame/use-turn.ts";
import { Button } from "../../ui/button.tsx";
import { formatCount } from "../../ui/format.ts";
import { EmptyState, ErrorState, FilteredEmptyState, InlineError, Skeleton } from "../../ui/states.tsx";
import { useUrlState } from "../../ui/url-state.ts";
import { ChartGroup, GroupTitle } from "./chart-group.tsx";
import { firstCharts, groupMetrics, hasCopies, type LinesMode, lineModes } from "./group-metrics.ts";
import { MetricSnapshots } from "./metric-snapshots.tsx";
import { MetricTable } from "./metric-table.tsx";
import { MetricToolbar } from "./metric-toolbar.tsx";
import { isUnderWay, type RunView } from "./run-view.ts";
import { useRunSeries } from "./use-run-series.ts";

/** What a usual window holds: others are asked for, and made ready, when these are drawn. */
const CHARTS_AT_ONCE = 6;
const FIRST_CHARTS = 24;
const FIRST_LINES = 200;
const noMetrics: readonly ReadMetric[] = [];

/** Every metric of the run: courses as charts by process, figures as a table, texts and tables as they are. */
export function RunMetrics({ view }: { view: RunView }) {
  const { run } = view;
  const { get, change } = useUrlState();
  const query = useQuery(runQueries.metrics(run.source, run.id));
  const metrics = query.data?.items ?? noMetrics;
  const filter = get("metric") ?? "";
  const x = get("x") ?? "step";
  const smoothing = Math.min(0.99, Math.max(0, Number.parseFloat(get("smooth") ?? "0") || 0));
  const asked = get("lines");
  const mode = (lineModes as readonly (string | null)[]).includes(asked) ? (asked as LinesMode) : "copies";
  const [all, setAll] = useState(false);
  const { groups, scalars, snapshots, shown, total } = useMemo(
    () => groupMetrics(metrics, filter, mode),
    [metrics, filter, mode],
  );
  const copies = useMemo(() => hasCopies(metrics), [metrics]);
  const charted = useMemo(() => groups.flatMap(({ charts }) => charts), [groups]);
  const [isComing, setComing] = useState(true);
  const hasFirst = useDeferredValue(useTurn(!isComing));
  const most = hasFirst ? FIRST_CHARTS : CHARTS_AT_ONCE;
  const drawn = useMemo(() => (all ? charted : firstCharts(charted, most, FIRST_LINES)), [charted, all, most]);
  const series = useRunSeries(run, drawn, x);
  if (isComing && drawn.length > 0 && drawn.every((plan) => !series(plan).pending)) setComing(false);
  const choices = useMemo(() => xChoicesOf(metrics), [metrics]);
  if (query.isPending) return <Skeleton lines={8} />;
  if (query.isError && metrics.length === 0)
    return <ErrorState error={query.error} what="the metrics" onRetry={() => query.refetch()} />;
  if (total === 0) {
    return (
      <EmptyState title={isUnderWay(run) ? "No metrics yet" : "This run logged no metrics"}>
        {isUnderWay(run) ? "They appear here as the run logs them." : "What a step logs as a metric is charted here."}
      </EmptyState>
    );
  }
  return (
    <CrosshairProvider>
      <div className="flex flex-col gap-5">
        <MetricToolbar {...{ filter, mode, copies, x, smoothing, choices, shown, total }} onChange={change} />
        {query.isError && <InlineError error={query.error} onRetry={() => query.refetch()} />}
        {shown === 0 && <FilteredEmptyState what="metrics" filter={filter} onClear={() => change({ metric: null })} />}
        <div className="flex flex-wrap gap-x-3 gap-y-5">
          {groups.map((group) => (
            <ChartGroup
              key={String(group.process)}
              {...{ view, choices, x, smoothing, series }}
              group={group}
              drawn={drawn}
            />
          ))}
        </div>
        {hasFirst && charted.length > drawn.length && (
          <Button className="self-start" onClick={() => setAll(true)}>
            Show all {formatCount(charted.length)} charts
          </Button>
        )}
        {scalars.length > 0 && (
          <section aria-label="Figures">
            <GroupTitle name="Figures" count={formatCount(scalars.length)} />
            <MetricTable metrics={scalars} view={view} />
          </section>
        )}
        {snapshots.length > 0 && (
          <section aria-label="Texts and tables">
            <GroupTitle name="Texts and tables" count={formatCount(snapshots.length)} />
            <MetricSnapshots metrics={snapshots} view={view} />
          </section>
        )}
      </div>
    </CrosshairProvider>
  );
}

/** Step, the times that any metric has, and the metrics that others can be drawn over. */
function xChoicesOf(metrics: readonly ReadMetric[]): XChoice[] {
  const offered = new Set(metrics.flatMap((metric) => metric.xAxes));
  const times = [
    { id: "relative", label: "time since start" },
    { id: "time", label: "time" },
  ].filter(({ id }) => offered.has(id));
  const others = metrics
    .filter((metric) => offered.has(metric.id))
    .map((metric) => ({ id: metric.id, label: [metric.process, metric.name].filter(Boolean).join(" ▸ ") }));
  return [{ id: "step", label: "step" }, ...times, ...others];
}
