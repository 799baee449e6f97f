import { z } from "zod";
import { byteCount, seconds } from "./values.ts";

/** What is to go: what is old and long unused, or, of least value for each byte first, until so much is left. */
export type CachePolicy = { olderThanDays: number; unusedDays: number } | { keepBytes: number };

export const policyOutcomeSchema = z.object({
  q: z.string().nullable().describe("the filter of entries that selects them; null: nothing has to go"),
  entries: z.number(),
  bytesNow: byteCount.describe("payloads of all entries, each counted once"),
  freedBytes: byteCount.describe("payloads that no entry would name any more"),
  bytesAfter: byteCount,
  recomputeSeconds: seconds.describe("to make them all anew"),
  recomputeAtLeast: z.boolean().describe("of some it is not recorded how long they took"),
  usedEntries: z.number().describe("of them such as were ever used by another run"),
  pinnedEntries: z.number().describe("that stay because they are pinned"),
});
export type PolicyOutcome = z.infer<typeof policyOutcomeSchema>;
