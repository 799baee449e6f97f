import type { ChartTable } from "../frame/export.ts";
import { nearestIndex } from "./nearest.ts";
import type { Line, LinePicture } from "./picture.ts";

/**
 * What the chart shows as a table: one row per x that any line has, within the zoomed part. A reduced line has three columns
 * (last, min, max of each bucket), a smoothed one its raw values and the smoothed ones. Times are UTC.
 */
export function lineTable(picture: LinePicture, caption: string, xName: string): ChartTable {
  const [from, to] = picture.xDomain;
  const xs = [...new Set(picture.lines.flatMap((line) => Array.from(line.xs)))]
    .filter((x) => x >= from && x <= to)
    .sort((a, b) => a - b);
  const columns = picture.lines.flatMap(columnsOf);
  const time = picture.xKind === "time";
  return {
    caption,
    columns: [
      { name: time ? "time (UTC)" : xName, numeric: !time },
      ...columns.map(({ name }) => ({ name, numeric: true })),
    ],
    rowCount: xs.length,
    cell(row, column) {
      const x = xs[row];
      if (x === undefined) return null;
      if (column === 0) return time ? new Date(x).toISOString() : x;
      const chosen = columns[column - 1];
      if (!chosen) return null;
      const index = nearestIndex(chosen.line.xs, x);
      return chosen.line.xs[index] === x ? chosen.read(index) : null;
    },
  };
}

/** A bucket that holds such points does not say which of its values they are. */
const oddValues = { nan: NaN, above: Infinity, below: -Infinity, notFinite: null };

function columnsOf(line: Line): { name: string; line: Line; read(index: number): number | null }[] {
  const odd = new Map(line.odd.map(({ x, kind }) => [x, oddValues[kind]]));
  const from = (values: Float64Array) => (index: number) => {
    const value = values[index];
    return value === undefined ? null : Number.isNaN(value) ? (odd.get(line.xs[index] as number) ?? null) : value;
  };
  const column = (suffix: string, values: Float64Array) => ({
    name: suffix ? `${line.label} (${suffix})` : line.label,
    line,
    read: from(values),
  });
  return [
    column(line.buckets ? "last" : "", line.rawYs ?? line.ys),
    ...(line.buckets ? [column("min", line.buckets.low), column("max", line.buckets.high)] : []),
    ...(line.rawYs ? [column("smoothed", line.ys)] : []),
  ];
}
