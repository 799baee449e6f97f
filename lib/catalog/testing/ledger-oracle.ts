import type { EntryFact, Fact, RunFact } from "../../domain/facts.ts";
import type { LedgerGrouping } from "../../domain/ledger.ts";

export interface OracleFigures {
  hits: number;
  misses: number;
  saved: number;
  spent: number;
  bytes: number;
}

/**
 * The ledger of these facts by the slowest and plainest way: every use of every run, every payload. What SQL and the writer's tallies answer
 * is compared with it. Groups by their name as the API says it.
 */
export function ledgerOf(
  facts: readonly Fact[],
  by: LedgerGrouping,
  days?: { from: string; to: string },
): Map<string, OracleFigures> {
  const runs = facts.flatMap((fact) => (fact.kind === "run" ? [fact.run] : []));
  const entries = facts.flatMap((fact) => (fact.kind === "entry" ? [fact.entry] : []));
  const groups = new Map<string, OracleFigures>();
  const add = (group: string | null, name: keyof OracleFigures, amount: number) => {
    const figures = groups.get(String(group)) ?? { hits: 0, misses: 0, saved: 0, spent: 0, bytes: 0 };
    figures[name] += amount;
    groups.set(String(group), figures);
  };
  const isWithin = (millis: number | null) => {
    const day = dayOf(millis);
    return !days || (day !== null && day >= days.from && day < days.to);
  };
  for (const run of runs.filter(({ startedAt }) => isWithin(startedAt))) {
    for (const use of run.steps) {
      if (use.origin !== "reused" && use.origin !== "executed" && use.origin !== "failed") continue;
      const isStep = use.step !== null;
      const whole = run.steps.find((other) => other.step === null && other.process === use.process);
      if (isStep && whole?.origin === "reused") continue;
      if (by === "step" && !isStep) continue;
      const group = groupOfUse(by, run, use, runs);
      const isOwnLevel = !isStep || by === "step" || by === "kind";
      if (use.origin === "reused") {
        if (isOwnLevel) add(group, "hits", 1);
        add(group, "saved", (use.producer?.executionSeconds ?? 0) + borrowedBy(use, runs));
      } else if (isOwnLevel) {
        add(group, "misses", 1);
        add(group, "spent", use.executionSeconds ?? 0);
      }
    }
  }
  const counted = new Set<string>();
  const sizes = new Map(
    facts.flatMap((fact) => (fact.kind === "artifact" ? [[fact.artifact.id, fact.artifact.bytes ?? 0]] : [])),
  );
  for (const entry of entries) {
    for (const { artifactId } of entry.payloads) {
      if (counted.has(artifactId)) continue;
      counted.add(artifactId);
      const bytes = sizes.get(artifactId) ?? 0;
      if (bytes === 0 || !isWithin(entry.createdAt) || (by === "step" && entry.step === null)) continue;
      const group = groupOfEntry(by, entry, runs);
      if (group !== undefined) add(group, "bytes", bytes);
    }
  }
  return groups;
}

function groupOfUse(
  by: LedgerGrouping,
  run: RunFact,
  use: RunFact["steps"][number],
  runs: readonly RunFact[],
): string | null {
  const producer = runs.find(({ id }) => id === use.producer?.runId);
  switch (by) {
    case "run":
      return run.id;
    case "day":
      return dayOf(run.startedAt);
    case "project":
      return run.experimentId;
    case "process":
      return use.process;
    case "step":
      return `${use.process} ▸ ${use.step}`;
    case "kind":
      return use.step === null ? "process" : "step";
    case "version":
      return (use.origin === "reused" ? producer : run)?.version?.hash ?? null;
    case "age":
      return dayOf(use.producer?.startedAt ?? use.startedAt ?? run.startedAt);
  }
}

/** `undefined`: in no group. */
function groupOfEntry(by: LedgerGrouping, entry: EntryFact, runs: readonly RunFact[]): string | null | undefined {
  switch (by) {
    case "run":
      return runs.some(({ id }) => id === entry.producerRunId) ? entry.producerRunId : undefined;
    case "day":
    case "age":
      return dayOf(entry.createdAt);
    case "project":
      return entry.experimentId;
    case "process":
      return entry.process;
    case "step":
      return `${entry.process} ▸ ${entry.step}`;
    case "kind":
      return entry.scope;
    case "version":
      return entry.version;
  }
}

/** What the steps took whose results the producer of a reused process got from the cache itself. */
function borrowedBy(use: RunFact["steps"][number], runs: readonly RunFact[]): number {
  if (use.step !== null) return 0;
  const producer = runs.find(({ id }) => id === use.producer?.runId);
  const steps =
    producer?.steps.filter((step) => step.process === use.process && step.step !== null && step.origin === "reused") ??
    [];
  return steps.reduce((sum, step) => sum + (step.producer?.executionSeconds ?? 0), 0);
}

function dayOf(millis: number | null): string | null {
  return millis === null ? null : new Date(millis).toISOString().slice(0, 10);
}
