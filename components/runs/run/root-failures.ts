import type { StepUse } from "../../../lib/domain/run.ts";

export interface RootFailure {
  process: string;
  /** What went wrong, in few lines. */
  headline: string;
  inLog: boolean;
}

const MOST_LINES = 3;

/** Why a run failed: one failure per process that failed by itself; those that only a dependency took along are left out. */
export function rootFailures(steps: readonly StepUse[]): RootFailure[] {
  const byProcess = new Map<string, RootFailure>();
  const ownFirst = [...steps].sort((a, b) => Number(a.step !== null) - Number(b.step !== null));
  for (const { process, error } of ownFirst) {
    if (!error || error.caused || byProcess.has(process)) continue;
    byProcess.set(process, { process, headline: headlineOf(error.message), inLog: error.from === "log" });
  }
  return [...byProcess.values()];
}

/** The first lines of a message; of a traceback the last one, which names the error. */
function headlineOf(message: string): string {
  const lines = message.split("\n").filter((line) => line.trim() !== "");
  const kept = lines[0]?.startsWith("Traceback (most recent call last)") ? lines.slice(-1) : lines.slice(0, MOST_LINES);
  return kept.join("\n");
}
