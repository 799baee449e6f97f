import type { LedgerItem } from "../../../lib/domain/ledger.ts";

export interface HitRateBreak {
  run: LedgerItem;
  before: number;
  after: number;
}

/** So much of all lookups have to miss at once. */
const smallestFall = 0.3;

/** The latest run whose hit rate fell far below that of the project's run before it. Runs are given from first to last. */
export function findBreak(runs: readonly LedgerItem[]): HitRateBreak | null {
  const last = new Map<string, number>();
  let found: HitRateBreak | null = null;
  for (const run of runs) {
    const after = hitRateOf(run);
    if (after === null) continue;
    const project = `${run.source}/${run.experimentId}`;
    const before = last.get(project);
    if (before !== undefined && before - after >= smallestFall) found = { run, before, after };
    last.set(project, after);
  }
  return found;
}

/** `null`: nothing was looked up. */
export function hitRateOf({ hits, misses }: Pick<LedgerItem, "hits" | "misses">): number | null {
  return hits + misses === 0 ? null : hits / (hits + misses);
}
