import type { Domain } from "../frame/axes.ts";
import type { Line } from "./picture.ts";

/** Value → pixel, counted from the plot's own corner. */
export type Scale = (value: number) => number;

/** What a path is drawn into: a canvas context, or the collector of an SVG path. */
export interface PathSink {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
}

/**
 * A scale through two known pixels. Plain arithmetic, since a chart asks it for every point. On a logarithmic one, what is not positive
 * stands far below the plot, so that a band reaches its edge.
 */
export function scaleBetween([low, high]: Domain, [start, end]: Domain, log = false): Scale {
  const at = log ? (value: number) => Math.log10(Math.max(value, Number.MIN_VALUE)) : (value: number) => value;
  const first = at(low);
  const factor = (end - start) / (at(high) - first || 1);
  return (value) => start + (at(value) - first) * factor;
}

/** Indices of the points to draw: those within the domain and one more at each side, so that lines reach the edge. */
export function visibleSpan(xs: Float64Array, [low, high]: Domain): [from: number, to: number] {
  let from = 0;
  while (from < xs.length && (xs[from] as number) < low) from++;
  let to = xs.length;
  while (to > from && (xs[to - 1] as number) > high) to--;
  return [Math.max(0, from - 1), Math.min(xs.length, to + 1)];
}

/** Draws the line with its gaps; answers the points that stand alone between gaps, which a line cannot show. */
export function traceLine(
  sink: PathSink,
  xs: Float64Array,
  ys: Float64Array,
  x: Scale,
  y: Scale,
  [from, to]: readonly [number, number],
): number[] {
  const alone: number[] = [];
  let pen = false;
  for (let i = from; i < to; i++) {
    const value = ys[i] as number;
    if (Number.isNaN(value)) {
      pen = false;
      continue;
    }
    if (pen) sink.lineTo(x(xs[i] as number), y(value));
    else {
      sink.moveTo(x(xs[i] as number), y(value));
      if (i + 1 >= to || Number.isNaN(ys[i + 1])) alone.push(i);
    }
    pen = true;
  }
  return alone;
}

/** Draws the outline of the min–max band, one closed ring per stretch without gaps. */
export function traceBand(sink: PathSink, line: Line, x: Scale, y: Scale, [from, to]: readonly [number, number]): void {
  const { xs, buckets } = line;
  if (!buckets) return;
  const { low, high } = buckets;
  let start = from;
  for (let i = from; i <= to; i++) {
    if (i < to && !Number.isNaN(low[i]) && !Number.isNaN(high[i])) continue;
    for (let k = start; k < i; k++) sink[k === start ? "moveTo" : "lineTo"](x(xs[k] as number), y(high[k] as number));
    for (let k = i - 1; k >= start; k--) sink.lineTo(x(xs[k] as number), y(low[k] as number));
    start = i + 1;
  }
}

/** Whether single points are worth a dot: few enough that dots do not run together. */
export function showsDots(line: Line, width: number): boolean {
  return !line.buckets && line.xs.length * 12 <= width;
}

/** Collects an SVG path's `d`, coordinates to a tenth of a pixel. */
export function pathCollector(): PathSink & { d(): string } {
  const parts: string[] = [];
  const add = (command: string) => (x: number, y: number) =>
    void parts.push(`${command}${x.toFixed(1)} ${y.toFixed(1)}`);
  return { moveTo: add("M"), lineTo: add("L"), d: () => parts.join("") };
}
