"use client";
import type { ReadMetric } from "../../../lib/queries/revive.ts";
import { formatPlural } from "../../ui/format.ts";
import { NameText } from "../../ui/names.tsx";
import { escapeInvisible } from "../../ui/visible-text.ts";
import { ambiguousNames, type MetricGroup } from "./group-metrics.ts";
import { MetricChart, type MetricChartProps } from "./metric-chart.tsx";
import type { SeriesAnswer } from "./use-run-series.ts";

interface ChartGroupProps extends Omit<MetricChartProps, "metric" | "answer" | "withStep"> {
  group: MetricGroup;
  /** Metrics that are drawn so far. */
  drawn: readonly ReadMetric[];
  series(metric: ReadMetric): SeriesAnswer;
}

const COLUMN = 26;

/** The charts of one process. It takes the width of its charts, so that small groups share a row. */
export function ChartGroup({ group, drawn, series, ...rest }: ChartGroupProps) {
  const visible = group.charts.filter((metric) => drawn.includes(metric));
  const ambiguous = ambiguousNames(group.charts);
  if (visible.length === 0) return null;
  return (
    <section
      aria-label={escapeInvisible(group.process ?? "The run as a whole")}
      className="min-w-0"
      style={{ flex: `${visible.length} ${visible.length} min(100%, ${visible.length * COLUMN}rem)` }}
    >
      <GroupTitle name={group.process} count={formatPlural(group.charts.length, "chart")} />
      <div className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,24rem),1fr))] gap-3">
        {visible.map((metric) => (
          <MetricChart
            key={metric.id}
            {...rest}
            metric={metric}
            answer={series(metric)}
            withStep={ambiguous.has(metric.name)}
          />
        ))}
      </div>
    </section>
  );
}

/** Heading of a part of the metrics; null is the run as a whole. */
export function GroupTitle({ name, count }: { name: string | null; count: string }) {
  return (
    <h2 className="mb-2 flex items-baseline gap-2 text-head font-semibold">
      {name === null ? "The run as a whole" : <NameText name={name} />}
      <span className="text-label font-normal whitespace-nowrap text-quiet">{count}</span>
    </h2>
  );
}
