import { z } from "zod";
import { entryStates } from "../domain/entry.ts";
import { auditRecordSchema, operationItemSchema, operationSchema } from "../domain/operation.ts";
import { downstreamReaches, planIntent, planItemSchema, planSchema } from "../domain/plan.ts";
import { pageSchema } from "../domain/source.ts";
import type { Endpoint } from "./endpoint.ts";
import { cursor, limit, opaqueId, text, words } from "./query-fields.ts";

const pageOnly = z.object({ cursor, limit });
const begun = z.object({ operationId: z.string() });
const thingIds = z.array(opaqueId).max(20_000);
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

/** Changes of a store: planned, done, undone, and on record. */
export const operationEndpoints = {
  makePlan: {
    method: "post",
    path: "/sources/{source}/cache/plans",
    summary: "What a change would do; writes nothing to the store",
    body: planRequest,
    answer: planSchema,
  },
  plan: { method: "get", path: "/sources/{source}/cache/plans/{plan}", summary: "A plan", answer: planSchema },
  planItems: {
    method: "get",
    path: "/sources/{source}/cache/plans/{plan}/items",
    summary: "What it would take, in order",
    query: pageOnly,
    answer: pageSchema(planItemSchema),
  },
  applyPlan: {
    method: "post",
    path: "/sources/{source}/cache/plans/{plan}/apply",
    summary: "Confirm a plan: it is done from here on",
    body: z.object({ fingerprint: z.string().max(200), confirm: text.optional() }),
    answer: begun,
    begins: true,
  },
  operations: {
    method: "get",
    path: "/operations",
    summary: "What was done and is being done, newest first",
    query: pageOnly.extend({ trash: z.stringbool().optional().describe("only what can be put back") }),
    answer: pageSchema(operationSchema),
  },
  operation: {
    method: "get",
    path: "/operations/{operation}",
    summary: "One operation with its first items",
    answer: operationSchema.extend({ items: z.array(operationItemSchema) }),
  },
  operationItems: {
    method: "get",
    path: "/operations/{operation}/items",
    summary: "Its items and what became of each",
    query: pageOnly,
    answer: pageSchema(operationItemSchema),
  },
  restore: {
    method: "post",
    path: "/operations/{operation}/restore",
    summary: "Put back what it set aside; what was revived or kept longer is made as it was before",
    body: z.object({ items: thingIds.optional() }),
    answer: begun,
    begins: true,
  },
  purge: {
    method: "post",
    path: "/operations/{operation}/purge",
    summary: "Discard what it set aside, for good",
    body: z.object({ items: thingIds.optional(), confirm: text.optional().describe("the source's name") }),
    answer: begun,
    begins: true,
  },
  cancel: {
    method: "post",
    path: "/operations/{operation}/cancel",
    summary: "End it between two items; what is done stays done",
    body: z.object({}),
    answer: operationSchema,
  },
  audit: {
    method: "get",
    path: "/audit",
    summary: "Who changed what, newest first; each record's hash covers the one before",
    query: pageOnly,
    answer: pageSchema(auditRecordSchema),
  },
} as const satisfies Record<string, Endpoint>;
