import type { LedgerGrouping } from "../../../lib/domain/ledger.ts";
import type { LedgerFilter } from "../../../lib/queries/ledger-queries.ts";

export const groupingWords: Record<LedgerGrouping, { one: string; label: string }> = {
  process: { one: "process", label: "process" },
  step: { one: "step", label: "step" },
  run: { one: "run", label: "run" },
  day: { one: "day", label: "day (UTC)" },
  project: { one: "project", label: "project" },
  version: { one: "version", label: "version of the code" },
  age: { one: "age", label: "age of the result" },
  kind: { one: "kind", label: "kind of entry" },
};
export const groupings = Object.keys(groupingWords) as LedgerGrouping[];

/** Spans that are offered, in days until today. */
export const spans = [7, 30, 90, 365] as const;

export interface LedgerView {
  by: LedgerGrouping;
  source: string | null;
  /** Days until today; `null`: all, unless `from` and `to` say it. */
  days: number | null;
  from: string | null;
  to: string | null;
  sort: string | null;
  chart: "run" | "day";
}

/** The view that the address says; anything that is none is left out. */
export function readView(get: (name: string) => string | null): LedgerView {
  const by = groupings.find((grouping) => grouping === get("by")) ?? "process";
  const days = spans.find((span) => String(span) === get("days")) ?? null;
  const day = (name: string) => (/^\d{4}-\d\d-\d\d$/.test(get(name) ?? "") ? get(name) : null);
  const chart = get("chart") === "day" ? "day" : "run";
  return { by, source: get("source"), days, from: day("from"), to: day("to"), sort: get("sort"), chart };
}

/** What to ask for; `to` is told to the reader as the last day that counts, to the server as the first that does not. */
export function filterOf({ source, days, from, to }: LedgerView, now: number): Omit<LedgerFilter, "by"> {
  const today = dayAfter(new Date(now).toISOString().slice(0, 10), 0);
  return {
    ...(source && { source }),
    ...(days !== null ? { from: dayAfter(today, 1 - days) } : from && { from }),
    ...(days === null && to && { to: dayAfter(to, 1) }),
  };
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}
