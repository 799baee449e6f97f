import { z } from "zod";
import { byteCount, seconds } from "./values.ts";

export const ledgerGroupings = ["step", "process", "run", "day", "project", "version", "age", "kind"] as const;
export type LedgerGrouping = (typeof ledgerGroupings)[number];

const figures = {
  hits: z.number().describe("lookups of processes that the cache answered; of steps where it is told by step or kind"),
  misses: z.number().describe("lookups that were executed, also such as failed; what never ran was not looked up"),
  unpriced: z.number().describe("hits whose producer's time is not recorded: these saved more than is said"),
  savedSeconds: seconds.describe(
    "what the results took that were reused, with the steps that were reused inside executed processes",
  ),
  spentSeconds: seconds.describe("what was executed took"),
  bytes: byteCount.describe("payloads stored now, each counted once"),
  cost: z.number().optional().describe("of keeping the bytes for a month, where a price is set"),
};

export const ledgerTotalsSchema = z.object(figures);
export type LedgerTotals = z.infer<typeof ledgerTotalsSchema>;

export const ledgerItemSchema = z.object({
  group: z.string().nullable().describe("for showing, never split; null where it is not recorded"),
  source: z.string().nullable().describe("null where the group goes through all sources"),
  experimentId: z.string().nullable(),
  experimentName: z.string().nullable(),
  process: z.string().nullable(),
  step: z.string().nullable(),
  runId: z.string().nullable(),
  startedAt: z.string().nullable().describe("of a run"),
  ...figures,
});
export type LedgerItem = z.infer<typeof ledgerItemSchema>;
