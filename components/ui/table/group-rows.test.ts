import { expect, test } from "vitest";
import { groupRows } from "./group-rows.ts";

const rows = [
  { id: 1, status: "failed" },
  { id: 2, status: "failed" },
  { id: 3, status: "running" },
];
const byStatus = (row: { status: string }) => ({ id: row.status, label: row.status });

test("without a group rows stay as they are", () => {
  expect(groupRows(rows, undefined, new Set()).map(({ kind }) => kind)).toEqual(["row", "row", "row"]);
});

test("a head stands before each group and counts its rows; a closed group hides them", () => {
  const items = groupRows(rows, byStatus, new Set(["failed"]));
  expect(items).toEqual([
    { kind: "group", id: "failed", label: "failed", count: 2 },
    { kind: "group", id: "running", label: "running", count: 1 },
    { kind: "row", row: rows[2], index: 2 },
  ]);
});

test("rows that come unsorted are gathered all the same", () => {
  const items = groupRows([...rows, { id: 4, status: "failed" }], byStatus, new Set());
  expect(items.map((item) => (item.kind === "group" ? `${item.label} ${item.count}` : item.row.id))).toEqual([
    "failed 3",
    1,
    2,
    4,
    "running 1",
    3,
  ]);
});
