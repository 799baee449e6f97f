import { describe, expect, it } from "vitest";
import {
  axisOf,
  durationAxis,
  formatTick,
  logAxis,
  numberAxis,
  roundDomain,
  roundLogDomain,
  timeAxis,
} from "./axes.ts";

describe("round numbers on the axes", () => {
  it("widens a raw domain to round ends", () => {
    expect(roundDomain([0.0045083, 0.8271], 5)).toEqual([0, 1]);
    expect(roundDomain([0.9333, 0.9778], 5)).toEqual([0.93, 0.98]);
    expect(roundDomain([-3, 17], 5)).toEqual([-5, 20]);
  });

  it("agrees with the ticks, whatever floating point makes of the span", () => {
    expect(numberAxis(roundDomain([0.0606, 0.2758], 5), 5).ticks).toEqual([0.05, 0.1, 0.15, 0.2, 0.25, 0.3]);
  });

  it("gives a single value room around it", () => {
    expect(roundDomain([13, 13], 5)[0]).toBeLessThan(13);
    expect(roundDomain([0, 0], 5)).toEqual([-1, 1]);
  });

  it("writes ticks with just the decimals their step needs", () => {
    expect(numberAxis([0, 1], 5).labels).toEqual(["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    expect(numberAxis([0, 100_000], 5).labels).toEqual(["0", "20k", "40k", "60k", "80k", "100k"]);
    expect(numberAxis([0.9, 1.05], 4).ticks).toEqual([0.9, 0.95, 1, 1.05]);
  });

  it("never says half a step", () => {
    expect(numberAxis([1, 3], 8, true).ticks).toEqual([1, 2, 3]);
  });

  it("uses powers of ten on a log axis, thinned when there are many", () => {
    expect(logAxis([1e-4, 1], 6).labels).toEqual(["0.0001", "0.001", "0.01", "0.1", "1"]);
    expect(logAxis([1e-12, 1], 4).ticks).toHaveLength(4);
    expect(logAxis([0.2, 0.9], 4).ticks).toEqual([0.2, 0.4, 0.6, 0.8]);
    expect(roundLogDomain([0.0045, 0.82])).toEqual([0.001, 1]);
  });

  it("names durations as the rest of the product does", () => {
    expect(durationAxis([0, 4000], 5).labels).toEqual(["0", "15 m", "30 m", "45 m", "1 h"]);
    expect(durationAxis([0, 2], 4).labels).toEqual(["0", "0.5 s", "1.0 s", "1.5 s", "2.0 s"]);
  });

  it("puts clock ticks at round local times", () => {
    const start = new Date(2026, 10, 20, 9, 3).getTime();
    const axis = timeAxis([start, start + 3_600_000], 6);
    expect(axis.labels).toEqual(["09:10", "09:20", "09:30", "09:40", "09:50", "10:00"]);
    expect(axisOf("time", [start, start + 3_600_000], 6).ticks).toEqual(axis.ticks);
  });

  it("shortens very large and very small numbers", () => {
    expect(formatTick(0.0000003, 1e-7)).toBe("3e-7");
    expect(formatTick(2_500_000, 500_000)).toBe("2.5M");
    expect(formatTick(-0.25, 0.05)).toBe("-0.25");
    expect(formatTick(2000, 1000)).toBe("2000");
  });
});
