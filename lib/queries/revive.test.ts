import { expect, test } from "vitest";
import type { Run } from "../domain/run.ts";
import { reviveRun, reviveSeries } from "./revive.ts";

const run: Run = {
  id: "r",
  source: "s",
  name: "run",
  experimentId: "e",
  experimentName: "wine-lab",
  status: "completed",
  startedAt: null,
  endedAt: null,
  durationSeconds: null,
  params: { fill: "NaN" },
  paramsOrigin: "recorded",
  metrics: [
    {
      id: "m",
      name: "val_loss",
      process: "train_sgd",
      step: "fit_sgd",
      last: "NaN",
      min: 0.05,
      max: "Infinity",
      count: 60,
    },
  ],
  tags: {},
  cache: null,
  warnings: [],
};

test("metrics are numbers again, a param spelled NaN stays as stored", () => {
  const read = reviveRun(run);
  expect(read.metrics[0]).toMatchObject({ last: Number.NaN, min: 0.05, max: Number.POSITIVE_INFINITY, count: 60 });
  expect(read.params).toEqual({ fill: "NaN" });
});

test("points and buckets are numbers again, an empty bucket stays empty", () => {
  const head = {
    source: "s",
    run: "r",
    metric: "m",
    x: "step",
    total: 2,
    nonFinite: 1,
    reduced: false,
    producerRunId: null,
  };
  expect(reviveSeries({ ...head, points: [{ x: 1, y: "NaN" }] }).points).toEqual([{ x: 1, y: Number.NaN }]);
  const bucket = { x0: 0, x1: 1, first: "-Infinity" as const, last: 2, min: null, max: null, count: 2, nonFinite: 1 };
  expect(reviveSeries({ ...head, buckets: [bucket] }).buckets).toEqual([
    { ...bucket, first: Number.NEGATIVE_INFINITY },
  ]);
});
