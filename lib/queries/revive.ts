import type { Metric, MetricSummary, Run, RunDetail } from "../domain/run.ts";
import type { Series, SeriesBucket } from "../domain/series.ts";
import { reviveNumber } from "../wire/numbers.ts";

/** `Subject` whose named fields, spelled on the wire where JSON cannot hold them, are numbers again (NaN and infinities as they are). */
type Revived<Subject, Names extends keyof Subject> = Omit<Subject, Names> & {
  [Name in Names]: number | Extract<Subject[Name], null>;
};

export type ReadMetricSummary = Revived<MetricSummary, "last" | "min" | "max">;
export type ReadMetric = Revived<Metric, "last" | "min" | "max">;
export type ReadRun = Omit<Run, "metrics"> & { metrics: ReadMetricSummary[] };
export type ReadRunDetail = Omit<RunDetail, "metrics"> & { metrics: ReadMetricSummary[] };
export type ReadBucket = Revived<SeriesBucket, "first" | "last" | "min" | "max">;
export interface ReadSeries extends Omit<Series, "points" | "buckets"> {
  points?: { x: number; y: number }[];
  buckets?: ReadBucket[];
}

/** Revives only what the contract calls numbers: a param that is the text `NaN` stays text. */
export function reviveRun<Subject extends Run>(
  run: Subject,
): Omit<Subject, "metrics"> & { metrics: ReadMetricSummary[] } {
  return { ...run, metrics: run.metrics.map(reviveSummary) };
}

export function reviveSummary<Subject extends MetricSummary>(
  metric: Subject,
): Revived<Subject, "last" | "min" | "max"> {
  return {
    ...metric,
    last: reviveNumber(metric.last),
    min: reviveNumber(metric.min),
    max: reviveNumber(metric.max),
  } as Revived<Subject, "last" | "min" | "max">;
}

export function reviveSeries(series: Series): ReadSeries {
  const { points, buckets, ...head } = series;
  return {
    ...head,
    ...(points && { points: points.map(({ x, y }) => ({ x: Number(x), y: Number(y) })) }),
    ...(buckets && {
      buckets: buckets.map((bucket) => ({
        ...bucket,
        first: reviveNumber(bucket.first),
        last: reviveNumber(bucket.last),
        min: reviveNumber(bucket.min),
        max: reviveNumber(bucket.max),
      })),
    }),
  };
}
