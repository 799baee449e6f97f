import { describe, expect, test } from "vitest";
import {
  columnFormatter,
  formatAbsolute,
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatPlain,
  formatPlural,
  formatRelative,
  formatShare,
} from "./format.ts";

describe("a measured number", () => {
  test.each([
    [0.004508378582477969, "0.004508"],
    [0.9777777777777777, "0.9778"],
    [12345.678, "12346"],
    [60, "60"],
    [-1.5, "-1.500"],
    [0.00004508, "4.508e-5"],
    [1234567.8, "1.235e6"],
    [123456789012, "123456789012"],
    [0, "0"],
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "∞"],
    [Number.NEGATIVE_INFINITY, "-∞"],
    [null, "–"],
  ])("%s reads %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe("a column of numbers", () => {
  test("aligns its points", () => {
    const format = columnFormatter([0.97777, 1, 0.5]);
    expect([0.97777, 1, 0.5, null, Number.NaN].map((value) => format(value))).toEqual([
      "0.9778",
      "1.0000",
      "0.5000",
      "–",
      "NaN",
    ]);
  });
  test("takes as many decimals as tell its rows apart", () => {
    const format = columnFormatter([0.977777, 0.977799]);
    expect(format(0.977777)).not.toBe(format(0.977799));
  });
  test("of whole numbers stays whole", () => {
    expect(columnFormatter([178, 60])(178)).toBe("178");
  });
  test("that spans many magnitudes falls back to significant digits", () => {
    const format = columnFormatter([0.00012344, 1234.6]);
    expect([format(0.00012344), format(1234.6)]).toEqual(["0.0001234", "1235"]);
  });
  test("without numbers says that they are missing", () => {
    expect(columnFormatter([null])(null)).toBe("–");
  });
});

test.each([
  [0, "0 B"],
  [512, "512 B"],
  [1023, "1023 B"],
  [1024, "1.0 KiB"],
  [1_150_000, "1.1 MiB"],
  [245_000, "239 KiB"],
  [1024 ** 2 - 1, "1.0 MiB"],
  [null, "–"],
])("%s bytes read %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, "0 s"],
  [0.0004, "0.40 ms"],
  [0.18, "180 ms"],
  [3.2583, "3.26 s"],
  [42.04, "42.0 s"],
  [59.99, "1 m"],
  [725, "12 m 5 s"],
  [4320, "1 h 12 m"],
  [3599.9, "1 h"],
  [273_600, "3 d 4 h"],
  [null, "–"],
])("%s seconds read %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test("a time is told from now, both ways", () => {
  const now = Date.parse("2026-11-21T12:00:00Z");
  const told = ["11:59:58", "11:59:30", "11:15:00", "09:00:00"].map((clock) =>
    formatRelative(Date.parse(`2026-11-21T${clock}Z`), now),
  );
  expect(told).toEqual(["just now", "30 s ago", "45 m ago", "3 h ago"]);
  expect(formatRelative(now + 3 * 86_400_000, now)).toBe("in 3 d");
  expect(formatRelative(now - 400 * 86_400_000, now)).toBe("1 y ago");
});

test("an absolute time names its zone", () => {
  expect(formatAbsolute(Date.parse("2026-11-20T23:33:25.900Z"), "UTC")).toBe("2026-11-20 23:33:25 UTC");
});

test("counts are grouped and take their plural", () => {
  expect([formatCount(12345), formatCount(999), formatPlural(1, "run"), formatPlural(2, "entry", "entries")]).toEqual([
    "12,345",
    "999",
    "1 run",
    "2 entries",
  ]);
});

test("a share that is not all is not called all", () => {
  expect([formatShare(1), formatShare(0.9999), formatShare(4 / 7), formatShare(0.0001), formatShare(0)]).toEqual([
    "100 %",
    "> 99 %",
    "57 %",
    "< 1 %",
    "0 %",
  ]);
});

test("stored values read as stored", () => {
  expect([formatPlain("a b"), formatPlain(0.002), formatPlain(true), formatPlain([1, "x"]), formatPlain(null)]).toEqual(
    ["a b", "0.002", "true", '[1,"x"]', "–"],
  );
});
