import type { QueryClient } from "@tanstack/react-query";
import type { ReadBucket, ReadSeries } from "../../../lib/queries/revive.ts";
import { runQueries, type SeriesRef } from "../../../lib/queries/run-queries.ts";
import type { Domain } from "../../charts/frame/axes.ts";

/** The API gives no more at once. */
const MOST_POINTS = 20_000;

/** A series with every point within `range` (null: all of x), read part by part where it is long. */
export async function fetchAllPoints(
  client: QueryClient,
  ref: SeriesRef,
  x: string,
  range: Domain | null,
): Promise<ReadSeries> {
  const ask = (part: Domain | null) =>
    client.fetchQuery({
      ...runQueries.series(ref, { x, points: MOST_POINTS, ...(part && { from: part[0], to: part[1] }) }),
      gcTime: 0,
    });
  const whole = await ask(range);
  if (!whole.buckets) return whole;
  const { buckets, ...head } = whole;
  const points: { x: number; y: number }[] = [];
  for (const part of partsOf(buckets)) {
    const { points: more = [] } = await ask(part);
    // The same x may stand at the end of one part and at the begin of the next.
    const last = points.at(-1)?.x;
    for (const point of more) if (last === undefined || point.x > last) points.push(point);
  }
  return { ...head, reduced: false, total: points.length, points };
}

/** Neighbouring buckets, gathered to spans of as many points as can be asked for at once. */
export function partsOf(buckets: readonly ReadBucket[]): Domain[] {
  const parts: { from: number; to: number; count: number }[] = [];
  for (const { x0, x1, count } of buckets) {
    const part = parts.at(-1);
    if (part && part.count + count <= MOST_POINTS) Object.assign(part, { to: x1, count: part.count + count });
    else parts.push({ from: x0, to: x1, count });
  }
  return parts.map(({ from, to }) => [from, to]);
}
