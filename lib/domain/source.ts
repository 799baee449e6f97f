import { z } from "zod";
import { isoTime, nullableTime } from "./values.ts";
import { roles } from "./viewer.ts";

export const engineKind = z.enum(["key-value", "document", "sql", "blob"]);
export type EngineKind = z.infer<typeof engineKind>;

export const sourceSchema = z.object({
  id: z.string(),
  label: z.string(),
  layout: z.string(),
  engines: z.array(z.object({ slot: z.string(), engine: z.string(), kind: engineKind })),
  readOnly: z.boolean(),
  environment: z.string().nullable(),
  status: z.enum(["ready", "indexing", "unreachable"]),
  asOf: nullableTime,
  sweepSeconds: z
    .number()
    .nullable()
    .describe("seconds within which a change is seen by reading everything again; null: changes are seen as they come"),
  indexed: z.object({ runs: z.number(), entries: z.number(), complete: z.boolean() }),
  capabilities: z.array(z.string()),
  hints: z.array(z.string()).describe("one-line suggestions, such as the line that would connect the code"),
  role: z.enum(roles).describe("what who asks may do there"),
  error: z.object({ code: z.string(), message: z.string(), remedy: z.string().optional(), since: isoTime }).optional(),
});
export type Source = z.infer<typeof sourceSchema>;

export const experimentSchema = z.object({
  id: z.string(),
  name: z.string(),
  runCount: z.number(),
  lastActivityAt: nullableTime,
});
export type Experiment = z.infer<typeof experimentSchema>;

export const columnSchema = z.object({
  id: z.string().describe("what `columns` and `sort` take"),
  kind: z.enum(["param", "metric", "tag", "field"]),
  name: z.string(),
  scope: z.string().optional().describe("process, or process/step, for showing; never split"),
  present: z.number().describe("runs that have it"),
  distinct: z.number(),
});
export type Column = z.infer<typeof columnSchema>;

/** A page of a list. `complete` is false while the scan behind the answer has not seen everything. */
export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable(),
    total: z.object({ value: z.number(), exact: z.boolean() }).nullable(),
    asOf: nullableTime,
    complete: z.boolean(),
  });
}
export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
  total: { value: number; exact: boolean } | null;
  asOf: string | null;
  complete: boolean;
}
