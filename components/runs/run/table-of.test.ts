import { describe, expect, it } from "vitest";
import { toCsv } from "../../charts/frame/export.ts";
import { tableOf } from "./table-of.ts";

const csv = (value: unknown) => {
  const table = tableOf(value, "t");
  return table && toCsv(table, { safe: false }).trimEnd().split("\r\n");
};

describe("tableOf", () => {
  it("takes lists as rows, as in a confusion matrix", () => {
    expect(
      csv([
        [57, 7],
        [3, 104],
      ]),
    ).toEqual(["0,1", "57,7", "3,104"]);
  });

  it("takes a few long lists as columns, as in a curve", () => {
    expect(
      csv([Array.from({ length: 9 }, (_, i) => i), Array.from({ length: 9 }, (_, i) => i * 2)])?.slice(0, 3),
    ).toEqual(["0,1", "0,0", "1,2"]);
  });

  it("takes objects as rows and lists of an object as columns", () => {
    expect(
      csv([
        { name: "a", score: 1 },
        { name: "b", best: true },
      ]),
    ).toEqual(["name,score,best", "a,1,", "b,,true"]);
    expect(csv({ x: [1, 2], y: [3] })).toEqual(["x,y", "1,3", "2,"]);
  });

  it("leaves everything else alone", () => {
    for (const value of ["text", 1, null, [], {}, [1, 2], [[1], [[2]]], { a: 1 }])
      expect(tableOf(value, "t")).toBeNull();
  });
});
