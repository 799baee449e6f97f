import { z } from "zod";
import { auditRecordSchema, operationItemSchema, operationSchema } from "../domain/operation.ts";
import { pageSchema } from "../domain/source.ts";
import type { Endpoint } from "./endpoint.ts";
import { cursor, limit, opaqueId, text } from "./query-fields.ts";

const pageOnly = z.object({ cursor, limit });
const begun = z.object({ operationId: z.string() });
const thingIds = z.array(opaqueId).max(20_000);

/** Changes of a store: done, undone, and on record. */
export const operationEndpoints = {
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
