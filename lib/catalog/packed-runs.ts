import type { MetricSummary, Run } from "../domain/run.ts";
import type { Page } from "../domain/source.ts";

/** Numbers of one packed metric: its place among the heads, last, min, max, count; NaN stands for null but in `last`. */
const metricWidth = 5;

export type PackedRun = Omit<Run, "params" | "tags" | "metrics"> & {
  /** JSON. */
  params: string | null;
  tags: string;
  metrics: Float64Array;
  /** Places among this run's metrics whose `last` is not recorded. */
  blank: number[];
};
export type MetricName = Pick<MetricSummary, "id" | "name" | "process" | "step">;

/** A page of runs as it travels between threads: names are said once, numbers are packed, JSON stays text. */
export interface PackedRuns extends Omit<Page<Run>, "items"> {
  heads: MetricName[];
  rows: PackedRun[];
}

export interface Figures {
  last: number | null;
  min: number | null;
  max: number | null;
  count: number;
}

export function packMetrics(metrics: readonly (Figures & { head: number })[]): Pick<PackedRun, "metrics" | "blank"> {
  const packed = new Float64Array(metrics.length * metricWidth);
  const blank: number[] = [];
  metrics.forEach(({ head, last, min, max, count }, index) => {
    packed.set([head, last ?? Number.NaN, min ?? Number.NaN, max ?? Number.NaN, count], index * metricWidth);
    if (last === null) blank.push(index);
  });
  return { metrics: packed, blank };
}

export function unpackRuns({ heads, rows, ...page }: PackedRuns): Page<Run> {
  return { ...page, items: rows.map((row) => unpackRun(row, heads)) };
}

export function unpackRun({ metrics, blank, params, tags, ...run }: PackedRun, heads: readonly MetricName[]): Run {
  const unpacked: MetricSummary[] = [];
  const lacking = new Set(blank);
  for (let at = 0; at < metrics.length; at += metricWidth) {
    const { id, name, process, step } = heads[metrics[at]!]!;
    const last = lacking.has(at / metricWidth) ? null : metrics[at + 1]!;
    unpacked.push({
      id,
      name,
      process,
      step,
      last,
      min: orNull(metrics[at + 2]!),
      max: orNull(metrics[at + 3]!),
      count: metrics[at + 4]!,
    });
  }
  return { ...run, params: params === null ? null : JSON.parse(params), tags: JSON.parse(tags), metrics: unpacked };
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
