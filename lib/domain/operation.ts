import { z } from "zod";
import { planIntent } from "./plan.ts";
import { byteCount, isoTime, nullableTime } from "./values.ts";

export const operationKinds = ["invalidate", "restore", "purge", "revive", "extend"] as const;
export type OperationKind = (typeof operationKinds)[number];

export const operationStatuses = ["running", "done", "partial", "failed"] as const;
export type OperationStatus = (typeof operationStatuses)[number];

/**
 * `conflict`: it has changed since and was left. `gone`: it was not there. `recreated`: something else came meanwhile and stays. `extended`: it has another
 * end. `undone`: it is as before this operation.
 */
export const itemOutcomes = [
  "deleted",
  "conflict",
  "gone",
  "failed",
  "unknown",
  "restored",
  "recreated",
  "revived",
  "purged",
  "extended",
  "undone",
] as const;
export type ItemOutcome = (typeof itemOutcomes)[number];

export const operationSchema = z.object({
  id: z.string(),
  kind: z.enum(operationKinds),
  source: z.string(),
  intent: planIntent.nullable(),
  status: z.enum(operationStatuses),
  by: z.string(),
  at: isoTime,
  finishedAt: nullableTime,
  ofOperation: z.string().nullable().describe("the operation that this one puts back, undoes or empties the trash of"),
  totals: z.object({
    items: z.number(),
    settled: z.number().describe("items with an outcome"),
    outcomes: z.partialRecord(z.enum(itemOutcomes), z.number()),
    trashItems: z.number().describe("set aside, neither put back nor discarded"),
    trashBytes: byteCount,
  }),
  restorableUntil: nullableTime.describe("null: nothing of it is in the trash"),
  purgeableFrom: nullableTime,
  undoable: z.boolean().describe("what was revived or kept longer can be made as it was before"),
  problem: z.string().nullable().describe("what a running operation waits for"),
});
export type Operation = z.infer<typeof operationSchema>;

export const operationItemSchema = z.object({
  entryId: z.string().describe("of a payload: its artifact's id"),
  of: z.enum(["entry", "artifact"]),
  key: z.string(),
  process: z.string().nullable(),
  step: z.string().nullable(),
  bytes: byteCount.nullable(),
  outcome: z.enum(itemOutcomes).nullable().describe("null: not done yet"),
  message: z.string(),
  inTrash: z.boolean(),
});
export type OperationItem = z.infer<typeof operationItemSchema>;

export const auditRecordSchema = z.object({
  seq: z.number(),
  at: isoTime,
  by: z.string(),
  action: z.string(),
  source: z.string(),
  subject: z.string(),
  result: z.string(),
  hash: z.string().describe("SHA-256 over the record and the hash before it"),
});
export type AuditRecord = z.infer<typeof auditRecordSchema>;
