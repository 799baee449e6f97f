import type { Series } from "../../../lib/domain/series.ts";
import { smoothValues } from "../../../lib/domain/smooth.ts";
import { type AxisKind, type Domain, roundDomain, roundLogDomain } from "../frame/axes.ts";

/** One line asked for. `series` is null while it is not there (not loaded, or the run does not have it). */
export interface LineInput {
  /** Unique in the chart. */
  key: string;
  label: string;
  /** Any CSS colour, `var(--…)` too, and a `stroke-dasharray` where the line is not full. */
  colour: string;
  dash: string | undefined;
  series: Series | null;
}

export interface LineSettings {
  /** `step`, `time`, `relative` or the id of another metric. */
  x: string;
  logY: boolean;
  /** 0: none. */
  smoothing: number;
  /** Scale y to the middle 98 % of the values; what falls outside is counted. */
  ignoreOutliers: boolean;
}

export interface Odd {
  x: number;
  kind: "nan" | "above" | "below";
}

/** A line ready to be drawn: parallel arrays by rising x; NaN in `ys` is a gap. */
export interface Line {
  key: string;
  label: string;
  colour: string;
  dash: string | undefined;
  xs: Float64Array;
  /** What is drawn strong: the smoothed values, or the values themselves. */
  ys: Float64Array;
  /** The values before smoothing; null when they are `ys`. */
  rawYs: Float64Array | null;
  /** Extremes of each bucket; null when every point is there. */
  low: Float64Array | null;
  high: Float64Array | null;
  /** Points that are no finite number, drawn at the edge of the plot. */
  odd: Odd[];
  /** What the very last point is, when it is no finite number: the value the line ends with. */
  endsOdd: Odd["kind"] | null;
  total: number;
}

/** Everything about a chart that does not depend on its size in pixels. */
export interface LinePicture {
  lines: Line[];
  /** Lines asked for, drawn or not. */
  asked: number;
  xKind: AxisKind;
  /** Steps are counted in whole numbers. */
  xWhole: boolean;
  xDomain: Domain;
  yDomain: Domain;
  logY: boolean;
  /** Finite points above or below the y domain. */
  outside: number;
  /** Points ≤ 0 that a log axis cannot show. */
  dropped: number;
  nonFinite: number;
  /** Set when points stand as buckets: the largest of the lines. */
  reduced: { points: number; buckets: number } | null;
}

/** Items of `POST /series` with folded ones (`sameAs`) given their points back, in the order of the request. */
export function unfoldSeries(items: readonly Series[]): Series[] {
  return items.map((item) => {
    const same = item.sameAs === undefined ? undefined : items[item.sameAs];
    return same ? { ...item, points: same.points, buckets: same.buckets, reduced: same.reduced } : item;
  });
}

/**
 * Decides everything about a line chart but its size. A dash tells lines of one colour apart, so a line by itself has none.
 * @param range the zoomed part of the x axis, or null for all of it.
 */
export function prepareLines(inputs: readonly LineInput[], settings: LineSettings, range: Domain | null): LinePicture {
  const counts = { dropped: 0, nonFinite: 0 };
  const lines = inputs.flatMap((input) => (input.series ? [prepareLine(input, input.series, settings, counts)] : []));
  const [only] = lines;
  if (lines.length === 1 && only) lines[0] = { ...only, dash: undefined };
  const xKind: AxisKind = settings.x === "time" ? "time" : settings.x === "relative" ? "duration" : "number";
  const xDomain = range ?? xExtent(lines);
  const { domain: yDomain, outside } = yExtent(lines, xDomain, settings);
  let reduced: LinePicture["reduced"] = null;
  for (const line of lines) {
    if (line.low && (!reduced || line.total > reduced.points))
      reduced = { points: line.total, buckets: line.low.length };
  }
  return {
    lines,
    asked: inputs.length,
    xKind,
    xWhole: settings.x === "step",
    xDomain,
    yDomain,
    logY: settings.logY,
    outside,
    reduced,
    ...counts,
  };
}

function prepareLine(
  input: LineInput,
  series: Series,
  settings: LineSettings,
  counts: { dropped: number; nonFinite: number },
): Line {
  const { xs, ys, low, high } = series.buckets ? fromBuckets(series.buckets) : fromPoints(series.points ?? []);
  const odd: Odd[] = [];
  for (let i = 0; i < ys.length; i++) {
    const y = ys[i] as number;
    if (!Number.isFinite(y)) {
      if (!low) odd.push({ x: xs[i] as number, kind: oddKind(y) });
      ys[i] = NaN;
    } else if (settings.logY && y <= 0) {
      counts.dropped++;
      ys[i] = NaN;
    }
  }
  for (const bucket of series.buckets ?? [])
    if (bucket.nonFinite > 0) odd.push({ x: (bucket.x0 + bucket.x1) / 2, kind: "nan" });
  if (settings.logY) for (const edge of [low, high]) dropNonPositive(edge);
  counts.nonFinite += series.nonFinite;
  const end = Number(series.buckets?.at(-1)?.last ?? series.points?.at(-1)?.y ?? 0);
  const smoothed = settings.smoothing > 0 ? smoothValues(ys, settings.smoothing) : null;
  const { key, label, colour, dash } = input;
  return {
    key,
    label,
    colour,
    dash,
    xs,
    ys: smoothed ?? ys,
    rawYs: smoothed && ys,
    low,
    high,
    odd,
    endsOdd: Number.isFinite(end) ? null : oddKind(end),
    total: series.total,
  };
}

function oddKind(y: number): Odd["kind"] {
  return Number.isNaN(y) ? "nan" : y > 0 ? "above" : "below";
}

function dropNonPositive(values: Float64Array | null): void {
  values?.forEach((value, i) => {
    if (value <= 0) values[i] = NaN;
  });
}

function fromPoints(points: NonNullable<Series["points"]>) {
  return {
    xs: Float64Array.from(points, (point) => Number(point.x)),
    ys: Float64Array.from(points, (point) => Number(point.y)),
    low: null,
    high: null,
  };
}

/** A bucket stands at the middle of its span with its last value; its extremes make the band. */
function fromBuckets(buckets: NonNullable<Series["buckets"]>) {
  const finite = (value: number | string | null) => (value === null ? NaN : Number(value));
  return {
    xs: Float64Array.from(buckets, (bucket) => (bucket.x0 + bucket.x1) / 2),
    ys: Float64Array.from(buckets, (bucket) => {
      const last = finite(bucket.last);
      return Number.isFinite(last) ? last : finite(bucket.max);
    }),
    low: Float64Array.from(buckets, (bucket) => finite(bucket.min)),
    high: Float64Array.from(buckets, (bucket) => finite(bucket.max)),
  };
}

function xExtent(lines: readonly Line[]): Domain {
  let low = Infinity;
  let high = -Infinity;
  for (const { xs } of lines) {
    for (const x of xs) {
      if (x < low) low = x;
      if (x > high) high = x;
    }
  }
  if (low > high) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

function yExtent(
  lines: readonly Line[],
  [from, to]: Domain,
  settings: LineSettings,
): { domain: Domain; outside: number } {
  const values: number[] = [];
  let low = Infinity;
  let high = -Infinity;
  const take = (y: number) => {
    if (Number.isNaN(y)) return;
    if (y < low) low = y;
    if (y > high) high = y;
    if (settings.ignoreOutliers) values.push(y);
  };
  for (const line of lines) {
    const raw = line.rawYs ?? line.ys;
    for (let i = 0; i < raw.length; i++) {
      const x = line.xs[i] as number;
      if (x < from || x > to) continue;
      take(raw[i] as number);
      if (line.low && line.high) {
        take(line.low[i] as number);
        take(line.high[i] as number);
      }
    }
  }
  if (low > high) return { domain: settings.logY ? [1, 10] : [0, 1], outside: 0 };
  const round = settings.logY ? roundLogDomain : (domain: Domain) => roundDomain(domain, 5);
  if (!settings.ignoreOutliers) return { domain: round([low, high]), outside: 0 };
  values.sort((a, b) => a - b);
  const at = (share: number) => values[Math.round((values.length - 1) * share)] as number;
  const domain = round([at(0.01), at(0.99)]);
  return { domain, outside: values.filter((y) => y < domain[0] || y > domain[1]).length };
}
