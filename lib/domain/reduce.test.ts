import fc from "fast-check";
import { expect, test } from "vitest";
import { bucketWidth, mergeBuckets, packPoints, reducePoints, toBuckets } from "./reduce.ts";

test("a bucket holds the ends, the extremes and what is not finite", () => {
  const xs = Float64Array.of(1, 2, 3, 4, 5);
  const ys = Float64Array.of(3, Number.NaN, -1, Number.POSITIVE_INFINITY, 7);
  expect(reducePoints(xs, ys, 2)).toEqual([
    { x0: 1, x1: 3, first: 3, last: -1, min: -1, max: 3, count: 3, nonFinite: 1 },
    { x0: 4, x1: 5, first: Number.POSITIVE_INFINITY, last: 7, min: 7, max: 7, count: 2, nonFinite: 1 },
  ]);
});

test("a bucket without a finite value has no extremes", () => {
  const [bucket] = reducePoints(Float64Array.of(1, 2), Float64Array.of(Number.NaN, Number.NaN), 1);
  expect(bucket).toMatchObject({ min: null, max: null, count: 2, nonFinite: 2 });
});

test("no points, no buckets", () => {
  expect(reducePoints(new Float64Array(), new Float64Array(), 100)).toEqual([]);
});

test("whatever is merged, nothing is lost and no more is answered than asked", () => {
  const value = fc.oneof(fc.double({ min: -1e6, max: 1e6 }), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0));
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 300 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 50 }),
      (values, size, count) => {
        const ys = Float64Array.from(values);
        const xs = ys.map((_, index) => index);
        const packed = mergeBuckets(packPoints(xs, ys, size), count);
        const buckets = toBuckets(packed);
        expect(packed.length / bucketWidth).toBeLessThanOrEqual(Math.max(count, 1));
        expect(buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(values.length);
        expect(buckets.reduce((sum, bucket) => sum + bucket.nonFinite, 0)).toBe(
          values.filter((y) => !Number.isFinite(y)).length,
        );
        const finite = values.filter(Number.isFinite);
        const highest = buckets.flatMap(({ max }) => (max === null ? [] : [Number(max)]));
        expect(Math.max(...highest)).toBe(Math.max(...finite));
        expect(buckets.at(0)?.x0).toBe(0);
        expect(buckets.at(-1)?.x1).toBe(values.length - 1);
      },
    ),
    { seed: 7, numRuns: 200 },
  );
});
