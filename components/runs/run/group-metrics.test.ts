import { describe, expect, it } from "vitest";
import type { ReadMetric } from "../../../lib/queries/revive.ts";
import { ambiguousNames, groupMetrics } from "./group-metrics.ts";

function metric(
  process: string | null,
  name: string,
  kind: ReadMetric["kind"],
  count: number,
  step: string | null = null,
): ReadMetric {
  return {
    ...{ id: `${process}/${step}/${name}`, name, process, step, kind, count, xAxes: ["step"], producerRunId: null },
    ...{ firstStep: null, lastStep: null, last: 1, min: 1, max: 1, nonFinite: 0 },
  };
}
const metrics = [
  metric("train_sgd", "train_loss", "series", 60, "fit_sgd"),
  metric("train_sgd", "val_loss", "series", 60, "fit_sgd"),
  metric("evaluate", "acc_sgd", "series", 1),
  metric("evaluate", "winner", "text", 1),
  metric("train_forest", "importances", "series", 13, "fit_forest"),
  metric(null, "total", "scalar", 1),
];

describe("groupMetrics", () => {
  it("tells courses, single figures and snapshots apart, courses by process", () => {
    const { groups, scalars, snapshots } = groupMetrics(metrics, "");
    expect(groups.map(({ process, charts }) => [process, charts.length])).toEqual([
      ["train_sgd", 2],
      ["train_forest", 1],
    ]);
    expect(scalars.map(({ name }) => name)).toEqual(["acc_sgd", "total"]);
    expect(snapshots.map(({ name }) => name)).toEqual(["winner"]);
  });

  it("filters by words anywhere in process, step and name", () => {
    expect(groupMetrics(metrics, "SGD loss").groups.flatMap(({ charts }) => charts.map(({ name }) => name))).toEqual([
      "train_loss",
      "val_loss",
    ]);
    expect(groupMetrics(metrics, "fit_forest")).toMatchObject({ shown: 1, total: 6 });
  });
});

describe("ambiguousNames", () => {
  it("names what stands more than once", () => {
    expect([
      ...ambiguousNames([
        metric("a", "loss", "series", 2, "x"),
        metric("a", "loss", "series", 2, "y"),
        metric("a", "acc", "series", 2),
      ]),
    ]).toEqual(["loss"]);
  });
});
