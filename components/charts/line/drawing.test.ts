import { describe, expect, it } from "vitest";
import type { Series } from "../../../lib/domain/series.ts";
import { toCsv } from "../frame/export.ts";
import { pathCollector, scaleBetween, traceBand, traceLine, visibleSpan } from "./drawing.ts";
import { lineAxes } from "./geometry.ts";
import type { LineSettings } from "./picture.ts";
import { prepareLines } from "./prepare.ts";
import { drawLinesSvg } from "./svg-picture.ts";
import { lineTable } from "./table.ts";

const settings: LineSettings = { x: "step", logY: false, smoothing: 0, ignoreOutliers: false };
const same = (value: number) => value;

function pictureOf(ys: (number | "NaN" | "Infinity")[], change: Partial<LineSettings> = {}, label = "run <1>") {
  const series: Series = {
    ...{ source: "s", run: "r", metric: "m", x: "step", total: ys.length, reduced: false, producerRunId: null },
    nonFinite: ys.filter((y) => typeof y === "string").length,
    points: ys.map((y, i) => ({ x: i, y })),
  };
  return prepareLines(
    [{ key: "a", label, colour: "var(--run-1)", dash: undefined, series }],
    { ...settings, ...change },
    null,
  );
}

describe("tracing", () => {
  it("leaves gaps as gaps and answers points that stand alone", () => {
    const sink = pathCollector();
    const alone = traceLine(
      sink,
      Float64Array.of(0, 1, 2, 3, 4),
      Float64Array.of(1, 2, NaN, 3, NaN),
      same,
      same,
      [0, 5],
    );
    expect(sink.d()).toBe("M0.0 1.0L1.0 2.0M3.0 3.0");
    expect(alone).toEqual([3]);
  });

  it("draws a band as one ring per stretch", () => {
    const [line] = pictureOf([1]).lines;
    const sink = pathCollector();
    const band = {
      ...(line as NonNullable<typeof line>),
      xs: Float64Array.of(0, 1, 2, 3),
      buckets: {
        low: Float64Array.of(1, 1, NaN, 5),
        high: Float64Array.of(2, 3, NaN, 6),
        finite: Float64Array.of(9, 9, 0, 9),
      },
    };
    traceBand(sink, band, same, same, [0, 4]);
    expect(sink.d()).toBe("M0.0 2.0L1.0 3.0L1.0 1.0L0.0 1.0M3.0 6.0L3.0 5.0");
  });

  it("keeps one point beyond each edge of a zoom", () => {
    expect(visibleSpan(Float64Array.of(0, 1, 2, 3, 4, 5), [2, 3])).toEqual([1, 5]);
    expect(visibleSpan(Float64Array.of(0, 1), [5, 6])).toEqual([1, 2]);
  });

  it("scales linearly and by powers", () => {
    expect(scaleBetween([0, 10], [100, 0])(2.5)).toBe(75);
    expect(scaleBetween([0.01, 100], [0, 200], true)(1)).toBeCloseTo(100, 9);
  });

  it("puts what a log axis cannot show far below it, so that a band reaches the edge", () => {
    const y = scaleBetween([0.01, 100], [200, 0], true);
    expect([y(0), y(-5)].every((pixel) => Number.isFinite(pixel) && pixel > 10_000)).toBe(true);
    expect(y(NaN)).toBeNaN();
  });
});

describe("lineAxes", () => {
  it("gives more ticks to more room", () => {
    const picture = pictureOf([0.1, 0.5, 0.93]);
    expect(lineAxes(picture, 900, 400).y.ticks.length).toBeGreaterThan(lineAxes(picture, 300, 120).y.ticks.length);
  });
});

describe("what is shown, in other forms", () => {
  it("is a table with NaN and infinities as they are, raw beside smoothed", () => {
    const table = lineTable(pictureOf([1, "NaN", 3, "Infinity"], { smoothing: 0.5 }), "loss", "step");
    expect(toCsv(table, { safe: false }).split("\r\n")).toEqual([
      "step,run <1>,run <1> (smoothed)",
      "0,1,1",
      "1,NaN,NaN",
      "2,3,2.3333333333333335",
      "3,Infinity,Infinity",
      "",
    ]);
  });

  it("is a picture in which foreign names are only text", () => {
    const svg = drawLinesSvg(pictureOf([1, 2, 3]), { title: "loss & more", unit: "s", xName: "step" });
    expect(svg).toContain("run &lt;1&gt;");
    expect(svg).toContain("loss &amp; more");
    expect(svg).not.toContain("run <1>");
    const bidi = drawLinesSvg(pictureOf([1, 2], {}, "safe\u202egnp"), { title: "x", unit: null, xName: "step" });
    expect(bidi).toContain("safe\\u{202e}gnp");
  });

  it("carries marks and remarks into the picture", () => {
    const svg = drawLinesSvg(pictureOf([1, "NaN", 3, "Infinity"]), { title: "loss", unit: "nats", xName: "step" });
    expect(svg).toContain("2 not finite · first NaN at step 1");
    expect(svg).toContain("nats");
    expect(svg.match(/l6 6m0 -6l-6 6|l-4 8h8z/g)).toHaveLength(2);
  });
});
