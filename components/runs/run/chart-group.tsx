"use client";
import { formatPlural } from "../../ui/format.ts";
import { NameText } from "../../ui/names.tsx";
import { escapeInvisible } from "../../ui/visible-text.ts";
import { ambiguousNames, type ChartPlan, type MetricGroup } from "./group-metrics.ts";
import { MetricChart, type MetricChartProps } from "./metric-chart.tsx";
import type { ChartAnswer } from "./use-run-series.ts";

interface ChartGroupProps extends Omit<MetricChartProps, "plan" | "answer" | "withStep"> {
  group: MetricGroup;
  /** Charts that are drawn so far. */
  drawn: readonly ChartPlan[];
  series(plan: ChartPlan): ChartAnswer;
}

const COLUMN = 26;

/** The charts of one process. It takes the width of its charts, so that small groups share a row. */
export function ChartGroup({ group, drawn, series, ...rest }: ChartGroupProps) {
  const visible = group.charts.filter((plan) => drawn.includes(plan));
  const ambiguous = ambiguousNames(group.charts);
  if (visible.length === 0) return null;
  return (
    <section
      aria-label={escapeInvisible(titleOf(group))}
      className="min-w-0"
      style={{ flex: `${visible.length} ${visible.length} min(100%, ${visible.length * COLUMN}rem)` }}
    >
      <GroupTitle name={titleOf(group)} count={formatPlural(group.charts.length, "chart")} />
      <div className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,24rem),1fr))] gap-3">
        {visible.map((plan) => (
          <MetricChart
            key={plan.id}
            {...rest}
            plan={plan}
            answer={series(plan)}
            withStep={ambiguous.has(plan.metric)}
          />
        ))}
      </div>
    </section>
  );
}

function titleOf({ process }: MetricGroup): string {
  return process === undefined ? "All processes" : (process ?? "The run as a whole");
}

/** Heading of a part of the metrics. */
export function GroupTitle({ name, count }: { name: string; count: string }) {
  return (
    <h2 className="mb-2 flex items-baseline gap-2 text-head font-semibold">
      <NameText name={name} />
      <span className="text-label font-normal whitespace-nowrap text-quiet">{count}</span>
    </h2>
  );
}
