import type { SeriesBucket } from "./series.ts";

/** Numbers of one packed bucket: x0, x1, first, last, min, max, count, nonFinite. Min and max are NaN where no value is finite. */
export const bucketWidth = 8;

/**
 * Packs consecutive points into buckets of `size` points each: `bucketWidth` numbers a bucket. Extremes are over finite values and never
 * lost; NaN and infinities are counted.
 */
export function packPoints(xs: Float64Array, ys: Float64Array, size: number): Float64Array {
  const buckets = Math.ceil(xs.length / size);
  const packed = new Float64Array(buckets * bucketWidth);
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const start = bucket * size;
    const end = Math.min(start + size, xs.length);
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    let nonFinite = 0;
    for (let at = start; at < end; at += 1) {
      const y = ys[at]!;
      if (!Number.isFinite(y)) nonFinite += 1;
      else {
        if (y < min) min = y;
        if (y > max) max = y;
      }
    }
    const at = bucket * bucketWidth;
    packed[at] = xs[start]!;
    packed[at + 1] = xs[end - 1]!;
    packed[at + 2] = ys[start]!;
    packed[at + 3] = ys[end - 1]!;
    writeExtremes(packed, at, min, max, end - start, nonFinite);
  }
  return packed;
}

/** Merges neighbouring packed buckets into at most `count` buckets of about equally many source buckets. */
export function mergeBuckets(packed: Float64Array, count: number): Float64Array {
  const have = packed.length / bucketWidth;
  const groups = Math.max(1, Math.floor(count));
  if (have <= groups) return packed;
  const merged = new Float64Array(groups * bucketWidth);
  for (let group = 0; group < groups; group += 1) {
    const start = Math.floor((group * have) / groups);
    const end = Math.floor(((group + 1) * have) / groups);
    mergeRange(packed, start, end, merged, group * bucketWidth);
  }
  return merged;
}

function mergeRange(packed: Float64Array, start: number, end: number, merged: Float64Array, into: number): void {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let count = 0;
  let nonFinite = 0;
  for (let at = start * bucketWidth; at < end * bucketWidth; at += bucketWidth) {
    if (packed[at + 4]! < min) min = packed[at + 4]!;
    if (packed[at + 5]! > max) max = packed[at + 5]!;
    count += packed[at + 6]!;
    nonFinite += packed[at + 7]!;
  }
  const first = start * bucketWidth;
  const last = (end - 1) * bucketWidth;
  merged[into] = packed[first]!;
  merged[into + 1] = packed[last + 1]!;
  merged[into + 2] = packed[first + 2]!;
  merged[into + 3] = packed[last + 3]!;
  writeExtremes(merged, into, min, max, count, nonFinite);
}

function writeExtremes(
  packed: Float64Array,
  at: number,
  min: number,
  max: number,
  count: number,
  nonFinite: number,
): void {
  const some = min <= max;
  packed[at + 4] = some ? min : Number.NaN;
  packed[at + 5] = some ? max : Number.NaN;
  packed[at + 6] = count;
  packed[at + 7] = nonFinite;
}

/** Packed buckets as the API shows them. */
export function toBuckets(packed: Float64Array): SeriesBucket[] {
  const buckets: SeriesBucket[] = [];
  for (let at = 0; at < packed.length; at += bucketWidth) {
    buckets.push({
      x0: packed[at]!,
      x1: packed[at + 1]!,
      first: packed[at + 2]!,
      last: packed[at + 3]!,
      min: finiteOrNull(packed[at + 4]!),
      max: finiteOrNull(packed[at + 5]!),
      count: packed[at + 6]!,
      nonFinite: packed[at + 7]!,
    });
  }
  return buckets;
}

function finiteOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** Points (by rising x) reduced to at most `count` min/max buckets of about equally many points. */
export function reducePoints(xs: Float64Array, ys: Float64Array, count: number): SeriesBucket[] {
  const size = Math.ceil(xs.length / Math.max(1, Math.floor(count)));
  return toBuckets(packPoints(xs, ys, Math.max(1, size)));
}
