import { bucketWidth } from "../domain/reduce.ts";
import { query } from "./database.ts";
import { numbersOf } from "./metric-heads.ts";
import type { ReadContext } from "./read-context.ts";
import { bucketsPerPart, pointsPerPart, type SeriesTimes } from "./series-shape.ts";

export type StoredAxis = "step" | "time";

/** Head of stored points. */
export interface StoredSeries {
  content: number;
  points: number;
  times: SeriesTimes;
  levels: number;
}

export function findSeries(context: ReadContext, sid: number, run: string, metric: string): StoredSeries | null {
  const row = context.db.get(
    query
      .selectFrom("series")
      .innerJoin("series_contents", "series_contents.content", "series.content")
      .select(["series.content", "points", "times", "levels"])
      .where("sid", "=", sid)
      .where("run", "=", run)
      .where("metric", "=", metric),
  );
  return row ? { ...row, times: row.times as SeriesTimes } : null;
}

/** Points from `start` to `end` (exclusive), by place in the series. */
export function readPoints(context: ReadContext, series: StoredSeries, axis: StoredAxis, start: number, end: number) {
  const xs = new Float64Array(end - start);
  const ys = new Float64Array(end - start);
  for (let part = Math.floor(start / pointsPerPart); part * pointsPerPart < end; part += 1) {
    const first = part * pointsPerPart;
    const length = Math.min(pointsPerPart, series.points - first);
    const data = readChunk(context, series.content, 0, part);
    const from = Math.max(start - first, 0);
    const to = Math.min(end - first, length);
    const shift = axis === "time" ? 2 * length : 0;
    xs.set(data.subarray(shift + from, shift + to), first + from - start);
    ys.set(data.subarray(length + from, length + to), first + from - start);
  }
  return { xs, ys };
}

/** Packed buckets of a level from `start` to `end` (exclusive), by place in the level. */
export function readBuckets(
  context: ReadContext,
  series: StoredSeries,
  axis: StoredAxis,
  level: number,
  start: number,
  end: number,
): Float64Array {
  const packed = new Float64Array((end - start) * bucketWidth);
  for (let part = Math.floor(start / bucketsPerPart); part * bucketsPerPart < end; part += 1) {
    const first = part * bucketsPerPart;
    const data = readChunk(context, series.content, level, part);
    const length = data.length / (series.times === "rising" ? 2 : 1);
    const cut = axis === "time" ? data.subarray(length) : data.subarray(0, length);
    const from = Math.max(start - first, 0);
    const to = Math.min(end - first, length / bucketWidth);
    packed.set(cut.subarray(from * bucketWidth, to * bucketWidth), (first + from - start) * bucketWidth);
  }
  return packed;
}

/** The places of the points whose x lies between `from` and `to` (inclusive); reads at most two chunks. */
export function findRange(
  context: ReadContext,
  series: StoredSeries,
  axis: StoredAxis,
  from: number | undefined,
  to: number | undefined,
): { start: number; end: number } {
  if (from === undefined && to === undefined) return { start: 0, end: series.points };
  const row = context.db.get(
    query.selectFrom("series_bounds").select("data").where("content", "=", series.content).where("axis", "=", axis),
  );
  const firsts = row ? numbersOf(row.data) : new Float64Array();
  const place = (bound: number, includeEqual: boolean): number => {
    const part = Math.max(countBelow(firsts, bound, includeEqual) - 1, 0);
    const start = part * pointsPerPart;
    const { xs } = readPoints(context, series, axis, start, Math.min(start + pointsPerPart, series.points));
    return start + countBelow(xs, bound, includeEqual);
  };
  const start = from === undefined ? 0 : place(from, false);
  const end = to === undefined ? series.points : place(to, true);
  return { start, end: Math.max(start, end) };
}

/** How many of the rising numbers lie below the bound, or at it. */
function countBelow(rising: Float64Array, bound: number, includeEqual: boolean): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const below = includeEqual ? rising[middle]! <= bound : rising[middle]! < bound;
    if (below) low = middle + 1;
    else high = middle;
  }
  return low;
}

function readChunk(context: ReadContext, content: number, level: number, part: number): Float64Array {
  const row = context.db.get(
    query
      .selectFrom("series_chunks")
      .select("data")
      .where("content", "=", content)
      .where("level", "=", level)
      .where("part", "=", part),
  );
  return row ? numbersOf(row.data) : new Float64Array();
}
