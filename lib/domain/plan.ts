import { z } from "zod";
import type { EntryFault } from "./orphan.ts";
import { byteCount, isoTime, nullableTime, seconds } from "./values.ts";

/** What someone wants of a change: it decides what goes with what was chosen. The last two take nothing out. */
export const planIntents = [
  "wrong-result",
  "run-again",
  "free-space",
  "repair",
  "custom",
  "revive",
  "keep-longer",
] as const;
export const planIntent = z.enum(planIntents);
export type PlanIntent = z.infer<typeof planIntent>;

export const downstreamReaches = ["none", "direct", "all"] as const;
export type DownstreamReach = (typeof downstreamReaches)[number];

/** What is chosen: entries by id, or all that a filter of the cache page shows. */
export interface PlanSelector {
  entries?: readonly string[];
  run?: string;
  process?: string;
  step?: string;
  q?: string;
  state?: readonly string[];
  experiment?: string;
  /** What Reconcile lists under this. */
  kind?: EntryFault;
}

/** What someone wants to be planned. */
export interface PlanRequest {
  intent: PlanIntent;
  selector: PlanSelector;
  /** Files too, not only the entries that name them. */
  payloads?: boolean | undefined;
  downstream?: DownstreamReach | undefined;
  /** For keeping longer: how long from now; `null`: without an end. */
  lifeSeconds?: number | null | undefined;
}

const planTotalsSchema = z.object({
  entries: z.number(),
  payloads: z.number(),
  bytesNow: byteCount.describe("held now by the results of what is planned"),
  bytesAfterTrash: byteCount.describe("of these still held once the trash is emptied: files that stay"),
  recomputeSeconds: seconds.describe("what making it all again took; of what is revived or kept: what that saves"),
  recomputeAtLeast: z.boolean().describe("some of it is not recorded, or came from reused steps"),
});

export const planSchema = z.object({
  id: z.string(),
  source: z.string(),
  by: z.string(),
  intent: planIntent,
  createdAt: isoTime,
  expiresAt: isoTime,
  asOf: nullableTime.describe("how old what the plan knows of the store may be"),
  fingerprint: z.string(),
  storeIdentity: z.string(),
  totals: planTotalsSchema,
  kept: z.array(z.object({ artifactId: z.string(), reason: z.string() })).describe("the first thousand"),
  keptCount: z.number(),
  affectedRuns: z.array(z.string()).describe("runs that made or used it, newest first, the first thousand"),
  affectedRunCount: z.number(),
  downstream: z.array(z.object({ process: z.string(), step: z.string().nullable(), entries: z.number() })),
  warnings: z.array(z.string()),
  allowed: z.boolean(),
  refusal: z.string().nullable().describe("why it cannot be applied now"),
  restorableSeconds: seconds.describe("how long it can be put back"),
  lifeSeconds: seconds
    .nullable()
    .describe("of what is revived or kept: how long it then lives; null: it does not end by itself"),
  confirm: z
    .string()
    .nullable()
    .describe("what `confirm` must say, where the plan is large or the source is production"),
});
export type Plan = z.infer<typeof planSchema>;

export const planItemSchema = z.object({
  entryId: z.string().describe("of an orphan or a payload: its artifact's id"),
  of: z.enum(["entry", "artifact"]),
  key: z.string(),
  process: z.string().nullable(),
  step: z.string().nullable(),
  bytes: byteCount.nullable(),
  createdAt: nullableTime.describe("null also for files that go with an entry"),
  locators: z.array(z.string()),
  reason: z.enum(["chosen", "same-process", "downstream", "payload"]),
});
export type PlanItem = z.infer<typeof planItemSchema>;
