import type { StepOrigin } from "../../domain/run.ts";
import type { Warning } from "../../domain/warning.ts";
import type { VersionCode } from "./version-code.ts";

/** What a run did at its processes (steps left out), as its facts say. */
export interface LineageRun {
  id: string;
  /** Its version hash; `null`: not recorded. */
  version: string | null;
  /** By shown process name. */
  uses: ReadonlyMap<string, { origin: StepOrigin; producerRunId: string | null }>;
}

/** Answers `null` for what is not known: then nothing is found, never guessed. */
export interface LineageSources {
  run(id: string): Promise<LineageRun | null>;
  code(version: string): Promise<VersionCode | null>;
}

export interface LineageFinding {
  kind: "stale-hit" | "stale-upstream" | "mixed-descent";
  /** The reused process; of `stale-upstream` any process behind a stale one. */
  process: string;
  /** Functions that changed, processes that are stale, or predecessors whose results differ. */
  because: string[];
}

/**
 * What is odd in the descent of a run's results:
 * `stale-hit`: a process was reused though code it reaches changed since its producer, which the function hash does not cover;
 * `stale-upstream`: a process stands behind such a one; `mixed-descent`: a reused process was made from another result of a
 * predecessor than this run has. Source: docs/layouts/expops.md, "The hashes, and why a miss happened" and "What the store does not hold".
 */
export async function findLineage(run: LineageRun, sources: LineageSources): Promise<LineageFinding[]> {
  const findings: LineageFinding[] = [];
  const predecessorsOf = new Map<string, readonly string[]>();
  const ownCode = run.version === null ? null : await sources.code(run.version);
  for (const [process, use] of run.uses) {
    const producer = use.producerRunId === null ? null : await sources.run(use.producerRunId);
    const madeBy = producer?.version == null ? null : await sources.code(producer.version);
    // A hit means equal hashes of the predecessors, so they are the same in both versions.
    const predecessors = (ownCode ?? madeBy)?.predecessors(process) ?? [];
    predecessorsOf.set(process, predecessors);
    if (use.origin !== "reused" || !producer) continue;
    if (ownCode && madeBy && run.version !== producer.version) {
      const because = madeBy.changedFunctions(process, ownCode);
      if (because.length > 0) findings.push({ kind: "stale-hit", process, because });
    }
    const because = predecessors.filter(
      (name) =>
        makerOf(run, name) !== null &&
        makerOf(producer, name) !== null &&
        makerOf(run, name) !== makerOf(producer, name),
    );
    if (because.length > 0) findings.push({ kind: "mixed-descent", process, because });
  }
  return [...findings, ...findBehind(findings, predecessorsOf)];
}

/** The run that made the result which this run has of a process. */
function makerOf(run: LineageRun, process: string): string | null {
  const use = run.uses.get(process);
  if (use?.origin === "executed") return run.id;
  return use?.origin === "reused" ? use.producerRunId : null;
}

function findBehind(
  findings: readonly LineageFinding[],
  predecessorsOf: ReadonlyMap<string, readonly string[]>,
): LineageFinding[] {
  const stale = new Set(findings.filter(({ kind }) => kind === "stale-hit").map(({ process }) => process));
  if (stale.size === 0) return [];
  return [...predecessorsOf.keys()].flatMap((process) => {
    const before = new Set(predecessorsOf.get(process));
    for (const name of before) for (const earlier of predecessorsOf.get(name) ?? []) before.add(earlier);
    before.delete(process);
    const because = [...before].filter((name) => stale.has(name));
    return because.length > 0 ? [{ kind: "stale-upstream" as const, process, because }] : [];
  });
}

/** The findings as a run's warnings, one for each kind that there is. */
export function warnOfLineage(findings: readonly LineageFinding[]): Warning[] {
  const stale = findings.filter(({ kind }) => kind === "stale-hit");
  const behind = findings.filter(({ kind }) => kind === "stale-upstream").map(({ process }) => process);
  const mixed = findings.filter(({ kind }) => kind === "mixed-descent");
  const warnings: Warning[] = stale.map(({ process, because }) => ({
    code: "stale-hit",
    sentence: `${process} was reused although ${list(because)} changed since its result was made: ExpOps does not see changes there.${behind.length > 0 ? ` ${list(behind)} built on it.` : ""}`,
  }));
  return [
    ...warnings,
    ...mixed.map(
      ({ process, because }): Warning => ({
        code: "mixed-lineage",
        sentence: `${process} was reused from a run that had another result of ${list(because)} than this one.`,
      }),
    ),
  ];
}

function list(names: readonly string[]): string {
  const shown = names.length > 5 ? [...names.slice(0, 4), `${names.length - 4} others`] : names;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
