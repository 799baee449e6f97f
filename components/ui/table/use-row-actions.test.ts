import { expect, test } from "vitest";
import { groupRows } from "./group-rows.ts";
import { nextRow } from "./use-row-actions.ts";

const rows = [1, 2, 3, 4].map((id) => ({ id, group: id < 3 ? "low" : "high" }));
const items = groupRows(rows, ({ group }) => ({ id: group, label: group }), new Set());

test("moving steps over the heads of groups, both ways", () => {
  expect(items.map(({ kind }) => kind)).toEqual(["group", "row", "row", "group", "row", "row"]);
  expect(nextRow(items, 2, 1)).toBe(4);
  expect(nextRow(items, 4, -1)).toBe(2);
});

test("the first and the last row hold", () => {
  expect(nextRow(items, 1, -1)).toBe(1);
  expect(nextRow(items, 5, 1)).toBe(5);
  expect(nextRow(items, -1, 1)).toBe(1);
  expect(nextRow(items, -1, -1)).toBe(5);
});

test("without rows there is nowhere to go", () => {
  expect(nextRow([], -1, 1)).toBe(-1);
});
