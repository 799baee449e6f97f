import { z } from "zod";

export const warningCode = z.enum([
  "stale-hit",
  "mixed-lineage",
  "metrics-from-other-run",
  "expiry-not-enforced",
  "next-lookup-misses",
  "payload-may-be-overwritten",
  "replaced-since",
  "not-recorded",
  "not-read-yet",
  "never-cached-name-too-long",
]);
export const warningSchema = z.object({ code: warningCode, sentence: z.string() });
export type Warning = z.infer<typeof warningSchema>;
