import { expect, test } from "vitest";
import type { Column } from "../../../lib/domain/source.ts";
import type { ReadRun } from "../../../lib/queries/revive.ts";
import { addColumns, growUsual, readStat, usualColumns, valueIn, writeStat } from "./run-values.ts";

const column = (kind: Column["kind"], name: string, more: Partial<Column> = {}): Column => ({
  id: `${kind} ${name}`,
  kind,
  name,
  present: 6,
  distinct: 2,
  ...more,
});
const metric = {
  id: "m1",
  name: "val_loss",
  process: "train_sgd",
  step: "fit_sgd",
  last: 0.054,
  min: 0.05,
  max: 1.2,
  count: 60,
};
const run = { params: { "train_sgd.alpha": 0.002 }, tags: { team: "wine" }, metrics: [metric] } as unknown as ReadRun;

test("a metric shows its last value, or the smallest or largest where asked", () => {
  const loss = column("metric", "val_loss", { scope: "train_sgd/fit_sgd" });
  expect([valueIn(run, loss, "last"), valueIn(run, loss, "min"), valueIn(run, loss, "max")]).toEqual([
    0.054, 0.05, 1.2,
  ]);
});

test("the metric of the same name elsewhere is another one", () => {
  expect(valueIn(run, column("metric", "val_loss", { scope: "evaluate" }), "last")).toBeNull();
});

test("params and tags are found by their name", () => {
  expect([
    valueIn(run, column("param", "train_sgd.alpha"), "last"),
    valueIn(run, column("tag", "team"), "last"),
  ]).toEqual([0.002, "wine"]);
});

test("a column id carries the figure that is meant", () => {
  expect(readStat(writeStat("abc", "min"))).toEqual({ id: "abc", stat: "min" });
  expect(readStat("abc")).toEqual({ id: "abc", stat: "last" });
});

test("first come columns in which runs differ; the experiment only where there are several", () => {
  const experiment = column("field", "experiment", { distinct: 1 });
  const columns = [
    column("metric", "same", { distinct: 1 }),
    column("metric", "acc"),
    column("param", "alpha"),
    column("field", "hits"),
    experiment,
  ];
  expect(usualColumns(columns, 1)).toEqual([
    "name",
    "status",
    "started",
    "duration",
    "cache",
    "metric acc",
    "metric same",
    "param alpha",
  ]);
  const several = ["name", "status", "experiment", "started", "duration"];
  expect(usualColumns([{ ...experiment, distinct: 2 }], 1)).toEqual(several);
  expect(usualColumns([experiment], 2)).toEqual(several.toSpliced(2, 0, "source"));
});

test("a new column comes right after the pinned ones", () => {
  expect(addColumns(["name", "status", "cache"], ["ended"], new Set(["name"]))).toEqual([
    "name",
    "ended",
    "status",
    "cache",
  ]);
  expect(addColumns(["status"], ["ended", "name"], new Set())).toEqual(["ended", "name", "status"]);
});

test("columns that became usual come after those that are shown, six of a kind at most", () => {
  const held = ["name", "metric:a", "metric:b", "param:p"];
  expect(growUsual(held, ["name", "metric:b", "metric:a"])).toBe(held);
  expect(growUsual(held, ["name", "cache", "metric:c", "metric:a"])).toEqual([...held, "cache", "metric:c"]);
  const full = ["a", "b", "c", "d", "e", "f"].map((name) => `metric:${name}`);
  expect(growUsual(full, ["metric:g"])).toBe(full);
});
