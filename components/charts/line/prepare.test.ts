import { describe, expect, it } from "vitest";
import type { Series } from "../../../lib/domain/series.ts";
import { nearestIndex, readLines, snapX, stepX } from "./nearest.ts";
import type { LineInput, LineSettings } from "./picture.ts";
import { prepareLines, unfoldSeries } from "./prepare.ts";
import { remarksOf } from "./remarks.ts";

const plain: LineSettings = { x: "step", logY: false, smoothing: 0, ignoreOutliers: false };

function seriesOf(ys: (number | "NaN" | "Infinity")[], extra: Partial<Series> = {}): Series {
  const points = ys.map((y, i) => ({ x: i + 1, y }));
  const nonFinite = ys.filter((y) => typeof y === "string").length;
  return {
    source: "s",
    run: "r",
    metric: "m",
    x: "step",
    total: ys.length,
    nonFinite,
    reduced: false,
    producerRunId: null,
    points,
    ...extra,
  };
}
function input(series: Series | null, key = "a"): LineInput {
  return { key, label: key, colour: "red", dash: undefined, series };
}
function bucketed(buckets: Partial<NonNullable<Series["buckets"]>[number]>[], total: number): Series {
  const full = buckets.map((bucket, i) => ({
    x0: i * 10,
    x1: i * 10 + 9,
    first: 1,
    last: 1,
    min: 1,
    max: 1,
    count: 10,
    nonFinite: 0,
    ...bucket,
  }));
  return seriesOf([], { points: undefined, buckets: full, reduced: true, total });
}

describe("prepareLines", () => {
  it("takes the x domain from the data and rounds the y domain", () => {
    const picture = prepareLines([input(seriesOf([0.827, 0.41, 0.0045]))], plain, null);
    expect(picture.xDomain).toEqual([1, 3]);
    expect(picture.yDomain).toEqual([0, 1]);
    expect(picture.reduced).toBeNull();
  });

  it("draws a line by itself in full, whatever dash its run has", () => {
    const dashed = { ...input(seriesOf([1, 2])), dash: "5 3" };
    expect(prepareLines([dashed], plain, null).lines[0]?.dash).toBeUndefined();
    expect(prepareLines([dashed, input(seriesOf([1]), "b")], plain, null).lines[0]?.dash).toBe("5 3");
  });

  it("counts the lines asked for, also those without data", () => {
    const picture = prepareLines([input(seriesOf([1])), input(null, "b")], plain, null);
    expect(picture.lines.map((line) => line.key)).toEqual(["a"]);
    expect(picture.asked).toBe(2);
  });

  it("breaks the line at NaN and infinities and marks them at the edge", () => {
    const [line] = prepareLines([input(seriesOf([1, "NaN", 3, "Infinity"]))], plain, null).lines;
    expect([...(line?.ys ?? [])]).toEqual([1, NaN, 3, NaN]);
    expect(line?.odd).toMatchObject([
      { x: 2, kind: "nan" },
      { x: 4, kind: "above" },
    ]);
  });

  it("keeps an infinity out of the domain", () => {
    const picture = prepareLines([input(seriesOf([1, "Infinity", 3]))], plain, null);
    expect(picture.yDomain).toEqual([1, 3]);
    expect(picture.nonFinite).toBe(1);
  });

  it("drops and counts what a log axis cannot show", () => {
    const picture = prepareLines([input(seriesOf([0, -1, 0.01, 1]))], { ...plain, logY: true }, null);
    expect(picture.dropped).toEqual({ least: 2, exact: true });
    expect(picture.yDomain[0]).toBeGreaterThan(0);
    expect([...(picture.lines[0]?.ys ?? [])].slice(0, 2)).toEqual([NaN, NaN]);
  });

  it("keeps the raw line beside the smoothed one, gaps in both", () => {
    const [line] = prepareLines([input(seriesOf([10, "NaN", 20]))], { ...plain, smoothing: 0.5 }, null).lines;
    expect([...(line?.rawYs ?? [])]).toEqual([10, NaN, 20]);
    expect(line?.ys[1]).toBeNaN();
    expect(line?.ys[2]).toBeLessThan(20);
  });

  it("fits y to the zoomed part only and never changes the zoom itself", () => {
    const before = prepareLines([input(seriesOf([100, 1, 2, 3]))], plain, [2, 4]);
    const after = prepareLines([input(seriesOf([100, 1, 2, 3, 500]))], plain, [2, 4]);
    expect(before.yDomain).toEqual([1, 3]);
    expect(after.xDomain).toEqual([2, 4]);
    expect(after.yDomain).toEqual([1, 3]);
  });

  it("never hides an extreme of a bucket and says what was reduced", () => {
    const picture = prepareLines([input(bucketed([{}, { max: 50, min: -4 }, {}], 100_000))], plain, null);
    expect(picture.yDomain[0]).toBeLessThanOrEqual(-4);
    expect(picture.yDomain[1]).toBeGreaterThanOrEqual(50);
    expect(picture.reduced).toEqual({ points: 100_000, buckets: 3 });
    expect([...(picture.lines[0]?.buckets?.high ?? [])]).toEqual([1, 50, 1]);
  });

  it("leaves a gap where a bucket has no finite value, and a mark that does not claim to know which they are", () => {
    const picture = prepareLines(
      [input(bucketed([{}, { first: "NaN", last: "NaN", min: null, max: null, nonFinite: 10 }], 20))],
      plain,
      null,
    );
    expect(picture.lines[0]?.ys[1]).toBeNaN();
    expect(picture.lines[0]?.odd).toEqual([{ x: 14.5, kind: "notFinite", count: 10, from: 10, to: 19 }]);
    expect(picture.nonFinite).toBe(10);
  });

  it("says where the first point that is no number is, and what to zoom to", () => {
    const values = Array.from({ length: 101 }, (_, i) => (i === 40 || i === 70 ? ("NaN" as const) : i));
    const { firstOdd } = prepareLines([input(seriesOf(values))], plain, null);
    expect(firstOdd).toMatchObject({ odd: { x: 41, kind: "nan" }, around: [36, 46] });
    const buckets = bucketed([{}, { nonFinite: 1 }, {}], 30);
    expect(prepareLines([input(buckets)], plain, null).firstOdd?.around).toEqual([4.5, 24.5]);
  });

  it("keeps a bucket that crosses zero on a log axis, and says that some of it is left out", () => {
    const picture = prepareLines([input(bucketed([{}, { min: -4, max: 50 }, {}], 30))], { ...plain, logY: true }, null);
    expect(picture.yDomain).toEqual([1, 100]);
    expect(picture.lines[0]?.buckets?.low[1]).toBe(-4);
    expect(picture.dropped).toEqual({ least: 1, exact: false });
    const below = bucketed([{}, { min: -4, max: -1, last: -1 }, {}], 30);
    expect(prepareLines([input(below)], { ...plain, logY: true }, null).dropped).toEqual({ least: 10, exact: true });
  });

  it("counts a bucket's extremes that stand outside once, and says that there may be more", () => {
    const buckets = Array.from({ length: 200 }, (_, i) => (i === 7 ? { min: -900, max: 900 } : {}));
    const picture = prepareLines([input(bucketed(buckets, 2000))], { ...plain, ignoreOutliers: true }, null);
    expect(picture.outside).toEqual({ least: 2, exact: false });
    expect(remarksOf(picture, "step").map(({ text }) => text)).toEqual([
      "2,000 points as 200 min–max buckets",
      "at least 2 points outside",
    ]);
  });

  it("remarks on nothing where everything is shown", () => {
    expect(remarksOf(prepareLines([input(seriesOf([1, 2]))], plain, null), "step")).toEqual([]);
    const picture = prepareLines([input(seriesOf([1, "NaN", 3, "Infinity"]))], plain, null);
    expect(remarksOf(picture, "step")).toMatchObject([{ text: "2 not finite" }, { text: "first NaN at step 2" }]);
  });

  it("counts what stands outside when outliers are ignored, and only then", () => {
    const values = [...Array.from({ length: 300 }, (_, i) => i / 300), 900, 901, 902];
    expect(prepareLines([input(seriesOf(values))], plain, null).outside.least).toBe(0);
    const picture = prepareLines([input(seriesOf(values))], { ...plain, ignoreOutliers: true }, null);
    expect(picture.outside).toEqual({ least: 3, exact: true });
    expect(picture.yDomain).toEqual([0, 1]);
  });

  it("has something to show for one point and for none", () => {
    expect(prepareLines([input(seriesOf([5]))], plain, null).xDomain).toEqual([0.5, 1.5]);
    expect(prepareLines([], plain, null).yDomain).toEqual([0, 1]);
  });
});

describe("unfoldSeries", () => {
  it("gives a folded series the points of the one it equals", () => {
    const [, second] = unfoldSeries([
      seriesOf([1, 2]),
      seriesOf([], { run: "r2", sameAs: 0, points: undefined, total: 2 }),
    ]);
    expect(second?.points).toHaveLength(2);
    expect(second?.run).toBe("r2");
  });
});

describe("reading the lines at the crosshair", () => {
  const inputs = [input(seriesOf([1, 2, 3]), "low"), input(seriesOf([7, 8, 9, 10, 11]), "high")];
  const picture = prepareLines(inputs, plain, null);
  const { lines } = picture;

  it("finds the nearest point", () => {
    const xs = Float64Array.of(1, 2, 10);
    expect([0, 1.4, 1.6, 6, 6.1, 99].map((x) => nearestIndex(xs, x))).toEqual([0, 0, 1, 1, 2, 2]);
    expect(nearestIndex(new Float64Array(), 1)).toBe(-1);
  });

  it("sorts by value, and a line that has ended has none", () => {
    expect(readLines(lines, 2, 0.5).map(({ line, y }) => [line.key, y])).toEqual([
      ["high", 8],
      ["low", 2],
    ]);
    expect(readLines(lines, 5, 0.5).map(({ line, y }) => [line.key, y])).toEqual([
      ["high", 11],
      ["low", NaN],
    ]);
  });

  it("reads the ends without a crosshair", () => {
    expect(readLines(lines, null, 0.5).map(({ y }) => y)).toEqual([11, 3]);
  });

  it("says at the end of a line that it ends with no finite number, points or buckets", () => {
    const points = prepareLines([input(seriesOf([1, 0.5, "NaN"]))], plain, null).lines;
    expect(readLines(points, null, 0.5).map(({ y, endsOdd }) => [y, endsOdd])).toEqual([[0.5, "nan"]]);
    expect(readLines(points, 2, 0.5).map(({ y, endsOdd }) => [y, endsOdd])).toEqual([[0.5, null]]);
    const buckets = bucketed([{}, { last: Number.POSITIVE_INFINITY, nonFinite: 1 }], 20);
    expect(readLines(prepareLines([input(buckets)], plain, null).lines, null, 0.5)[0]?.endsOdd).toBe("above");
    expect(readLines(lines, null, 0.5).map(({ endsOdd }) => endsOdd)).toEqual([null, null]);
  });

  it("reads the nearest point between two, however far apart they are", () => {
    const sparse = prepareLines([input(seriesOf([1, 2]))], plain, null).lines;
    expect(readLines(sparse, 1.4, 0.01).map(({ x, y }) => [x, y])).toEqual([[1, 1]]);
  });

  it("steps through the x of all lines", () => {
    expect(snapX(picture, 3.6)).toBe(4);
    expect(stepX(picture, 3, 1)).toBe(4);
    expect(stepX(picture, 3, -1)).toBe(2);
    expect(stepX(picture, 5, 1)).toBeNull();
  });

  it("never leaves the zoomed part", () => {
    const zoomed = prepareLines(inputs, plain, [1.6, 3.4]);
    expect(snapX(zoomed, 1.6)).toBe(2);
    expect(snapX(zoomed, 3.4)).toBe(3);
    expect(stepX(zoomed, 3, 1)).toBeNull();
    expect(snapX(prepareLines(inputs, plain, [1.2, 1.4]), 1.3)).toBeNull();
  });
});
