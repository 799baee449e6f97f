import type { Series } from "../../../lib/domain/series.ts";
import { smoothValues } from "../../../lib/domain/smooth.ts";
import type { Line, LineInput, LineSettings, Odd } from "./picture.ts";

/** A series as a line. What the axis cannot show is a gap in it; the extremes of a bucket stay as they are. */
export function prepareLine(input: LineInput, series: Series, settings: LineSettings): Line {
  const { xs, ys, buckets } = series.buckets ? fromBuckets(series.buckets) : fromPoints(series.points ?? []);
  const odd = series.buckets ? oddBuckets(series.buckets) : oddPoints(xs, ys);
  const hidden: number[] = [];
  for (let i = 0; i < ys.length; i++) {
    const y = ys[i] as number;
    if (!Number.isFinite(y)) ys[i] = NaN;
    else if (settings.logY && y <= 0) {
      if (!buckets) hidden.push(xs[i] as number);
      ys[i] = NaN;
    }
  }
  const end = Number(series.buckets?.at(-1)?.last ?? series.points?.at(-1)?.y ?? 0);
  const smoothed = settings.smoothing > 0 ? smoothValues(ys, settings.smoothing) : null;
  const { key, label, colour, dash } = input;
  return {
    ...{ key, label, colour, dash, xs, buckets, hidden, odd },
    ys: smoothed ?? ys,
    rawYs: smoothed && ys,
    endsOdd: Number.isFinite(end) ? null : kindOf(end),
    total: series.total,
  };
}

function kindOf(y: number): "nan" | "above" | "below" {
  return Number.isNaN(y) ? "nan" : y > 0 ? "above" : "below";
}

function fromPoints(points: NonNullable<Series["points"]>) {
  return {
    xs: Float64Array.from(points, (point) => Number(point.x)),
    ys: Float64Array.from(points, (point) => Number(point.y)),
    buckets: null,
  };
}

/** A bucket stands at the middle of its span with its last value; its extremes make the band. */
function fromBuckets(buckets: NonNullable<Series["buckets"]>) {
  const read = (value: number | string | null) => (value === null ? NaN : Number(value));
  return {
    xs: Float64Array.from(buckets, middleOf),
    ys: Float64Array.from(buckets, (bucket) => read(bucket.last)),
    buckets: {
      low: Float64Array.from(buckets, (bucket) => read(bucket.min)),
      high: Float64Array.from(buckets, (bucket) => read(bucket.max)),
      finite: Float64Array.from(buckets, (bucket) => bucket.count - bucket.nonFinite),
    },
  };
}

function oddPoints(xs: Float64Array, ys: Float64Array): Odd[] {
  const odd: Odd[] = [];
  ys.forEach((y, i) => {
    const x = xs[i] as number;
    if (!Number.isFinite(y)) odd.push({ x, kind: kindOf(y), count: 1, from: x, to: x });
  });
  return odd;
}

function oddBuckets(buckets: NonNullable<Series["buckets"]>): Odd[] {
  return buckets.flatMap((bucket): Odd[] => {
    const { x0: from, x1: to, count, nonFinite } = bucket;
    if (nonFinite === 0) return [];
    const kind = count === 1 ? kindOf(Number(bucket.last)) : "notFinite";
    return [{ x: middleOf(bucket), kind, count: nonFinite, from, to }];
  });
}

function middleOf({ x0, x1 }: { x0: number; x1: number }): number {
  return (x0 + x1) / 2;
}
