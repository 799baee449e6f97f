import { z } from "zod";
import { entryStates } from "../domain/entry.ts";
import { entryFaults } from "../domain/orphan.ts";
import { downstreamReaches, planIntent } from "../domain/plan.ts";
import { planChangeSchema, proposedPlanSchema, shownPlanItemSchema, shownPlanSchema } from "../domain/proposal.ts";
import { pageSchema } from "../domain/source.ts";
import type { Endpoint } from "./endpoint.ts";
import { cursor, limit, opaqueId, text, words } from "./query-fields.ts";

const pageOnly = z.object({ cursor, limit });
const thingIds = z.array(opaqueId).max(20_000);
const someThings = thingIds.min(1).describe("ids of entries and files of the plan");
const planRequest = z.object({
  intent: planIntent,
  selector: z.object({
    entries: thingIds.optional(),
    experiment: opaqueId.optional(),
    run: opaqueId.optional(),
    process: text.optional(),
    step: text.optional(),
    q: text.optional(),
    state: words(entryStates).optional(),
    kind: z.enum(entryFaults).optional().describe("what /cache/orphans lists under this side"),
  }),
  payloads: z.boolean().optional().describe("files too; by itself when freeing space"),
  downstream: z.enum(downstreamReaches).optional().describe("by itself all for a wrong result, else none"),
  lifeSeconds: z
    .number()
    .positive()
    .max(100 * 365 * 24 * 3600)
    .nullable()
    .optional()
    .describe("for keep-longer: how long from now, by itself 30 days; null: without an end"),
});

/** What would be changed in a store: planned, proposed to others, planned again, applied. */
export const planEndpoints = {
  makePlan: {
    method: "post",
    path: "/sources/{source}/cache/plans",
    summary: "What a change would do; writes nothing to the store",
    body: planRequest,
    answer: shownPlanSchema,
  },
  proposals: {
    method: "get",
    path: "/cache/plans",
    summary: "Published plans of every source, newest first",
    query: pageOnly.extend({ open: z.stringbool().optional().describe("only those that can be applied") }),
    answer: pageSchema(proposedPlanSchema),
  },
  plan: { method: "get", path: "/sources/{source}/cache/plans/{plan}", summary: "A plan", answer: shownPlanSchema },
  planItems: {
    method: "get",
    path: "/sources/{source}/cache/plans/{plan}/items",
    summary: "What it would take, in order",
    query: pageOnly.extend({ held: z.stringbool().optional().describe("only what is held back") }),
    answer: pageSchema(shownPlanItemSchema),
  },
  publishPlan: {
    method: "post",
    path: "/sources/{source}/cache/plans/{plan}/publish",
    summary: "Propose a plan to others for days",
    body: z.object({ days: z.number().int().min(1).max(30), note: z.string().trim().max(2_000).optional() }),
    answer: shownPlanSchema,
  },
  holdItems: {
    method: "post",
    path: "/sources/{source}/cache/plans/{plan}/hold",
    summary: "Hold rows of a published plan back",
    body: z.object({ items: someThings, reason: z.string().trim().min(1).max(1_000) }),
    answer: shownPlanSchema,
  },
  releaseItems: {
    method: "post",
    path: "/sources/{source}/cache/plans/{plan}/release",
    summary: "Let go what the same person holds back; an admin what anyone does",
    body: z.object({ items: someThings }),
    answer: shownPlanSchema,
  },
  withdrawPlan: {
    method: "post",
    path: "/sources/{source}/cache/plans/{plan}/withdraw",
    summary: "End a published plan without doing anything",
    body: z.object({}),
    answer: shownPlanSchema,
  },
  planAgain: {
    method: "post",
    path: "/sources/{source}/cache/plans/{plan}/again",
    summary: "Plan a published plan again, without what is held back: the answer is what can be applied",
    body: z.object({}),
    answer: shownPlanSchema,
  },
  planChanges: {
    method: "get",
    path: "/sources/{source}/cache/plans/{plan}/changes",
    summary: "How a plan that was made again differs from the published one",
    query: pageOnly,
    answer: pageSchema(planChangeSchema),
  },
  applyPlan: {
    method: "post",
    path: "/sources/{source}/cache/plans/{plan}/apply",
    summary: "Confirm a plan: it is done from here on",
    body: z.object({ fingerprint: z.string().max(200), confirm: text.optional() }),
    answer: z.object({ operationId: z.string() }),
    begins: true,
  },
} as const satisfies Record<string, Endpoint>;
