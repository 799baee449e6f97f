import type { Series } from "../../../lib/domain/series.ts";
import type { AxisKind, Domain } from "../frame/axes.ts";
import { countDropped, xExtent, yExtent } from "./extent.ts";
import type { Line, LineInput, LinePicture, LineSettings, Odd } from "./picture.ts";
import { prepareLine } from "./prepare-line.ts";

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
  const lines = inputs.flatMap((input) => (input.series ? [prepareLine(input, input.series, settings)] : []));
  const [only] = lines;
  if (lines.length === 1 && only) lines[0] = { ...only, dash: undefined };
  const xKind: AxisKind = settings.x === "time" ? "time" : settings.x === "relative" ? "duration" : "number";
  const xDomain = range ?? xExtent(lines);
  const { domain: yDomain, outside } = yExtent(lines, xDomain, settings);
  const oddInSight = lines.flatMap(({ odd }) => odd).filter(({ x }) => x >= xDomain[0] && x <= xDomain[1]);
  return {
    lines,
    asked: inputs.length,
    xKind,
    xWhole: settings.x === "step",
    xDomain,
    yDomain,
    logY: settings.logY,
    outside,
    dropped: settings.logY ? countDropped(lines, xDomain) : { least: 0, exact: true },
    nonFinite: oddInSight.reduce((sum, { count }) => sum + count, 0),
    firstOdd: lookAtFirst(oddInSight, xDomain),
    reduced: sumReduced(lines),
  };
}

function sumReduced(lines: readonly Line[]): LinePicture["reduced"] {
  const reduced = lines.filter(({ buckets }) => buckets !== null);
  if (reduced.length === 0) return null;
  return {
    points: reduced.reduce((sum, { total }) => sum + total, 0),
    buckets: reduced.reduce((sum, { xs }) => sum + xs.length, 0),
  };
}

const AROUND = 0.05;

/** A bucket and its neighbours, or a twentieth of the axis at each side of a point. */
function lookAtFirst(odd: readonly Odd[], [low, high]: Domain): LinePicture["firstOdd"] {
  const [some] = odd;
  if (!some) return null;
  const first = odd.reduce((earliest, one) => (one.x < earliest.x ? one : earliest), some);
  const room = first.to - first.from || (high - low) * AROUND;
  return { odd: first, around: [Math.max(low, first.from - room), Math.min(high, first.to + room)] };
}
