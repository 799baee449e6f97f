import { expect, test } from "vitest";
import type { Column } from "../../../lib/domain/source.ts";
import type { ReadRun } from "../../../lib/queries/revive.ts";
import { csvCell, runsToCsv, runsToJson } from "./export-runs.ts";

test.each([
  ['=HYPERLINK("http://x")', '"\'=HYPERLINK(""http://x"")"'],
  ["+1-2", '"\'+1-2"'],
  ["@SUM(A1)", '"\'@SUM(A1)"'],
  ["  =1", '"\'  =1"'],
  [-1.5, "-1.5"],
  [Number.NaN, "NaN"],
  ["two\nlines", '"two\nlines"'],
  ["plain", "plain"],
  [null, ""],
])("%j is safe in a spreadsheet as %s", (value, cell) => {
  expect(csvCell(value)).toBe(cell);
});

const loss: Column = {
  id: "c1",
  kind: "metric",
  name: "val_loss",
  scope: "train_sgd/fit_sgd",
  present: 1,
  distinct: 1,
};
const known = new Map([[loss.id, loss]]);
const metric = {
  id: "c1",
  name: "val_loss",
  process: "train_sgd",
  step: "fit_sgd",
  last: Number.NaN,
  min: 0.05,
  max: 1,
  count: 60,
};
const run = {
  id: "r1",
  source: "s",
  name: "run, one",
  startedAt: "2026-11-20T23:33:25Z",
  metrics: [metric],
  params: null,
  tags: {},
} as unknown as ReadRun;

test("the file has the columns shown, in their order, with full values", () => {
  expect(runsToCsv([run], ["name", "started", "c1~min", "c1"], known)).toBe(
    'run_id,name,started_utc,train_sgd/fit_sgd/val_loss (min),train_sgd/fit_sgd/val_loss\r\nr1,"run, one",2026-11-20T23:33:25Z,0.05,NaN\r\n',
  );
});

test("JSON spells what it cannot hold", () => {
  expect(JSON.parse(runsToJson([run], ["c1"], known))).toEqual([{ run_id: "r1", "train_sgd/fit_sgd/val_loss": "NaN" }]);
});

test("a param named as a field keeps its value under a head of its own", () => {
  const status: Column = { id: "p1", kind: "param", name: "status", present: 1, distinct: 1 };
  const named = { ...run, status: "completed", params: { status: "fast" } } as unknown as ReadRun;
  expect(JSON.parse(runsToJson([named], ["p1", "status"], new Map([[status.id, status]])))).toEqual([
    { run_id: "r1", "params.status": "fast", status: "completed" },
  ]);
});
