/**
 * How points are kept. Level 0 holds the points themselves, `pointsPerPart` to a chunk: steps, then values, then times. A level above
 * holds packed buckets (domain/reduce.ts) of `bucketSize` points each, by step and, where the times rise, a second time by time. A question
 * for P points of N reads the level whose buckets are just finer, so it reads O(P) however long the series is.
 */
export const pointsPerPart = 4096;
export const bucketsPerPart = 1024;

const finestBucket = 16;
const coarser = 4;
/** A level with fewer buckets than this would answer nothing that the one below does not answer fast. */
const fewestBuckets = 128;

/** Whether points have times, and whether these rise with the steps. */
export type SeriesTimes = "none" | "rising" | "unordered";

export function bucketSize(level: number): number {
  return finestBucket * coarser ** (level - 1);
}

/** How many levels stand above the points. */
export function levelsOf(points: number): number {
  let levels = 0;
  while (points / bucketSize(levels + 1) >= fewestBuckets) levels += 1;
  return levels;
}

/** The coarsest level that still has `buckets` buckets in a range of `points`; 0: the points themselves. */
export function levelFor(points: number, buckets: number, levels: number): number {
  let level = levels;
  while (level > 0 && points / bucketSize(level) < buckets) level -= 1;
  return level;
}
