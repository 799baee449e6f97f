import type { ReadMetric } from "../../../lib/queries/revive.ts";
import { type CopyName, splitCopy } from "./copy-name.ts";

/** Which courses share a chart: copies of a process (`fit[seed=1]`, `fit[seed=2]`), all of one name, or none. */
export const lineModes = ["copies", "name", "each"] as const;
export type LinesMode = (typeof lineModes)[number];

export interface ChartLine {
  metric: ReadMetric;
  /** What tells it from the other lines of its chart. */
  label: string;
  /** Among all lines of the chart, also those filtered out: it keeps its colour. */
  place: number;
}
export interface ChartPlan {
  /** Of its first line, whatever is filtered out. */
  id: string;
  metric: string;
  /** Null: the run as a whole; undefined: of every process. */
  process: string | null | undefined;
  step: string | null;
  lines: ChartLine[];
  /** Lines it has when nothing is filtered out. */
  total: number;
}
export interface MetricGroup {
  process: ChartPlan["process"];
  charts: ChartPlan[];
}
export interface MetricGroups {
  /** Metrics with a course, by process, in the order the processes first appear. */
  groups: MetricGroup[];
  /** Single numbers. */
  scalars: ReadMetric[];
  /** Texts and tables. */
  snapshots: ReadMetric[];
  shown: number;
  total: number;
}

/** Sorts a run's metrics into what is a chart, a figure or a snapshot. `filter` looks for its words in process, step and name. */
export function groupMetrics(metrics: readonly ReadMetric[], filter: string, mode: LinesMode): MetricGroups {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = ({ process, step, name }: ReadMetric) => {
    const text = [process, step, name].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const matching = metrics.filter(matches);
  const charts = planCharts(metrics.filter(isCourse), mode)
    .map((plan) => ({ ...plan, lines: plan.lines.filter(({ metric }) => matches(metric)) }))
    .filter(({ lines }) => lines.length > 0);
  const processes = [...new Set(charts.map(({ process }) => process))];
  return {
    groups: processes.map((process) => ({ process, charts: charts.filter((plan) => plan.process === process) })),
    scalars: matching.filter((metric) => metric.kind === "scalar" || (metric.kind === "series" && metric.count <= 1)),
    snapshots: matching.filter((metric) => metric.kind === "text" || metric.kind === "table"),
    shown: matching.length,
    total: metrics.length,
  };
}

/** Whether any chart would show more than one line by itself. */
export function hasCopies(metrics: readonly ReadMetric[]): boolean {
  return planCharts(metrics.filter(isCourse), "copies").some(({ lines }) => lines.length > 1);
}

/** The first charts, so many that they are few and so are their lines together. */
export function firstCharts(charts: readonly ChartPlan[], mostCharts: number, mostLines: number): ChartPlan[] {
  let lines = 0;
  return charts.filter((plan, index) => {
    lines += plan.lines.length;
    return index === 0 || (index < mostCharts && lines <= mostLines);
  });
}

/** Names that more than one of these charts has: they need their step beside them. */
export function ambiguousNames(charts: readonly ChartPlan[]): Set<string> {
  const names = charts.map(({ metric }) => metric);
  return new Set(names.filter((name, at) => names.indexOf(name) !== at));
}

function isCourse({ kind, count }: ReadMetric): boolean {
  return kind === "series" && count > 1;
}

function planCharts(courses: readonly ReadMetric[], mode: LinesMode): ChartPlan[] {
  const plans = new Map<string, ChartPlan>();
  for (const metric of courses) {
    const copy = mode === "copies" ? splitCopy(metric.process) : { base: metric.process, copy: null };
    const key = keyOf(metric, copy, mode);
    const plan = plans.get(key) ?? {
      id: metric.id,
      metric: metric.name,
      process: mode === "name" ? undefined : copy.base,
      step: mode === "name" ? null : metric.step,
      lines: [],
      total: 0,
    };
    plan.lines.push({ metric, label: labelOf(metric, copy, mode), place: plan.total });
    plan.total += 1;
    plans.set(key, plan);
  }
  return [...plans.values()];
}

function keyOf({ id, name, step }: ReadMetric, { base }: CopyName, mode: LinesMode): string {
  if (mode === "each") return id;
  return mode === "name" ? name : JSON.stringify([base, step, name]);
}

function labelOf({ name, process, step }: ReadMetric, { copy }: CopyName, mode: LinesMode): string {
  if (mode === "name") return [process, step].filter(Boolean).join(" ▸ ") || "the run as a whole";
  return copy ?? process ?? name;
}
