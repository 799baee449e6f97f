import { changedParts, findUse } from "./compare-parts.ts";
import type { Evidence, KeyedRun, KeyedUse } from "./evidence.ts";
import { compareVersions } from "./version-changes.ts";

/** One process in both runs. */
export interface Comparison {
  process: string;
  before: KeyedUse | null;
  after: KeyedUse | null;
  /** Parts of the key that differ; `null`: not known. */
  changed: string[] | null;
  /** A key is not recorded: what differs follows from the versions, and from the keys of what stands before it. */
  inferred: boolean;
}
export type Comparisons = ReadonlyMap<string, Comparison>;

/** Every process of two runs, with the parts of its key that differ. */
export function compareRuns(evidence: Evidence, baseline: KeyedRun): Comparisons {
  const { run } = evidence;
  const names = new Set([...run.uses, ...baseline.uses].filter(({ step }) => step === null).map((use) => use.process));
  const all = new Map<string, Comparison>(
    [...names].map((process) => {
      const [before, after] = [findUse(baseline, process), findUse(run, process)];
      const changed = changedParts(before?.parts ?? null, after?.parts ?? null);
      return [process, { process, before, after, changed, inferred: false }];
    }),
  );
  if (evidence.graph.origin === "version") inferMissing(evidence, all);
  return all;
}

/** What stands before others comes first, so that what was inferred of it serves again. */
function inferMissing(evidence: Evidence, all: Map<string, Comparison>): void {
  for (const process of sortForInference(evidence, [...all.keys()])) {
    const one = all.get(process);
    if (!one || one.changed || !one.before || !one.after) continue;
    const changed = inferChanged(evidence, all, one);
    if (changed) all.set(process, { ...one, changed, inferred: true });
  }
}

function inferChanged({ graph, charts, sources }: Evidence, all: Comparisons, one: Comparison): string[] | null {
  const above = graph.edges.filter(({ to }) => to === one.process).map(({ from }) => all.get(from)?.changed ?? null);
  const changes = compareVersions(sources, one.process, one.before?.version ?? null, one.after?.version ?? null);
  // What has nothing before it has the data in its input, which no version tells.
  if (above.length === 0 || above.includes(null) || !changes?.code) return null;
  const settings = charts.has(one.process) ? changes.own : [...changes.own, ...changes.shared];
  return [
    ...(above.some((parts) => parts?.length) ? ["input"] : []),
    ...(settings.length > 0 ? ["config"] : []),
    ...(changes.code.length > 0 ? ["function"] : []),
  ];
}

function sortForInference({ graph }: Evidence, processes: readonly string[]): string[] {
  return [...new Set(processes.flatMap((process) => sortAncestors(graph.edges, process)))];
}

/** A process and all above it, what stands before others first. `climbs`: whether what stands before one counts. */
export function sortAncestors(
  edges: Evidence["graph"]["edges"],
  process: string,
  climbs: (process: string) => boolean = () => true,
): string[] {
  const above = Map.groupBy(edges, ({ to }) => to);
  const visited = new Set<string>();
  const sorted: string[] = [];
  const pending: { name: string; entered: boolean }[] = [{ name: process, entered: false }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (next.entered) sorted.push(next.name);
    else if (!visited.has(next.name)) {
      visited.add(next.name);
      pending.push({ name: next.name, entered: true });
      const before = climbs(next.name) ? above.get(next.name) : undefined;
      for (const { from } of before ?? []) pending.push({ name: from, entered: false });
    }
  }
  return sorted;
}
