import { expect, test } from "vitest";
import { moveBefore, nextSort, placeColumns, type TableColumn, visibleColumns } from "./column.ts";

const column = (id: string, width = 100): TableColumn<unknown> => ({ id, title: id, width, cell: () => null });
const columns = [column("name", 200), column("status"), column("loss")];

test("pinned columns come first and know where they stick", () => {
  const placed = placeColumns(columns, { pinned: new Set(["loss"]), widths: {}, firstAt: 40 });
  expect(placed.map(({ column, index, at, pinnedAt }) => [column.id, index, at, pinnedAt])).toEqual([
    ["loss", 2, 40, 40],
    ["name", 3, 140, null],
    ["status", 4, 340, null],
  ]);
});

test("widths are kept within what can be read and grasped", () => {
  const placed = placeColumns(columns, { pinned: new Set(), widths: { name: 3, status: 99_999, loss: 130.4 } });
  expect(placed.map(({ width }) => width)).toEqual([56, 1200, 130]);
});

test("room that is left over goes to the column that grows, unless the reader set its width", () => {
  const growing = [{ ...column("name", 200), grow: true }, column("status")];
  const widths = (set: Record<string, number>) =>
    placeColumns(growing, { pinned: new Set(), widths: set, room: 500 }).map(({ width }) => width);
  expect(widths({})).toEqual([400, 100]);
  expect(widths({ name: 250 })).toEqual([250, 100]);
});

test("of a thousand columns only those near the window are drawn, and the pinned", () => {
  const many = Array.from({ length: 1000 }, (_, at) => column(`c${at}`));
  const drawn = visibleColumns(placeColumns(many, { pinned: new Set(["c7"]), widths: {} }), 50_000, 1000);
  expect(drawn[0]?.column.id).toBe("c7");
  expect(drawn.length).toBeLessThan(20);
});

test("a column moves before another, or to the end", () => {
  expect(moveBefore(["a", "b", "c"], "c", "a")).toEqual(["c", "a", "b"]);
  expect(moveBefore(["a", "b", "c"], "a", null)).toEqual(["b", "c", "a"]);
  expect(moveBefore(["a", "b"], "a", "gone")).toEqual(["a", "b"]);
});

test("pressing a head sorts one way, then the other", () => {
  expect(nextSort({ sortId: "name" }, null)).toBe("name");
  expect(nextSort({ sortId: "name" }, "name")).toBe("-name");
  expect(nextSort({ sortId: "started", descendingFirst: true }, "name")).toBe("-started");
  expect(nextSort({}, "name")).toBe("name");
});
