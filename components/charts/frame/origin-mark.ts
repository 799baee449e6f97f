import type { StepOrigin } from "../../../lib/domain/run.ts";
import { markOf } from "../../ui/status-mark.tsx";

/**
 * Name of the mark for how a step came about. What says `running` in a run that is no longer under way was cut off (`stalled`); what one
 * that is under way has not run, or has no record of, may still come (`queued`).
 */
export function originMark(origin: StepOrigin, underWay: boolean): StepOrigin | "stalled" | "queued" {
  if (origin === "running" && !underWay) return "stalled";
  return underWay && (origin === "never-ran" || origin === "unknown") ? "queued" : origin;
}

const ownWords: Record<string, string> = { queued: "still to come", unknown: "not recorded" };

/** The word beside such a mark. */
export function originWord(mark: string): string {
  return ownWords[mark] ?? markOf(mark).word;
}

/** What a process or step is asked, by how it came about; `null`: there is nothing to ask. */
export function questionOf(origin: StepOrigin): string | null {
  if (origin === "reused") return "Where does this come from?";
  return origin === "never-ran" || origin === "unknown" ? null : "Why did this run?";
}
