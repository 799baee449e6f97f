import type { Entry } from "../../lib/domain/entry.ts";

/** What the entry is of: `fit`, `fit ▸ train`, or its key where it names neither. */
export function titleOfEntry({ process, step, key }: Entry): string {
  if (process === null) return key;
  return step === null ? process : `${process} ▸ ${step}`;
}

/** One sentence: will this entry be served, and if not, why. */
export function describeState(entry: Pick<Entry, "state" | "status" | "payloads">): string {
  switch (entry.state) {
    case "usable":
      return "The next run with the same key parts gets this result.";
    case "not-served":
      return servedNot[entry.status] ?? "This record names no result, so the next lookup misses.";
    case "broken":
      return "The record is there but its result file is missing: the next lookup misses and the step runs again.";
    case "expired":
      return "Its time to live is over, so it is not served any more.";
    case "orphan":
      return "A result file that no record names: nothing will read it.";
    case "unknown":
      return "Whether it would be served cannot be told from what is stored.";
  }
}

const servedNot: Record<string, string> = {
  failed: "The run that made it failed here, so it is not served.",
  running: "It is being made, or the run that made it was killed: it is not served.",
};
