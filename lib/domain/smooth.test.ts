import { describe, expect, it } from "vitest";
import { smoothValues } from "./smooth.ts";

describe("smoothValues", () => {
  it("answers the values themselves when the weight is 0", () => {
    expect([...smoothValues(Float64Array.of(3, 1, 2), 0)]).toEqual([3, 1, 2]);
  });

  it("starts at the first value instead of being pulled to zero", () => {
    const smoothed = smoothValues(Float64Array.of(10, 20, 30), 0.5);
    expect(smoothed[0]).toBeCloseTo(10, 12);
    expect(smoothed[1]).toBeCloseTo((10 * 0.25 + 20 * 0.5) / 0.75, 12);
    expect(smoothed[2]).toBeCloseTo((10 * 0.125 + 20 * 0.25 + 30 * 0.5) / 0.875, 12);
  });

  it("leaves a constant series exactly as it is", () => {
    expect([...smoothValues(Float64Array.of(0.1, 0.1, 0.1), 0.9)]).toEqual([0.1, 0.1, 0.1]);
  });

  it("keeps NaN and infinities in place and out of the mean", () => {
    const smoothed = smoothValues(Float64Array.of(1, NaN, Infinity, 3), 0.5);
    expect(smoothed[1]).toBeNaN();
    expect(smoothed[2]).toBe(Infinity);
    expect(smoothed[3]).toBeCloseTo((1 * 0.25 + 3 * 0.5) / 0.75, 12);
  });

  it("does not change its input and takes an empty one", () => {
    const values = Float64Array.of(1, 2);
    smoothValues(values, 0.6);
    expect([...values]).toEqual([1, 2]);
    expect(smoothValues(new Float64Array(), 0.6)).toHaveLength(0);
  });
});
