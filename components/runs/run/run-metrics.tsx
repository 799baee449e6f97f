"use client";
import { useQuery } from "@tanstack/react-query";
import { useId, useMemo, useState } from "react";
import type { ReadMetric } from "../../../lib/queries/revive.ts";
import { runQueries } from "../../../lib/queries/run-queries.ts";
import { SmoothingSlider, type XChoice } from "../../charts/frame/chart-settings.tsx";
import { CrosshairProvider } from "../../charts/frame/crosshair.tsx";
import { Button } from "../../ui/button.tsx";
import { formatCount, formatPlural } from "../../ui/format.ts";
import { Input, Select } from "../../ui/input.tsx";
import { EmptyState, ErrorState, FilteredEmptyState, InlineError, Skeleton } from "../../ui/states.tsx";
import { useUrlState } from "../../ui/url-state.ts";
import { ChartGroup, GroupTitle } from "./chart-group.tsx";
import { groupMetrics } from "./group-metrics.ts";
import { MetricSnapshots } from "./metric-snapshots.tsx";
import { MetricTable } from "./metric-table.tsx";
import { isUnderWay, type RunView } from "./run-view.ts";
import { useRunSeries } from "./use-run-series.ts";

const FIRST_CHARTS = 24;
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
  const [most, setMost] = useState(FIRST_CHARTS);
  const { groups, scalars, snapshots, shown, total } = useMemo(() => groupMetrics(metrics, filter), [metrics, filter]);
  const charted = useMemo(() => groups.flatMap(({ charts }) => charts), [groups]);
  const drawn = useMemo(() => charted.slice(0, most), [charted, most]);
  const series = useRunSeries(run, drawn, x);
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
        <Toolbar {...{ filter, x, smoothing, choices, shown, total }} onChange={change} />
        {query.isError && <InlineError error={query.error} onRetry={() => query.refetch()} />}
        {shown === 0 && <FilteredEmptyState what="metrics" filter={filter} onClear={() => change({ metric: null })} />}
        <div className="flex flex-wrap gap-x-3 gap-y-5">
          {groups.map((group) => (
            <ChartGroup
              key={group.process ?? ""}
              {...{ view, choices, x, smoothing, series }}
              group={group}
              drawn={drawn}
            />
          ))}
        </div>
        {charted.length > most && (
          <Button className="self-start" onClick={() => setMost(charted.length)}>
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

interface ToolbarProps {
  filter: string;
  x: string;
  smoothing: number;
  choices: readonly XChoice[];
  shown: number;
  total: number;
  onChange(changes: Record<string, string | null>): void;
}

function Toolbar({ filter, x, smoothing, choices, shown, total, onChange }: ToolbarProps) {
  const id = useId();
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-label text-quiet">
      <Input
        aria-label="Filter metrics"
        placeholder="Filter metrics"
        value={filter}
        onChange={(event) => onChange({ metric: event.target.value })}
        className="w-56"
      />
      <span role="status">
        {filter ? `${formatCount(shown)} of ${formatPlural(total, "metric")}` : formatPlural(total, "metric")}
      </span>
      <label htmlFor={`${id}-x`} className="ml-auto flex items-center gap-2">
        X axis
        <Select
          id={`${id}-x`}
          value={x}
          onChange={(event) => onChange({ x: event.target.value === "step" ? null : event.target.value })}
        >
          {choices.map((choice) => (
            <option key={choice.id} value={choice.id}>
              {choice.label}
            </option>
          ))}
        </Select>
      </label>
      <label htmlFor={`${id}-smoothing`} className="flex items-center gap-2">
        Smoothing
        <SmoothingSlider
          id={`${id}-smoothing`}
          value={smoothing}
          onChange={(value) => onChange({ smooth: value === 0 ? null : String(value) })}
        />
      </label>
    </div>
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
