import type { Cause, Certainty } from "../explanation.ts";
import { type Comparison, type Comparisons, sortAncestors } from "./compare-runs.ts";
import type { Evidence } from "./evidence.ts";
import { compareVersions, type VersionChanges } from "./version-changes.ts";

export interface FoundCause {
  /** The first in the order: what all share, the data, the graph from its roots. `null`: it cannot be named. */
  first: Cause | null;
  also: Cause[];
  certainty: Certainty;
  /** Of the first cause's process, where both versions are known. */
  changes: VersionChanges | null;
  /** Both results were made with the very same files. */
  isSameVersion: boolean;
  /** One configuration alone changed: nothing tells its own settings from those that all share. */
  maybeShared: boolean;
  notes: string[];
}

/**
 * Why the key of a process differs from that in the baseline: the first process, from the roots of the graph, whose own config or function part
 * changed; before these, what every process has in its key. Nothing is named that the keys do not show.
 */
export function findCause(evidence: Evidence, all: Comparisons, process: string): FoundCause {
  // Where the input is the same, nothing above counts.
  const climbs = (name: string) => all.get(name)?.changed?.includes("input") ?? true;
  const walk = sortAncestors(evidence.graph.edges, [process], climbs);
  const own = ownChanges(all, walk);
  const shared = findShared(evidence, all);
  if (!shared) return findFirst(evidence, all, walk, own, process);
  const isGlobal = shared.first?.part === "global-config";
  return { ...shared, also: isGlobal ? own.filter(({ part }) => part !== "config") : own };
}

const certainly = {
  certainty: "recorded",
  isSameVersion: false,
  maybeShared: false,
  changes: null,
  notes: [],
} as const;
type Found = Omit<FoundCause, "also">;

const sharedCauses = new WeakMap<Comparisons, Found | null>();

/** What every process has in its key; the same whichever of them is asked about. */
function findShared(evidence: Evidence, all: Comparisons): Found | null {
  const known = sharedCauses.get(all);
  if (known !== undefined) return known;
  const found = findGlobal(evidence, all) ?? findData(evidence, all);
  sharedCauses.set(all, found);
  return found;
}

function versionsOf({ sources }: Evidence, { process, before, after }: Comparison): VersionChanges | null {
  return compareVersions(sources, process, before?.version ?? null, after?.version ?? null);
}

/** The configuration of every process but charts changed at once. Two that have changes of their own are no such thing. */
function findGlobal(evidence: Evidence, all: Comparisons): Found | null {
  const judged = [...all.values()].filter(({ process, changed }) => changed && !evidence.charts.has(process));
  if (judged.length === 0 || !judged.every(({ changed }) => changed?.includes("config"))) return null;
  const known = judged.map((one) => versionsOf(evidence, one)).filter((changes) => changes !== null);
  const shown = known.find(({ shared }) => shared.length > 0);
  const first = { process: null, step: null, part: "global-config" } as const;
  if (shown) return { ...certainly, first, changes: shown, notes: [] };
  if (known.length > 0 && known.every(({ own }) => own.length > 0)) return null;
  return judged.length < 2 ? null : { ...certainly, first, certainty: "inferred", notes: [] };
}

/** What has nothing before it has only the data in its input part (and the names of the config's sections). */
function findData(evidence: Evidence, all: Comparisons): Found | null {
  const { edges, origin } = evidence.graph;
  const inner = new Set(edges.map(({ to }) => to));
  const roots = [...all.values()].filter(({ process, changed }) => changed && !inner.has(process));
  const hit =
    origin === "none"
      ? roots.length > 0 && roots.every(({ changed }) => changed?.length === 1 && changed[0] === "input") && roots[0]
      : roots.find(({ changed }) => changed?.includes("input"));
  if (!hit) return null;
  if (versionsOf(evidence, hit)?.sectionsDiffer) {
    const note =
      "Sections at the top of the configuration came or went, which are in the same part of the key as the data.";
    return { ...certainly, first: null, certainty: "inferred", notes: [note] };
  }
  return { ...certainly, first: { process: null, step: null, part: "data-file" }, certainty: "inferred", notes: [] };
}

function findFirst(
  evidence: Evidence,
  all: Comparisons,
  walk: readonly string[],
  own: readonly Cause[],
  process: string,
): FoundCause {
  const nothing = { ...certainly, first: null, certainty: "inferred" as const };
  const unsure = evidence.graph.origin === "present-config" ? [presentGraph] : [];
  const subject = all.get(process);
  if (evidence.graph.origin === "none" && subject?.changed?.includes("input"))
    return withoutGraph(evidence, all, process);
  const [first, ...also] = own;
  const [head] = first ? [all.get(first.process ?? "")] : [];
  const above = first ? sortAncestors(evidence.graph.edges, [first.process ?? ""]).slice(0, -1) : walk.slice(0, -1);
  const dark = above.filter((name) => !all.get(name)?.changed);
  if (first && head) {
    // Its input changed too, by something above that left no key: it is no first cause then.
    if (head.changed?.includes("input") && dark.length > 0)
      return { ...nothing, also: [...own], notes: [...unsure, sayDark(all, dark)] };
    const found = describe(evidence, all, head, first);
    // That its own part changed needs no arrow.
    if (first.process === process) return { ...found, certainty: head.inferred ? "inferred" : "recorded", also };
    return { ...found, also, notes: unsure };
  }
  return { ...nothing, also: [], notes: dark.length > 0 ? [...unsure, sayDark(all, dark)] : unsure };
}

const presentGraph =
  "What stands before what is taken from the configuration as it is now, since the run's own is not at hand.";

function sayDark(all: Comparisons, dark: readonly string[]): string {
  const isNew = dark.filter((name) => all.get(name)?.after && !all.get(name)?.before);
  const names = (isNew.length > 0 ? isNew : dark).slice(0, 3).join(", ");
  return isNew.length > 0 ? `New before it: ${names}.` : `No key of ${names} is recorded in both runs.`;
}

/** Without arrows only what stands alone can be named: one process of the run that changed by itself. */
function withoutGraph(evidence: Evidence, all: Comparisons, process: string): FoundCause {
  const own = ownChanges(all, [...all.keys()]);
  const [first, ...also] = own;
  const others = also.filter((cause) => cause.process !== first?.process);
  const head = first && all.get(first.process ?? "");
  const notes = ["How the processes hang together is not at hand."];
  const dark = [...all.values()].some(({ changed }) => !changed);
  if (!first || !head || others.length > 0 || dark || (first.process === process && head.changed?.includes("input")))
    return { ...certainly, first: null, certainty: "inferred", also: own, notes };
  return { ...describe(evidence, all, head, first), certainty: "inferred", also, notes };
}

function describe(evidence: Evidence, all: Comparisons, head: Comparison, first: Cause): Found {
  const judged = [...all.values()].filter(({ process, changed }) => changed && !evidence.charts.has(process));
  return {
    ...certainly,
    first,
    certainty: evidence.graph.origin === "version" && !head.inferred ? "recorded" : "inferred",
    changes: versionsOf(evidence, head),
    isSameVersion: head.before?.version != null && head.before.version === head.after?.version,
    maybeShared: judged.length === 1 && judged[0] === head,
    notes: [],
  };
}

function ownChanges(all: Comparisons, processes: readonly string[]): Cause[] {
  return processes.flatMap((process) => {
    const changed = all.get(process)?.changed ?? [];
    const parts = (["config", "function"] as const).filter((name) => changed.includes(name));
    return parts.map((part) => ({ process, step: null, part }));
  });
}
