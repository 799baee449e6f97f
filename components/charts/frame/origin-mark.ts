import type { StepOrigin } from "../../../lib/domain/run.ts";
import { markOf } from "../../ui/status-mark.tsx";

/**
 * Name of the mark for how a step came about. What says `running` in a run that is no longer under way was cut off (`stalled`); what has
 * not run in one that is may still come (`queued`).
 */
export function originMark(origin: StepOrigin, underWay: boolean): StepOrigin | "stalled" | "queued" {
  if (origin === "running" && !underWay) return "stalled";
  return origin === "never-ran" && underWay ? "queued" : origin;
}

/** The word beside such a mark. */
export function originWord(mark: string): string {
  return mark === "queued" ? "still to come" : markOf(mark).word;
}
