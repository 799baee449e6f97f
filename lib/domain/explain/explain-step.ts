import type { Explanation } from "../explanation.ts";
import type { SentencePart } from "../run-sentence.ts";
import { changedParts, findUse } from "./compare-parts.ts";
import type { Evidence } from "./evidence.ts";
import { blank, finish, startOf, withoutFollowers } from "./explain.ts";
import { findLoss } from "./find-loss.ts";
import { tellHit, tellLoss, tellVerb } from "./tell.ts";

/**
 * Why a step of a run was reused, or was not. Its config part holds every byte of configuration and scripts, so no single setting can be blamed
 * for it; what made its process run is told instead.
 *
 * @param ofProcess the explanation of its process.
 */
export function explainStep(evidence: Evidence, process: string, step: string, ofProcess: Explanation): Explanation {
  const use = findUse(evidence.run, process, step);
  const name: SentencePart = { text: step, process };
  if (!use) return finish(blank({ process, step }, [name, { text: " left no record in this run." }]));
  const start = startOf(evidence, use);
  if (use.origin === "reused") return finish(tellHit(evidence, use, start));
  const before = evidence.stepBefore ?? null;
  const verb = tellVerb(use, before !== null);
  if (evidence.nameTooLong) {
    const said = `${verb} because its name and that of its process are too long for the name of a file: its result is never stored.`;
    return finish({ ...start, verdict: "no-path", certainty: "recorded", sentenceParts: [name, { text: said }] });
  }
  if (use.parts && evidence.earlierUses.length > 0) {
    const loss = findLoss(evidence, use);
    const { verdict, certainty, candidates } = loss;
    const sentenceParts = tellLoss(evidence, use, loss, verb);
    return finish({ ...start, verdict, certainty, ...(candidates && { candidates }), sentenceParts });
  }
  if (!before && !evidence.baseline) {
    const verdict = evidence.complete ? "first" : "unknown";
    const said = [name, { text: `${verb} for the first time, with its process.` }];
    return finish({ ...start, verdict, certainty: "recorded", sentenceParts: said });
  }
  const changed = changedParts(before?.parts ?? null, use.parts);
  if (changed === null || changed.length === 0) {
    const whose = use.parts ? "that it had before" : "of this run";
    const said = `${verb} with its process; the key ${whose} is not recorded. `;
    return finish({ ...start, sentenceParts: [name, { text: said }, ...withoutFollowers(ofProcess), { text: "." }] });
  }
  return finish({
    ...start,
    verdict: "changed",
    certainty: "recorded",
    firstCause: ofProcess.firstCause,
    alsoChanged: ofProcess.alsoChanged,
    values: ofProcess.values,
    ...(ofProcess.codeDiff && { codeDiff: ofProcess.codeDiff }),
    notes: ofProcess.notes,
    sentenceParts: [
      name,
      { text: `${verb} because ${sayParts(changed)}. ` },
      ...withoutFollowers(ofProcess),
      { text: "." },
    ],
  });
}

function sayParts(changed: readonly string[]): string {
  if (changed.includes("config"))
    return "the configuration or the scripts changed, every byte of which is in each step's key";
  return changed.includes("function") ? "its code changed" : "its arguments have other values";
}
