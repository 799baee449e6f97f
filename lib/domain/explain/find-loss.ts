import type { Certainty, Verdict } from "../explanation.ts";
import { findUse } from "./compare-parts.ts";
import type { EntryDeath, Evidence, KeyedUse } from "./evidence.ts";

export interface FoundLoss {
  verdict: Verdict;
  certainty: Certainty;
  candidates?: Verdict[];
  /** When it was seen to be gone, epoch ms. */
  seenAt: number | null;
}

/**
 * What became of an entry with the very key, which an earlier run had and this one was not served. Only what was seen is called by its name;
 * else what it may have been.
 */
export function findLoss(evidence: Evidence, use: KeyedUse): FoundLoss {
  const [last] = evidence.earlierUses;
  const since = millisOf(last?.startedAt) ?? 0;
  const askedAt = millisOf(use.startedAt) ?? millisOf(evidence.run.startedAt);
  const until = millisOf(use.endedAt) ?? Number.POSITIVE_INFINITY;
  const seen = evidence.deaths
    .filter(({ seenAt }) => seenAt >= since && seenAt <= until)
    .toSorted((a, b) => b.seenAt - a.seenAt)[0];
  if (seen) return { verdict: verdictOf(seen, askedAt), certainty: "observed", seenAt: seen.seenAt };
  // A hit of a step rewrites its row without the path of the result, so that the next lookup misses.
  if (use.step !== null && last?.origin === "reused")
    return { verdict: "no-path", certainty: "inferred", seenAt: null };
  const before = evidence.baseline && findUse(evidence.baseline, use.process);
  const failedSince = before?.origin === "failed" || before?.origin === "running";
  return {
    verdict: "same-key-lost",
    certainty: "recorded",
    candidates: [
      "removed",
      ...(evidence.entriesExpire ? (["expired"] as const) : []),
      "payload-gone",
      ...(failedSince ? (["previous-failed"] as const) : []),
    ],
    seenAt: null,
  };
}

/** An entry whose life had ended when it was asked for could not have served, whatever else befell it. */
function verdictOf({ kind, expiresAt }: EntryDeath, askedAt: number | null): Verdict {
  if (kind === "payload-gone") return "payload-gone";
  return expiresAt !== null && askedAt !== null && expiresAt <= askedAt ? "expired" : "removed";
}

function millisOf(iso: string | null | undefined): number | null {
  return iso ? Date.parse(iso) : null;
}
