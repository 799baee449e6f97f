import type { ReadRun, ReadSeries } from "../../lib/queries/revive.ts";
import type { SeriesRef } from "../../lib/queries/run-queries.ts";

/** Names of metrics that are lines in at least one of the runs, the most common first, losses before others of the same number. */
export function lineMetrics(runs: readonly ReadRun[]): string[] {
  const counts = new Map<string, number>();
  for (const run of runs) {
    for (const name of new Set(run.metrics.filter(({ count }) => count > 1).map((metric) => metric.name))) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const rank = (name: string) => (/val.*loss/i.test(name) ? 0 : /loss/i.test(name) ? 1 : 2);
  return [...counts]
    .sort(([one, seen], [other, more]) => more - seen || rank(one) - rank(other) || one.localeCompare(other))
    .map(([name]) => name);
}

/** Which series show `metric` for these runs; a run that lacks it has none. */
export function seriesRefs(runs: readonly ReadRun[], metric: string | undefined): SeriesRef[] {
  return runs.flatMap((run) => {
    const found = run.metrics.find(({ name, count }) => name === metric && count > 1);
    return found ? [{ source: run.source, run: run.id, metric: found.id }] : [];
  });
}

/** The y values of a series for a small line; of a bucket both extremes, so that no spike is lost. */
export function lineValues(series: ReadSeries, all: readonly ReadSeries[]): (number | null)[] {
  const { points, buckets } = series.sameAs === undefined ? series : (all[series.sameAs] ?? series);
  if (points) return points.map(({ y }) => y);
  return (buckets ?? []).flatMap(({ min, max }) => (min === max ? [min] : [min, max]));
}
