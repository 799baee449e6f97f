import { type Domain, roundDomain, roundLogDomain } from "../frame/axes.ts";
import type { Count, Line, LineBuckets, LineSettings } from "./picture.ts";

/** From the first to the last x of all lines; a single x gets room around it. */
export function xExtent(lines: readonly Line[]): Domain {
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

/** The y domain of what stands within a part of x, and how many finite points fall outside of it. */
export function yExtent(
  lines: readonly Line[],
  span: Domain,
  settings: LineSettings,
): { domain: Domain; outside: Count } {
  const none = { least: 0, exact: true };
  const values: number[] = [];
  let low = Infinity;
  let high = -Infinity;
  const take = (y: number) => {
    if (Number.isNaN(y) || (settings.logY && y <= 0)) return;
    if (y < low) low = y;
    if (y > high) high = y;
    if (settings.ignoreOutliers) values.push(y);
  };
  forEachWithin(lines, span, (line, i) => {
    if (line.buckets) {
      take(line.buckets.low[i] as number);
      take(line.buckets.high[i] as number);
    } else take((line.rawYs ?? line.ys)[i] as number);
  });
  if (low > high) return { domain: settings.logY ? [1, 10] : [0, 1], outside: none };
  const round = settings.logY ? roundLogDomain : (domain: Domain) => roundDomain(domain, 5);
  if (!settings.ignoreOutliers) return { domain: round([low, high]), outside: none };
  values.sort((a, b) => a - b);
  const at = (share: number) => values[Math.round((values.length - 1) * share)] as number;
  const domain = round([at(0.01), at(0.99)]);
  return { domain, outside: countOutside(lines, span, domain, settings.logY) };
}

function countOutside(lines: readonly Line[], span: Domain, [from, to]: Domain, logY: boolean): Count {
  const sum = { least: 0, exact: true };
  forEachWithin(lines, span, (line, i) => {
    if (!line.buckets) {
      const y = (line.rawYs ?? line.ys)[i] as number;
      if (y < from || y > to) sum.least++;
      return;
    }
    const [low, high, finite] = bucketAt(line.buckets, i);
    // What a log axis cannot show is counted by itself.
    const floor = logY && low <= 0 ? from : low;
    if (floor === low && (high < from || low > to)) sum.least += finite;
    else add(sum, Number(floor < from || high < from) + Number(high > to), finite);
  });
  return sum;
}

/** Points ≤ 0 within a part of x, which a log axis leaves out. */
export function countDropped(lines: readonly Line[], span: Domain): Count {
  const sum = { least: 0, exact: true };
  for (const { hidden } of lines) sum.least += hidden.filter((x) => x >= span[0] && x <= span[1]).length;
  forEachWithin(lines, span, ({ buckets }, i) => {
    if (!buckets) return;
    const [low, high, finite] = bucketAt(buckets, i);
    if (high <= 0) sum.least += finite;
    else add(sum, Number(low <= 0), finite);
  });
  return sum;
}

/** Some extremes of a bucket are such: as many points are sure; more may be, where the bucket has more than its two extremes. */
function add(sum: Count, extremes: number, finite: number): void {
  sum.least += Math.min(extremes, finite);
  if (extremes > 0 && finite > 2) sum.exact = false;
}

function bucketAt({ low, high, finite }: LineBuckets, i: number): [low: number, high: number, finite: number] {
  return [low[i] as number, high[i] as number, finite[i] as number];
}

function forEachWithin(lines: readonly Line[], [from, to]: Domain, visit: (line: Line, index: number) => void): void {
  for (const line of lines) {
    for (let i = 0; i < line.xs.length; i++) {
      const x = line.xs[i] as number;
      if (x >= from && x <= to) visit(line, i);
    }
  }
}
