import type { PlannedEntry } from "../catalog/contract.ts";

/** What making these entries again took: by process, since a process's time holds that of its steps. What would not be served costs nothing more. */
export function priceOf(
  entries: readonly Pick<
    PlannedEntry,
    "of" | "state" | "experimentId" | "process" | "scope" | "seconds" | "borrowedSeconds"
  >[],
): { seconds: number; atLeast: boolean } {
  const served = entries.filter(({ of, state }) => of === "entry" && (state === "usable" || state === "unknown"));
  let seconds = 0;
  let atLeast = false;
  for (const group of Map.groupBy(served, ({ experimentId, process }) => `${experimentId} ${process}`).values()) {
    const whole = group.filter(({ scope }) => scope !== "step");
    const steps = group.length > whole.length;
    for (const entry of whole.length > 0 ? whole : group) {
      // Steps that were reused run as well when their entries go too; what they then took was another run's.
      const borrowed = steps && whole.length > 0 ? (entry.borrowedSeconds ?? 0) : 0;
      seconds += (entry.seconds ?? 0) + borrowed;
      atLeast ||= entry.seconds === null || borrowed > 0;
    }
  }
  return { seconds, atLeast };
}
