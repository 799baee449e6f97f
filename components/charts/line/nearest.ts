import type { Line, LinePicture } from "./picture.ts";

/** Index of the point whose x is nearest; -1 for an empty line. Binary search: xs rise. */
export function nearestIndex(xs: Float64Array, x: number): number {
  if (xs.length === 0) return -1;
  let low = 0;
  let high = xs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((xs[middle] as number) < x) low = middle + 1;
    else high = middle;
  }
  return low > 0 && x - (xs[low - 1] as number) <= (xs[low] as number) - x ? low - 1 : low;
}

/** The x nearest to `x` among all points of all lines within the domain; null when there is none. */
export function snapX({ lines, xDomain: [low, high] }: Points, x: number): number | null {
  let best: number | null = null;
  for (const { xs } of lines) {
    const nearest = nearestIndex(xs, x);
    // The nearest may lie outside while a neighbour is inside.
    for (const index of [nearest, nearest - 1, nearest + 1]) {
      const candidate = xs[index];
      if (candidate === undefined || candidate < low || candidate > high) continue;
      if (best === null || Math.abs(candidate - x) < Math.abs(best - x)) best = candidate;
    }
  }
  return best;
}

/** The next x within the domain to the right (`direction` 1) or left (-1) of `x` at which any line has a point. */
export function stepX({ lines, xDomain: [low, high] }: Points, x: number, direction: 1 | -1): number | null {
  let best: number | null = null;
  for (const { xs } of lines) {
    let index = nearestIndex(xs, x);
    if (index < 0) continue;
    while (index >= 0 && index < xs.length && ((xs[index] as number) - x) * direction <= 0) index += direction;
    const candidate = xs[index];
    if (candidate === undefined || candidate < low || candidate > high) continue;
    if (best === null || (candidate - best) * direction < 0) best = candidate;
  }
  return best;
}

type Points = Pick<LinePicture, "lines" | "xDomain">;

export interface Reading {
  line: Line;
  /** The x of the point read: the line's own, nearest to the crosshair; null where the line has no point near. */
  x: number | null;
  /** As drawn (smoothed where smoothing is on); NaN at a gap. */
  y: number;
  raw: number;
  low: number | null;
  high: number | null;
  /** At the end of a line that ends with no finite number: which; `y` is then the last finite value. */
  endsOdd: Line["endsOdd"];
}

/** How far beyond its ends a line still has a value: a hand's breadth on the screen, whatever the zoom. */
export function reachOf({ xDomain: [low, high] }: Pick<LinePicture, "xDomain">): number {
  return (high - low) * 0.015;
}

/**
 * What every line says at `x` (null: at its end), highest value first, lines without a value last.
 * A line that ended, or begins, more than `reach` away from x has no value there; in between, its nearest point speaks.
 */
export function readLines(lines: readonly Line[], x: number | null, reach: number): Reading[] {
  const readings = lines.map((line): Reading => {
    const index = x === null ? lastFinite(line.ys) : nearestIndex(line.xs, x);
    const at = line.xs[index];
    if (at === undefined || (x !== null && !spans(line.xs, x, reach)))
      return { line, x: null, y: NaN, raw: NaN, low: null, high: null, endsOdd: null };
    const y = line.ys[index] as number;
    return {
      line,
      x: at,
      y,
      raw: line.rawYs ? (line.rawYs[index] as number) : y,
      low: line.buckets ? (line.buckets.low[index] as number) : null,
      high: line.buckets ? (line.buckets.high[index] as number) : null,
      endsOdd: x === null ? line.endsOdd : null,
    };
  });
  return readings.sort((a, b) =>
    Number.isNaN(a.y) ? (Number.isNaN(b.y) ? 0 : 1) : Number.isNaN(b.y) ? -1 : b.y - a.y,
  );
}

function spans(xs: Float64Array, x: number, reach: number): boolean {
  return x >= (xs[0] as number) - reach && x <= (xs[xs.length - 1] as number) + reach;
}

function lastFinite(ys: Float64Array): number {
  let index = ys.length - 1;
  while (index > 0 && Number.isNaN(ys[index])) index--;
  return index;
}
