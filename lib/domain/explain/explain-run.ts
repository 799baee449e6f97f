import type { Explanation, RunExplanation } from "../explanation.ts";
import { type SentencePart, sentenceText } from "../run-sentence.ts";
import { withoutFollowers } from "./explain.ts";
import { listProcesses } from "./tell-cause.ts";

/**
 * A run's causes in one sentence: "train_sgd ran again because alpha 0.0005 → 0.002; evaluate and score_bars followed." Processes with the same
 * first cause stand together; what could not be explained is said last.
 *
 * @param explained those of its processes that ran, in the order of the graph. `ran`: how many did, `all`: how many processes it has.
 */
export function explainRun(
  explained: readonly Explanation[],
  { ran, all }: { ran: number; all: number },
): RunExplanation {
  const sentenceParts = groupAlike(explained).flatMap((group, at) => [
    ...(at === 0 ? [] : [{ text: " " }]),
    ...tellGroup(group, group.length === all),
  ]);
  return {
    sentence: sentenceText(sentenceParts),
    sentenceParts,
    items: explained.map(({ process, verdict, certainty, firstCause }) => ({
      process,
      verdict,
      certainty,
      firstCause,
    })),
    complete: explained.length === ran,
  };
}

/** Those with the same first cause, and those that stand alone but of which the same is to be said. */
function groupAlike(explained: readonly Explanation[]): Explanation[][] {
  const groups = [...Map.groupBy(explained, groupOf).values()];
  return [
    ...Map.groupBy(groups, (group) => (group.length > 1 ? group : wordsOf(group[0] as Explanation))).values(),
  ].map((alike) => alike.flat());
}

function wordsOf({ sentenceParts }: Explanation): string {
  return sentenceText(sentenceParts.slice(1));
}

function groupOf({ verdict, firstCause, alsoChanged, process }: Explanation): string {
  if (verdict === "changed") return JSON.stringify(firstCause ?? [alsoChanged]);
  return verdict === "first" ? verdict : JSON.stringify([verdict, process]);
}

function tellGroup(group: readonly Explanation[], isAll: boolean): SentencePart[] {
  const [head] = group as [Explanation];
  const names = group.map(({ process }) => process);
  const { firstCause } = head;
  if (head.verdict === "first") {
    if (isAll && names.length > 1) return [{ text: `All ${names.length} processes ran for the first time.` }];
    return [
      ...listProcesses(names),
      { text: " ran for the first time: no earlier run reached " },
      { text: `${names.length > 1 ? "them" : "it"}.` },
    ];
  }
  const self = group.find(({ process }) => process === firstCause?.process);
  if (group.length === 1) return tellOne(head);
  if (!self || group.some(({ process, firstCause: cause }) => process !== self.process && cause?.process === process))
    return tellMany(group, isAll && names.length > 3);
  const others = names.filter((name) => name !== self.process);
  return [...withoutFollowers(self), { text: "; " }, ...listProcesses(others), { text: " followed." }];
}

function sayPlural(text: string): string {
  return text
    .replace(/\bits\b/g, "their")
    .replace(/\b(before|draws|reached) it\b/g, "$1 them")
    .replace(" is too long", " are too long");
}

function tellOne(one: Explanation): SentencePart[] {
  return one.followers.length > 0 ? [...withoutFollowers(one), { text: "." }] : one.sentenceParts;
}

/** The sentence of one of them, with all of them as its subject. */
function tellMany(group: readonly Explanation[], isAll: boolean): SentencePart[] {
  const [head] = group.toSorted((a, b) => a.sentenceParts.length - b.sentenceParts.length) as [Explanation];
  const subject: SentencePart[] = isAll
    ? [{ text: `All ${group.length} processes` }]
    : listProcesses(group.map(({ process }) => process));
  return [
    ...subject,
    ...head.sentenceParts
      .slice(1)
      .map((part) => ({ ...part, text: part.process === undefined ? sayPlural(part.text) : part.text })),
  ];
}
