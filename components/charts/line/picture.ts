import type { Series } from "../../../lib/domain/series.ts";
import type { AxisKind, Domain } from "../frame/axes.ts";

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

/** How many. Of a bucket only the extremes are known: then it is what is sure, and there may be more. */
export interface Count {
  least: number;
  exact: boolean;
}

/** No finite number. A bucket does not tell of which kind those inside it are. */
export interface Odd {
  x: number;
  kind: "nan" | "above" | "below" | "notFinite";
  /** Points that this mark stands for, and the x that they lie between. */
  count: number;
  from: number;
  to: number;
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
  /** Null when every point is there. */
  buckets: LineBuckets | null;
  /** X of each point ≤ 0 that a log axis leaves out; buckets tell it by their extremes. */
  hidden: number[];
  /** Points that are no finite number, drawn at the edge of the plot. */
  odd: Odd[];
  /** What the very last point is, when it is no finite number: the value the line ends with. */
  endsOdd: "nan" | "above" | "below" | null;
  total: number;
}

/** What is known of each bucket beside its last value. */
export interface LineBuckets {
  /** Extremes of its finite values. */
  low: Float64Array;
  high: Float64Array;
  /** How many of its points are finite. */
  finite: Float64Array;
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
  outside: Count;
  /** Points ≤ 0 that a log axis cannot show. */
  dropped: Count;
  nonFinite: number;
  /** The first of them, and the part of x to look at it closely; null when there is none. */
  firstOdd: { odd: Odd; around: Domain } | null;
  /** Set when points stand as buckets: those of all such lines. */
  reduced: { points: number; buckets: number } | null;
}
