import { changedParts } from "./compare-parts.ts";
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

const compared = new WeakMap<KeyedRun, { of: Evidence; all: Comparisons }>();

/**
 * Every process of two runs, with the parts of its key that differ. The places of one run are explained one after the other, and compare the
 * same two runs: the last answer is kept.
 */
export function compareRuns(evidence: Evidence, baseline: KeyedRun): Comparisons {
  const kept = compared.get(baseline);
  const { run, graph, sources } = evidence;
  if (kept && kept.of.run === run && kept.of.graph === graph && kept.of.sources === sources) return kept.all;
  const names = new Set([...run.uses, ...baseline.uses].filter(({ step }) => step === null).map((use) => use.process));
  const [before, after] = [processesOf(baseline), processesOf(run)];
  const all = new Map(
    [...names].map((process): [string, Comparison] => {
      const [old, now] = [before.get(process) ?? null, after.get(process) ?? null];
      const changed = changedParts(old?.parts ?? null, now?.parts ?? null);
      return [process, { process, before: old, after: now, changed, inferred: false }];
    }),
  );
  if (graph.origin === "version") inferMissing(evidence, all);
  compared.set(baseline, { of: evidence, all });
  return all;
}

function processesOf({ uses }: KeyedRun): Map<string, KeyedUse> {
  return new Map(uses.filter(({ step }) => step === null).map((use) => [use.process, use]));
}

/** What stands before others comes first, so that what was inferred of it serves again. */
function inferMissing(evidence: Evidence, all: Map<string, Comparison>): void {
  const isMissing = ({ changed, before, after }: Comparison) => !changed && before !== null && after !== null;
  const missing = [...all.values()].filter(isMissing).map(({ process }) => process);
  for (const process of sortAncestors(evidence.graph.edges, missing)) {
    const one = all.get(process);
    const changed = one && isMissing(one) ? inferChanged(evidence, all, one) : null;
    if (one && changed) all.set(process, { ...one, changed, inferred: true });
  }
}

function inferChanged({ graph, charts, sources }: Evidence, all: Comparisons, one: Comparison): string[] | null {
  const above = (groupAbove(graph.edges).get(one.process) ?? []).map((from) => all.get(from)?.changed ?? null);
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

type Edges = Evidence["graph"]["edges"];
const grouped = new WeakMap<Edges, Map<string, string[]>>();

/** What stands directly before each process. */
function groupAbove(edges: Edges): Map<string, string[]> {
  const known = grouped.get(edges);
  if (known) return known;
  const above = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const before = above.get(to);
    if (before) before.push(from);
    else above.set(to, [from]);
  }
  grouped.set(edges, above);
  return above;
}

/** Processes and all above them, what stands before others first. `climbs`: whether what stands before one counts. */
export function sortAncestors(
  edges: Edges,
  processes: readonly string[],
  climbs: (process: string) => boolean = () => true,
): string[] {
  const above = groupAbove(edges);
  const visited = new Set<string>();
  const sorted: string[] = [];
  const pending = processes.toReversed().map((name) => ({ name, entered: false }));
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (next.entered) sorted.push(next.name);
    else if (!visited.has(next.name)) {
      visited.add(next.name);
      pending.push({ name: next.name, entered: true });
      const before = climbs(next.name) ? above.get(next.name) : undefined;
      for (const from of before ?? []) pending.push({ name: from, entered: false });
    }
  }
  return sorted;
}
