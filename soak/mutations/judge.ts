import { ancestors, findTurned, knobs, type ProjectState } from "./knobs.ts";
import type { ProcessRecord } from "./lab-store.ts";
import type { Loss } from "./mutate.ts";

/** A run as it was: what the project said, and what the tool recorded. */
export interface PastRun {
  name: string;
  state: ProjectState;
  processes: ReadonlyMap<string, ProcessRecord>;
  /** What had become of results of before, by process and key, when it began. */
  lost: ReadonlyMap<string, ReadonlySet<Loss>>;
}

interface Cause {
  process: string | null;
  part: string;
}

/** What the product says of a process. */
export interface Told {
  process: string;
  verdict: string;
  candidates?: string[];
  comparedWith: { runName: string } | null;
  firstCause: Cause | null;
  alsoChanged: Cause[];
  values: { path: string; before?: unknown; after?: unknown }[];
  sentence: string;
}

/** `unknown`: it says that it does not know. Else what is false in it; `null`: nothing. */
export type Judgement = "unknown" | { false: string } | null;

/** Process and key, as the name of its result's file says it. */
export function placeOf(process: string, cachePath: string | null): string | null {
  const hashes = /_([0-9a-f]{64}|none)_([0-9a-f]{64}|none)_([0-9a-f]{64}|none)\.pkl$/.exec(cachePath ?? "");
  return hashes && `${process} ${hashes.slice(1).join(" ")}`;
}

/** Whether what is told of a process is what was done, of which `past` holds everything, oldest first. */
export function judge(told: Told, run: PastRun, past: readonly PastRun[]): Judgement {
  const { process, verdict } = told;
  const before = past.filter(({ processes }) => processes.has(process));
  const lost = run.lost.get(placeOf(process, run.processes.get(process)?.cachePath ?? null) ?? "");
  switch (verdict) {
    case "unknown":
      return "unknown";
    case "first":
      return before.length > 0 ? { false: "earlier runs reached it" } : null;
    case "changed":
      return judgeChange(told, run, past);
    case "previous-failed": {
      const last = before.at(-1);
      const status = last?.processes.get(process)?.status ?? "absent";
      if (status !== "failed" && status !== "running") return { false: `the run before left it ${status}` };
      return last && changesOf(last, run, process).length > 0 ? { false: "the key was another" } : null;
    }
    case "removed":
    case "payload-gone":
    case "expired":
      return lost?.has(verdict) ? null : { false: `what was done to it: ${[...(lost ?? ["nothing"])]}` };
    case "same-key-lost":
      if (!lost) return { false: "nothing was done to it" };
      return told.candidates?.some((name) => lost.has(name as Loss)) === false ? { false: `not ${[...lost]}` } : null;
    default:
      return { false: `no such thing was done` };
  }
}

function judgeChange(
  { process, firstCause, alsoChanged, comparedWith, values }: Told,
  run: PastRun,
  past: readonly PastRun[],
): Judgement {
  const other = past.find(({ name }) => name === comparedWith?.runName);
  if (!other) return { false: `compared with ${comparedWith?.runName ?? "nothing"}` };
  const claimed = [...(firstCause ? [firstCause] : []), ...alsoChanged];
  if (claimed.length === 0) return "unknown";
  const true_ = changesOf(other, run, process);
  const wrong = claimed.find((cause) => !true_.includes(nameOf(cause)));
  if (wrong) return { false: `${nameOf(wrong)}, where ${true_.join(", ") || "nothing"} changed` };
  const value = values.find(({ path, before, after }) => !isTrueValue(path, before, after, other.state, run.state));
  return value ? { false: `${value.path} ${value.before} → ${value.after}` } : null;
}

/** Causes of a process that differ between two runs, its own and those of what comes before it. */
function changesOf(before: PastRun, after: PastRun, process: string): string[] {
  const causes = findTurned(before.state, after.state).flatMap((name): Cause[] => {
    const { part, process: whose } = knobs[name]!;
    if (part === null || part === "stale") return [];
    return whose === null || ancestors[process]?.includes(whose) ? [{ process: whose, part }] : [];
  });
  return [...new Set(causes.map(nameOf))];
}

function nameOf({ process, part }: Cause): string {
  return process === null ? part : `${process} ${part}`;
}

const spellings: Readonly<Record<string, string>> = { random_seed: "seed" };

function isTrueValue(path: string, before: unknown, after: unknown, then: ProjectState, now: ProjectState): boolean {
  const last = path.split(".").at(-1) ?? "";
  const name = path in knobs ? path : (spellings[last] ?? last);
  return name in knobs && then[name] === before && now[name] === after;
}

/** Whether the results of a run really are of other code than it has, as a warning says: what is in no key differs from when one was made. */
export function isStale(run: PastRun, past: readonly PastRun[]): boolean {
  return [...run.processes].some(([process, { status, producer }]) => {
    const maker = status === "cached" ? past.find(({ name }) => name === producer) : null;
    return (
      maker &&
      findTurned(maker.state, run.state).some(
        (name) => knobs[name]?.part === "stale" && knobs[name]?.process === process,
      )
    );
  });
}
