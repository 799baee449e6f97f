import type { Run, StepOrigin, StepUse } from "./run.ts";

/** A piece of the sentence; `process` is set where the text names one, so that it can be a link. */
export interface SentencePart {
  text: string;
  process?: string;
}

const MOST_NAMES = 3;

/**
 * The first line of a run: what was reused, what ran, what failed, in one sentence without a full stop.
 * "4 of 7 reused; train_sgd, evaluate and 1 chart re-ran". A run without processes is described by its status alone.
 *
 * @param chartProcesses processes that only draw charts: they are counted, not named.
 */
export function describeRun(
  run: Pick<Run, "status" | "statusReason"> & { steps: readonly StepUse[] },
  chartProcesses: ReadonlySet<string> = new Set(),
): SentencePart[] {
  const processes = run.steps.filter((use) => use.step === null);
  if (processes.length === 0) return [{ text: statusWords(run) }];
  const withOrigin = (origin: StepOrigin) => processes.filter((use) => use.origin === origin).sort(byStart);
  const reused = withOrigin("reused");
  const executed = withOrigin("executed");
  // A process that only inherited a failure may be recorded as failed or not at all, by engine.
  const inherited = [...withOrigin("failed"), ...withOrigin("never-ran")].filter((use) => use.error?.caused);
  const failed = withOrigin("failed").filter((use) => !inherited.includes(use));
  const neverRan = withOrigin("never-ran").filter((use) => !inherited.includes(use));
  const clauses: SentencePart[][] = [];
  const say = (uses: readonly StepUse[], verb: (many: boolean) => string) => {
    if (uses.length > 0) clauses.push([...nameThem(uses, chartProcesses), { text: ` ${verb(uses.length > 1)}` }]);
  };

  say(failed, () => "failed");
  say(inherited, () => `could not run because of ${failed.length > 1 ? "them" : "it"}`);
  const underWay = run.status === "running" || run.status === "queued";
  const running = withOrigin("running");
  if (underWay || run.status === "stalled")
    say(running, (many) =>
      underWay ? `${many ? "are" : "is"} running` : `${many ? "were" : "was"} at work when the run stopped`,
    );
  if (reused.length === processes.length) clauses.push([{ text: `${allOf(processes.length)} reused, nothing ran` }]);
  else if (reused.length > 0) clauses.push([{ text: `${reused.length} of ${processes.length} reused` }]);
  if (executed.length === processes.length)
    clauses.push([{ text: `${allOf(processes.length)} ran, nothing was reused` }]);
  else say(executed, () => (reused.length > 0 ? "re-ran" : "ran"));
  say(neverRan, (many) => (underWay ? `${many ? "are" : "is"} still to come` : "never ran"));
  const silent = underWay || run.status === "stalled" ? withOrigin("unknown") : [...running, ...withOrigin("unknown")];
  say(silent, (many) => `left no word of how ${many ? "they" : "it"} ended`);
  return clauses.flatMap((clause, i) => (i === 0 ? clause : [{ text: "; " }, ...clause]));
}

/** The sentence as plain text, for titles and lists. */
export function sentenceText(parts: readonly SentencePart[]): string {
  return parts.map((part) => part.text).join("");
}

function nameThem(uses: readonly StepUse[], chartProcesses: ReadonlySet<string>): SentencePart[] {
  const named = uses.filter((use) => !chartProcesses.has(use.process));
  const charts = uses.length - named.length;
  const shown = named.length > MOST_NAMES + 1 ? named.slice(0, MOST_NAMES) : named;
  const items: SentencePart[] = shown.map(({ process }) => ({ text: process, process }));
  if (named.length > shown.length) items.push({ text: `${named.length - shown.length} more` });
  if (charts > 0) items.push({ text: charts === 1 ? "1 chart" : `${charts} charts` });
  return items.flatMap((item, i) => (i === 0 ? [item] : [{ text: i === items.length - 1 ? " and " : ", " }, item]));
}

function allOf(count: number): string {
  return count === 1 ? "The only process" : `All ${count}`;
}

function byStart(a: StepUse, b: StepUse): number {
  return (a.startedAt ?? "9999").localeCompare(b.startedAt ?? "9999");
}

function statusWords({ status, statusReason }: Pick<Run, "status" | "statusReason">): string {
  const words = {
    queued: "Waiting to start",
    running: "Running",
    stalled: "Stalled: it says running, but nothing has changed for long",
    completed: "Completed",
    failed: "Failed",
    cancelled: "Cancelled",
    unknown: "It left no word of how it ended",
  }[status];
  return statusReason ? `${words}: ${statusReason}` : words;
}
