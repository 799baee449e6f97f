import { describe, expect, it } from "vitest";
import { partsOf } from "./raw-points.ts";

describe("partsOf", () => {
  it("gathers neighbouring buckets to as many points as one answer holds", () => {
    const bucket = (at: number, count: number) => ({
      ...{ x0: at, x1: at + 9, count, nonFinite: 0 },
      ...{ first: 1, last: 1, min: 1, max: 1 },
    });
    expect(partsOf([bucket(0, 9000), bucket(10, 9000), bucket(20, 9000), bucket(30, 1000)])).toEqual([
      [0, 19],
      [20, 39],
    ]);
    expect(partsOf([])).toEqual([]);
  });
});
