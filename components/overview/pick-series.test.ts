import { expect, test } from "vitest";
import type { ReadRun, ReadSeries } from "../../lib/queries/revive.ts";
import { lineMetrics, lineValues, seriesRefs } from "./pick-series.ts";

const run = (id: string, metrics: [process: string, name: string, count: number][]) =>
  ({
    id,
    source: "s",
    metrics: metrics.map(([process, name, count]) => ({ id: `${process} ${name}`, process, step: null, name, count })),
  }) as unknown as ReadRun;
const runs = [
  run("1", [
    ["sgd", "acc", 60],
    ["sgd", "val_loss", 60],
    ["read", "rows", 1],
  ]),
  run("2", [
    ["sgd", "train_loss", 60],
    ["sgd", "val_loss", 60],
    ["sgd", "acc", 60],
  ]),
];
const head = {
  source: "s",
  run: "1",
  metric: "m",
  x: "step",
  total: 2,
  nonFinite: 0,
  reduced: false,
  producerRunId: null,
};

test("metrics that are lines are offered, the most telling first", () => {
  expect(lineMetrics(runs).map(({ label }) => label)).toEqual(["val_loss", "acc", "train_loss"]);
});

test("a name in several places says where", () => {
  const both = run("3", [
    ["sgd", "loss", 60],
    ["forest", "loss", 60],
  ]);
  expect(lineMetrics([both]).map(({ label }) => label)).toEqual(["sgd ▸ loss", "forest ▸ loss"]);
});

test("runs without the metric have no line", () => {
  const train = lineMetrics(runs)[2];
  expect(seriesRefs(runs, train)).toEqual([{ source: "s", run: "2", metric: "sgd train_loss" }]);
  expect(seriesRefs(runs, undefined)).toEqual([]);
});

test("buckets keep their extremes, a folded series is that of its twin", () => {
  const bucket = { x0: 0, x1: 1, first: 1, last: 1, min: 0, max: 9, count: 5, nonFinite: 0 };
  const reduced: ReadSeries = { ...head, buckets: [bucket] };
  expect(lineValues(reduced, [reduced])).toEqual([0, 9]);
  expect(lineValues({ ...head, sameAs: 0 }, [reduced])).toEqual([0, 9]);
  expect(lineValues({ ...head, points: [{ x: 1, y: 3 }] }, [])).toEqual([3]);
});
