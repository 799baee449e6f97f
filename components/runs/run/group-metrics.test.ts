import { describe, expect, it } from "vitest";
import type { ReadMetric } from "../../../lib/queries/revive.ts";
import { splitCopy } from "./copy-name.ts";
import { ambiguousNames, firstCharts, groupMetrics, hasCopies, type LinesMode } from "./group-metrics.ts";

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
const fanOut = [
  metric("fit[seed=1]", "loss", "series", 9, "one"),
  metric("fit[seed=2]", "loss", "series", 9, "one"),
  metric("fit[seed=2]", "loss", "series", 9, "two"),
  metric("other", "loss", "series", 9),
];
const lines = (mode: LinesMode, filter = "") =>
  groupMetrics(fanOut, filter, mode).groups.flatMap(({ charts }) =>
    charts.map((chart) => [chart.process, chart.step, chart.lines.map(({ label }) => label)]),
  );

describe("groupMetrics", () => {
  it("tells courses, single figures and snapshots apart, courses by process", () => {
    const { groups, scalars, snapshots } = groupMetrics(metrics, "", "copies");
    expect(groups.map(({ process, charts }) => [process, charts.length])).toEqual([
      ["train_sgd", 2],
      ["train_forest", 1],
    ]);
    expect(scalars.map(({ name }) => name)).toEqual(["acc_sgd", "total"]);
    expect(snapshots.map(({ name }) => name)).toEqual(["winner"]);
  });

  it("filters by words anywhere in process, step and name", () => {
    const { groups } = groupMetrics(metrics, "SGD loss", "copies");
    expect(groups.flatMap(({ charts }) => charts.map((chart) => chart.metric))).toEqual(["train_loss", "val_loss"]);
    expect(groupMetrics(metrics, "fit_forest", "copies")).toMatchObject({ shown: 1, total: 6 });
  });

  it("gives the copies of a process one chart, a line each", () => {
    expect(lines("copies")).toEqual([
      ["fit", "one", ["seed=1", "seed=2"]],
      ["fit", "two", ["seed=2"]],
      ["other", null, ["other"]],
    ]);
    expect([hasCopies(fanOut), hasCopies(metrics)]).toEqual([true, false]);
  });

  it("lays all lines of one name together on demand, or none", () => {
    expect(lines("name")).toEqual([
      [undefined, null, ["fit[seed=1] ▸ one", "fit[seed=2] ▸ one", "fit[seed=2] ▸ two", "other"]],
    ]);
    expect(lines("each")).toHaveLength(4);
  });

  it("keeps a chart's id and its lines' places while a filter leaves some out", () => {
    const [chart] = groupMetrics(fanOut, "seed=2", "name").groups[0]?.charts ?? [];
    expect(chart?.id).toBe(fanOut[0]?.id);
    expect(chart?.total).toBe(4);
    expect(chart?.lines.map(({ place }) => place)).toEqual([1, 2]);
  });
});

describe("firstCharts", () => {
  it("takes as many as there is room for, at least one", () => {
    const [group] = groupMetrics(fanOut, "", "each").groups;
    const charts = group?.charts ?? [];
    expect(firstCharts(charts, 24, 200)).toEqual(charts);
    expect(firstCharts([...charts, ...charts, ...charts], 2, 200)).toHaveLength(2);
    expect(firstCharts(groupMetrics(fanOut, "", "name").groups[0]?.charts ?? [], 24, 2)).toHaveLength(1);
  });
});

describe("ambiguousNames", () => {
  it("names what stands more than once", () => {
    const charts = groupMetrics(fanOut, "", "copies").groups[0]?.charts ?? [];
    expect([...ambiguousNames(charts)]).toEqual(["loss"]);
    expect([...ambiguousNames(charts.slice(1))]).toEqual([]);
  });
});

describe("splitCopy", () => {
  it("takes the name of a copy apart and leaves any other", () => {
    expect(splitCopy("fit[partition=p1,seed=2]")).toEqual({ base: "fit", copy: "partition=p1,seed=2" });
    expect(splitCopy("odd[name]")).toEqual({ base: "odd[name]", copy: null });
    expect(splitCopy(null)).toEqual({ base: null, copy: null });
  });
});
