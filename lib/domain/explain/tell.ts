import type { Explanation } from "../explanation.ts";
import type { SentencePart } from "../run-sentence.ts";
import type { Evidence, KeyedUse } from "./evidence.ts";
import type { FoundLoss } from "./find-loss.ts";

type Draft = Omit<Explanation, "sentence">;

/** " ran again", as what became of it has it. `again`: an earlier run reached it. */
export function tellVerb({ origin }: Pick<KeyedUse, "origin">, again: boolean): string {
  const word = { executed: "ran", failed: "ran", running: "started", "never-ran": "was to run" }[origin as string];
  return ` ${word ?? "was looked up"}${again ? " again" : ""}`;
}

/** A result out of the cache: whose it is, since when, and what it spared. */
export function tellHit(evidence: Evidence, use: KeyedUse, start: Draft): Draft {
  const { producer, entryId } = use;
  const name = producer ? (evidence.runNames[producer.runId] ?? null) : null;
  const made = [
    producer?.startedAt ? ` on ${sayTime(producer.startedAt)}` : "",
    producer?.executionSeconds == null ? "" : ` in ${saySeconds(producer.executionSeconds)}`,
  ].join("");
  const who = producer
    ? `the result that ${name ?? "a run that is gone"} made${made}`
    : "a result whose maker is not recorded";
  const subject = use.step ?? use.process;
  return {
    ...start,
    verdict: "hit",
    certainty: "recorded",
    notes: use.step === null ? warningsOf(evidence, use.process) : [],
    hit: {
      entryId,
      producerRunId: producer?.runId ?? null,
      producerRunName: name,
      at: producer?.startedAt ?? null,
      executionSeconds: producer?.executionSeconds ?? null,
    },
    sentenceParts: [{ text: subject, process: use.process }, { text: ` was reused: it is ${who}.` }],
  };
}

/** What its run is warned of about this very process. */
function warningsOf({ warnings }: Evidence, process: string): string[] {
  return warnings
    .filter(({ code }) => code === "stale-hit" || code === "mixed-lineage")
    .map(({ sentence }) => sentence)
    .filter((sentence) => sentence.startsWith(`${process} was reused `));
}

/** Why an entry that was there under the very key did not serve, as far as that was seen. */
export function tellLoss(evidence: Evidence, use: KeyedUse, loss: FoundLoss, verb: string): SentencePart[] {
  const [last] = evidence.earlierUses;
  const subject: SentencePart = { text: use.step ?? use.process, process: use.process };
  const had = `although nothing in its key changed since ${last?.runName ?? "an earlier run"}`;
  const seen = loss.seenAt === null ? "" : ` (seen on ${sayTime(new Date(loss.seenAt).toISOString())})`;
  const words: Partial<Record<Explanation["verdict"], string>> = {
    removed: `its entry had been removed${seen}`,
    expired: `its entry had expired${seen}`,
    "payload-gone": `the file of its result was gone${seen}`,
    "no-path": "the last hit had rewritten its entry without the path of the result, which makes the next lookup miss",
  };
  const why = words[loss.verdict] ?? `its stored result was not served. ${sayCandidates(loss)}`;
  return [subject, { text: `${verb} ${had}: ${why}.` }];
}

function sayCandidates({ candidates = [] }: FoundLoss): string {
  const words: Partial<Record<Explanation["verdict"], string>> = {
    removed: "was removed",
    expired: "expired",
    "payload-gone": "lost its file",
    "previous-failed": "was replaced by a run that failed",
  };
  const said = candidates.map((candidate) => words[candidate] ?? candidate);
  const list = said.length < 2 ? said.join("") : `${said.slice(0, -1).join(", ")} or ${said.at(-1)}`;
  return `Whether it ${list} was not seen`;
}

/** "2026-11-21 01:07 UTC". */
export function sayTime(iso: string): string {
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
}

function saySeconds(value: number): string {
  if (value < 1) return `${Math.round(value * 1000)} ms`;
  if (value < 100) return `${Number(value.toPrecision(3))} s`;
  return `${Math.round(value / 60)} min`;
}
