import { toBuckets } from "../domain/reduce.ts";
import type { Series } from "../domain/series.ts";

/** A series as it travels between threads: numbers stay packed. */
export type PackedSeries = Omit<Series, "points" | "buckets"> & {
  points?: { xs: Float64Array; ys: Float64Array };
  buckets?: Float64Array;
};

export function unpackSeries({ points, buckets, ...series }: PackedSeries): Series {
  return {
    ...series,
    ...(points && { points: Array.from(points.xs, (x, index) => ({ x, y: points.ys[index]! })) }),
    ...(buckets && { buckets: toBuckets(buckets) }),
  };
}
