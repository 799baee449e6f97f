import { describe, expect, it } from "vitest";
import { readZoom, writeZoom } from "./chart-zooms.ts";

describe("zoomed charts in the address", () => {
  it("keeps one part a chart, no finer than can be seen", () => {
    const said = writeZoom(null, "a", [100.123456, 900.98765]);
    expect(said).toBe("a:100.1~901");
    expect(readZoom(said, "a")).toEqual([100.1, 901]);
    const both = writeZoom(said, "b", [-0.000123, 0.000456]);
    expect(readZoom(both, "b")).toEqual([-0.000123, 0.000456]);
    expect(readZoom(writeZoom(both, "a", null), "a")).toBeNull();
    expect(writeZoom(said, "a", null)).toBeNull();
  });

  it("reads only what is a part of an axis", () => {
    for (const said of [null, "", "a", "a:", "a:1", "a:2~1", "a:1~x", "a:1~Infinity", "ab:1~2"])
      expect(readZoom(said, "a"), String(said)).toBeNull();
  });
});
