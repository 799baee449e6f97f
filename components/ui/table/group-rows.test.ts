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
