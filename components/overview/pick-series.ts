import type { ReadMetricSummary, ReadRun, ReadSeries } from "../../lib/queries/revive.ts";
import type { SeriesRef } from "../../lib/queries/run-queries.ts";

/** A metric that can be drawn for several runs: where it hangs and its name. */
export interface LineMetric {
  /** Short enough for a menu; also what the address says. */
  label: string;
  process: string | null;
  step: string | null;
  name: string;
}

/**
 * Metrics that are lines in at least one of the runs, the most common first, of the same number losses first. A name that stands in
 * several places says its process too.
 */
export function lineMetrics(runs: readonly ReadRun[]): LineMetric[] {
  const found = new Map<string, { metric: ReadMetricSummary; runs: number }>();
  for (const metric of runs.flatMap(({ metrics }) => metrics.filter(({ count }) => count > 1))) {
    const key = JSON.stringify([metric.process, metric.step, metric.name]);
    found.set(key, { metric, runs: (found.get(key)?.runs ?? 0) + 1 });
  }
  const all = [...found.values()].sort(
    (one, other) =>
      other.runs - one.runs ||
      rank(one.metric) - rank(other.metric) ||
      one.metric.name.localeCompare(other.metric.name),
  );
  return all.map(({ metric: { process, step, name } }) => {
    const alone = all.filter(({ metric }) => metric.name === name).length === 1;
    return { label: alone || process === null ? name : `${process} ▸ ${name}`, process, step, name };
  });
}

function rank({ name }: { name: string }): number {
  if (/(val|test).*loss/i.test(name)) return 0;
  return /loss/i.test(name) ? 1 : 2;
}

/** The metric's head in a run, if it is a line there. */
export function headOf(run: ReadRun, metric: LineMetric | undefined): ReadMetricSummary | undefined {
  return run.metrics.find(
    ({ name, process, step, count }) =>
      count > 1 && name === metric?.name && process === metric.process && step === metric.step,
  );
}

/** Which series show `metric` for these runs; a run that lacks it has none. */
export function seriesRefs(runs: readonly ReadRun[], metric: LineMetric | undefined): SeriesRef[] {
  return runs.flatMap((run) => {
    const head = headOf(run, metric);
    return head ? [{ source: run.source, run: run.id, metric: head.id }] : [];
  });
}

/** The y values of a series for a small line; of a bucket both extremes, so that no spike is lost. */
export function lineValues(series: ReadSeries, all: readonly ReadSeries[]): (number | null)[] {
  const { points, buckets } = series.sameAs === undefined ? series : (all[series.sameAs] ?? series);
  if (points) return points.map(({ y }) => y);
  return (buckets ?? []).flatMap(({ min, max }) => (min === max ? [min] : [min, max]));
}

/** Tells a series from all others. */
export function seriesKey({ source, run, metric }: SeriesRef): string {
  return JSON.stringify([source, run, metric]);
}
