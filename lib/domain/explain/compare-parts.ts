import type { Explanation } from "../explanation.ts";
import type { Evidence, KeyedRun, KeyedUse, KeyParts } from "./evidence.ts";

/** The use of a process or step in a run. */
export function findUse(run: KeyedRun, process: string, step: string | null = null): KeyedUse | null {
  return run.uses.find((use) => use.process === process && use.step === step) ?? null;
}

/** Names of the parts in which two keys differ; `null`: one of them is not known. */
export function changedParts(before: KeyParts | null, after: KeyParts | null): string[] | null {
  if (!before || !after) return null;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => before[name] !== after[name]);
}

/** The parts before and after, as they are shown. */
export function listParts(before: KeyParts | null, after: KeyParts | null): Explanation["parts"] {
  const names = [...new Set([...Object.keys(after ?? {}), ...Object.keys(before ?? {})])];
  return names.map((name) => ({
    name,
    before: before?.[name] ?? null,
    after: after?.[name] ?? null,
    same: before && after ? before[name] === after[name] : null,
  }));
}

/** The earlier entry that differs in the fewest parts, the latest of these. */
export function findClosest(
  entries: Evidence["earlierEntries"],
  parts: KeyParts | null,
): Evidence["earlierEntries"][number] | null {
  let closest: { entry: Evidence["earlierEntries"][number]; differs: number } | null = null;
  for (const entry of entries) {
    const differs = changedParts(entry.parts, parts)?.length;
    if (differs !== undefined && (!closest || differs < closest.differs)) closest = { entry, differs };
  }
  return closest?.entry ?? null;
}
