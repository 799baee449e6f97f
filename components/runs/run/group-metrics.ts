import type { ReadMetric } from "../../../lib/queries/revive.ts";

export interface MetricGroup {
  /** Null: metrics of the run as a whole. */
  process: string | null;
  charts: ReadMetric[];
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
export function groupMetrics(metrics: readonly ReadMetric[], filter: string): MetricGroups {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = metrics.filter(({ process, step, name }) => {
    const text = [process, step, name].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const charts = matching.filter((metric) => metric.kind === "series" && metric.count > 1);
  const processes = [...new Set(charts.map((metric) => metric.process))];
  return {
    groups: processes.map((process) => ({ process, charts: charts.filter((metric) => metric.process === process) })),
    scalars: matching.filter((metric) => metric.kind === "scalar" || (metric.kind === "series" && metric.count <= 1)),
    snapshots: matching.filter((metric) => metric.kind === "text" || metric.kind === "table"),
    shown: matching.length,
    total: metrics.length,
  };
}

/** Names that more than one of these metrics has: they need their step beside them. */
export function ambiguousNames(metrics: readonly ReadMetric[]): Set<string> {
  const names = metrics.map(({ name }) => name);
  return new Set(names.filter((name, at) => names.indexOf(name) !== at));
}
