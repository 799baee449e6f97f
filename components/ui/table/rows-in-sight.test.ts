import { describe, expect, it } from "vitest";
import { rowsInSight, topThatShows } from "./rows-in-sight.ts";

describe("rowsInSight", () => {
  it("gives what the view shows and some rows beyond", () => {
    const rows = rowsInSight({ top: 1000, height: 100 }, 20, 500);
    expect(rows[0]).toEqual({ index: 42, start: 840 });
    expect(rows.at(-1)).toEqual({ index: 62, start: 1240 });
  });

  it("stays within the rows there are", () => {
    expect(rowsInSight({ top: 0, height: 100 }, 20, 3).map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(rowsInSight({ top: 0, height: 100 }, 20, 0)).toEqual([]);
    expect(rowsInSight({ top: 5000, height: 100 }, 20, 10)).toEqual([]);
  });
});

describe("topThatShows", () => {
  const view = { top: 200, height: 100 };
  it.each([
    ["above the view", 5, 100],
    ["in sight", 12, 200],
    ["half below it", 14, 200],
    ["below it", 30, 520],
  ])("a row %s", (_, row, top) => {
    expect(topThatShows(row, 20, view)).toBe(top);
  });
});
