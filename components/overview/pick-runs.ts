import type { ReadRun } from "../../lib/queries/revive.ts";

/** The runs to show, at most `most`: those under way first, however old, then the latest. */
export function pickRuns(underWay: readonly ReadRun[], latest: readonly ReadRun[], most: number): ReadRun[] {
  const keyOf = ({ source, id }: ReadRun) => `${source} ${id}`;
  const first = new Set(underWay.map(keyOf));
  return [...underWay, ...latest.filter((run) => !first.has(keyOf(run)))].slice(0, most);
}
