import type { Cause, Explanation } from "../explanation.ts";
import type { StepOrigin } from "../run.ts";
import { type SentencePart, sentenceText } from "../run-sentence.ts";
import { findClosest, findUse, listParts } from "./compare-parts.ts";
import { type Comparisons, compareRuns, sortAncestors } from "./compare-runs.ts";
import type { Evidence, KeyedRun, KeyedUse } from "./evidence.ts";
import { type FoundCause, findCause } from "./find-cause.ts";
import { findLoss } from "./find-loss.ts";
import { tellHit, tellLoss, tellVerb } from "./tell.ts";
import { changesCode, listProcesses, sayValues, tellCause } from "./tell-cause.ts";

/** Everything of an answer but its sentence, which is told as pieces. */
type Draft = Omit<Explanation, "sentence">;

/**
 * Why a process of a run was reused, or was not. Every answer says how it is known; what the evidence does not show is `unknown`. The rules
 * are those of docs/layouts/expops.md, "The hashes, and why a miss happened".
 */
export function explainProcess(evidence: Evidence, process: string): Explanation {
  const use = findUse(evidence.run, process);
  if (!use) return finish(blank({ process, step: null }, [{ text: process, process }, { text: " left no record." }]));
  if (use.origin === "reused") return finish(tellHit(evidence, use, startOf(evidence, use)));
  return finish({ ...startOf(evidence, use), ...judgeMiss(evidence, use) });
}

export function finish(draft: Draft): Explanation {
  return { ...draft, sentence: sentenceText(draft.sentenceParts) };
}

export function blank({ process, step }: { process: string; step: string | null }, said: SentencePart[]): Draft {
  return {
    process,
    step,
    verdict: "unknown",
    certainty: "inferred",
    comparedWith: null,
    closest: null,
    parts: [],
    values: [],
    firstCause: null,
    alsoChanged: [],
    followers: [],
    hit: null,
    notes: [],
    sentenceParts: said,
  };
}

/** What an answer says whatever the verdict: the parts beside those of the baseline, and the closest entry. */
export function startOf(evidence: Evidence, use: KeyedUse): Draft {
  const baseline = use.step === null ? comparable(evidence, use.process) : evidence.baseline;
  const before = use.step !== null ? (evidence.stepBefore ?? null) : baseline && findUse(baseline, use.process);
  const closest = findClosest(evidence.earlierEntries, use.parts);
  return {
    ...blank(use, []),
    comparedWith: baseline && { entryId: before?.entryId ?? null, runId: baseline.id, runName: baseline.name },
    closest:
      closest?.runId == null
        ? null
        : { entryId: closest.entryId, runId: closest.runId, runName: closest.runName ?? closest.runId },
    parts: listParts(before?.parts ?? null, use.parts),
  };
}

/** The baseline, or the last run with a result where nothing tells the key that it had there. */
function comparable(evidence: Evidence, process: string): KeyedRun | null {
  const { baseline, lastResult } = evidence;
  return baseline && compareRuns(evidence, baseline).get(process)?.changed ? baseline : (lastResult ?? baseline);
}

function judgeMiss(evidence: Evidence, use: KeyedUse): Partial<Draft> & Pick<Draft, "sentenceParts"> {
  const { process } = use;
  const { baseline } = evidence;
  const name: SentencePart = { text: process, process };
  const verb = tellVerb(use, baseline !== null);
  if (evidence.nameTooLong) {
    const said = `${verb} because its name is too long for the name of a file: its result is never stored, so every run computes it again.`;
    return { verdict: "no-path", certainty: "recorded", sentenceParts: [name, { text: said }] };
  }
  if (use.parts && evidence.earlierUses.length > 0) {
    const loss = findLoss(evidence, use);
    const { verdict, certainty, candidates } = loss;
    return {
      verdict,
      certainty,
      ...(candidates && { candidates }),
      sentenceParts: tellLoss(evidence, use, loss, verb),
    };
  }
  if (!baseline) {
    const said = evidence.complete
      ? `${verb} for the first time: no earlier run reached it.`
      : `${verb}; whether an earlier run did is not known until everything stored has been read once.`;
    return {
      verdict: evidence.complete ? "first" : "unknown",
      certainty: "recorded",
      sentenceParts: [name, { text: said }],
    };
  }
  const failed = judgeFailedBefore(evidence, use, baseline, verb);
  if (failed) return failed;
  const compared = comparable(evidence, process);
  const all = compared && compareRuns(evidence, compared);
  const changed = all?.get(process)?.changed;
  if (!compared || !all || !changed) {
    const who = use.parts ? "the run before it" : "it";
    const said = `${verb}; why is not known, since ${who} left no key there.`;
    return { sentenceParts: [name, { text: said }] };
  }
  if (changed.length === 0) {
    const inferred = all.get(process)?.inferred ?? true;
    const had = inferred ? "seems to have had" : "had";
    const said = `${verb} although the run before it ${had} the same key; what became of that result is not known.`;
    const certainty = inferred ? "inferred" : "recorded";
    return { verdict: "same-key-lost", certainty, sentenceParts: [name, { text: said }] };
  }
  return tellChange(evidence, use, compared, all, verb);
}

/** The run before reached the process under the same key, and had left nothing to reuse. */
function judgeFailedBefore(
  evidence: Evidence,
  use: KeyedUse,
  baseline: KeyedRun,
  verb: string,
): (Partial<Draft> & Pick<Draft, "sentenceParts">) | null {
  const before = findUse(baseline, use.process);
  if (before?.origin === "executed" && isAtWork(before, use)) {
    const { changed } = compareRuns(evidence, baseline).get(use.process) ?? { changed: null };
    const text = `${verb} because the run before it, under the same key, had not finished it yet.`;
    return changed?.length === 0 ? { sentenceParts: [{ text: use.process, process: use.process }, { text }] } : null;
  }
  if (!before || (before.origin !== "failed" && before.origin !== "running")) return null;
  const what = before.origin === "failed" ? "failed there" : "left it unfinished";
  const name: SentencePart = { text: use.process, process: use.process };
  const said = (text: string) => [name, { text: `${verb} because ${text}` }];
  const { changed, inferred } = compareRuns(evidence, baseline).get(use.process) ?? { changed: null, inferred: true };
  if (changed?.length === 0) {
    const key = inferred ? "as far as is known under the same key" : "under the same key";
    const text = `the run before it ${what}, ${key}, so there was no result to reuse.`;
    return { verdict: "previous-failed", certainty: inferred ? "inferred" : "recorded", sentenceParts: said(text) };
  }
  if (!changed && !evidence.lastResult) {
    const text = `no run before it got a result there: the last one ${what}.`;
    return { verdict: "previous-failed", certainty: "recorded", sentenceParts: said(text) };
  }
  return null;
}

/** Another run's work went on when this one looked for a result. */
function isAtWork(other: KeyedUse, use: KeyedUse): boolean {
  return other.endedAt !== null && use.startedAt !== null && other.endedAt > use.startedAt;
}

const oldKeys =
  "It was written by an older version of the tool, whose keys are taken to be made as those of newer ones.";

function tellChange(
  evidence: Evidence,
  use: KeyedUse,
  compared: KeyedRun,
  all: Comparisons,
  verb: string,
): Partial<Draft> & Pick<Draft, "sentenceParts"> {
  const { process } = use;
  const found = findCause(evidence, all, process);
  const followers = findFollowers(evidence, all, process, found.first);
  const since = sinceLastResult(evidence, compared, found, process);
  const skipped =
    evidence.baseline && compared.id !== evidence.baseline.id
      ? [
          `The run before, ${evidence.baseline.name}, left no key there, so this compares with the last one that had a result.`,
        ]
      : [];
  // Newer ones name a version with each result.
  const isOld = use.origin === "executed" && use.version === null;
  const isChart = evidence.charts.has(found.first?.process ?? "");
  return {
    verdict: "changed",
    certainty: isOld ? "inferred" : found.certainty,
    values: valuesOf(found),
    ...(found.changes?.code?.length && changesCode(found) && { codeDiff: found.changes.code }),
    firstCause: found.first,
    alsoChanged: found.also,
    followers,
    notes: [...found.notes, ...skipped, ...(isOld ? [oldKeys] : [])],
    sentenceParts: [
      { text: process, process },
      { text: `${verb} because ` },
      ...tellCause(found, process, isChart),
      ...(since === "" ? [] : [{ text: ` (since the last result there: ${since})` }]),
      ...(followers.length > 0 ? [{ text: "; " }, ...listProcesses(followers), { text: " followed" }] : []),
      { text: "." },
    ],
  };
}

/** Where the run before failed and left no values: what changed since the last run that had a result there, when that is the same setting. */
function sinceLastResult(evidence: Evidence, compared: KeyedRun, found: FoundCause, process: string): string {
  const { lastResult } = evidence;
  if (!lastResult || lastResult.id === compared.id || found.first?.part !== "config" || found.changes) return "";
  const earlier = findCause(evidence, compareRuns(evidence, lastResult), process);
  return earlier.first?.process === found.first.process ? sayValues(earlier.changes?.own ?? []) : "";
}

/** Values of a process go by `<process>.<name>`, as params do. */
function valuesOf({ first, changes, maybeShared }: FoundCause): Explanation["values"] {
  if (!first || !changes) return [];
  if (first.part === "global-config") return changes.shared;
  if (first.part !== "config") return [];
  return [
    ...changes.own.map((value) => ({ ...value, path: `${first.process}.${value.path}` })),
    ...(maybeShared ? changes.shared : []),
  ];
}

const ran = new Set<StepOrigin>(["executed", "failed", "running"]);

/** What ran again below a process that is itself the cause. */
function findFollowers(evidence: Evidence, all: Comparisons, process: string, first: Cause | null): string[] {
  if (first?.process !== process) return [];
  return [...all.values()]
    .filter(({ after }) => after && after.process !== process && ran.has(after.origin))
    .filter(({ changed }) => changed?.includes("input"))
    .filter((one) => sortAncestors(evidence.graph.edges, [one.process]).includes(process))
    .filter((one) => findCause(evidence, all, one.process).first?.process === process)
    .map((one) => one.process);
}

/** A sentence without what followed, and without its full stop. */
export function withoutFollowers({ sentenceParts }: Explanation): SentencePart[] {
  const end = sentenceParts.findIndex(({ text, process }) => process === undefined && text === "; ");
  const parts = end < 0 ? sentenceParts : sentenceParts.slice(0, end);
  return parts.at(-1)?.text === "." ? parts.slice(0, -1) : parts;
}
