import { describe, expect, it } from "vitest";
import { sparklinePath } from "./prepare.ts";

describe("sparklinePath", () => {
  it("spans the box from edge to edge, the largest value on top", () => {
    expect(sparklinePath([0, 5, 10], 100, 20, 0)).toBe("M0.0 20.0L50.0 10.0L100.0 0.0");
  });

  it("leaves gaps, and keeps a point between two of them in sight", () => {
    expect(sparklinePath([0, null, 10, NaN, 0, 0], 100, 10, 0)).toBe("M0.0 10.0h0.1M40.0 0.0h0.1M80.0 10.0L100.0 10.0");
  });

  it("draws one value and equal values as a level line, none as nothing", () => {
    expect(sparklinePath([7], 40, 10, 0)).toBe("M0 5.0H40");
    expect(sparklinePath([7, 7], 40, 10, 0)).toBe("M0.0 5.0L40.0 5.0");
    expect(sparklinePath([], 40, 10)).toBe("");
  });
});
