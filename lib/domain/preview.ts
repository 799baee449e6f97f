import { z } from "zod";
import { plainValue, wireNumber } from "./values.ts";

/** A node of a value's structure (pickle, JSON): what it is, never the object itself. */
export interface StructureNode {
  /** Name of the member or index within its parent; absent at the root. */
  name?: string;
  /** `dict`, `list`, `ndarray`, `str`, `int`, `object`, … */
  type: string;
  /** Short, safe text of a scalar, or of what an object is (`float64 (133, 13)`). */
  text?: string;
  /** How many children there are in all; `children` may hold fewer. */
  size?: number;
  children?: StructureNode[];
}
export const structureNode: z.ZodType<StructureNode> = z.object({
  name: z.string().optional(),
  type: z.string(),
  text: z.string().optional(),
  size: z.number().optional(),
  get children() {
    return z.array(structureNode).optional();
  },
});

export const importVerdict = z.enum(["expected", "unknown", "dangerous"]);
const truncated = z.boolean();

/** A bounded, safe rendering of an artifact. */
export const previewSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("image"),
    truncated,
    mediaType: z.string(),
    width: z.number().nullable(),
    height: z.number().nullable(),
    bytes: z.number(),
  }),
  z.object({
    kind: z.literal("table"),
    truncated,
    columns: z.array(z.string()),
    rows: z.array(z.array(plainValue)),
    offset: z.number(),
    totalRows: z.number().nullable(),
    problem: z.string().optional().describe("why reading stopped early"),
  }),
  z.object({
    kind: z.literal("json"),
    truncated,
    text: z.string(),
    problem: z.string().optional(),
    root: structureNode.optional(),
  }),
  z.object({ kind: z.literal("text"), truncated, text: z.string(), offset: z.number(), totalBytes: z.number() }),
  z.object({
    kind: z.literal("array"),
    truncated,
    arrays: z.array(
      z.object({
        name: z.string(),
        dtype: z.string(),
        shape: z.array(z.number()),
        order: z.enum(["C", "F"]),
        bytes: z.number(),
        values: z
          .array(wireNumber)
          .optional()
          .describe("the asked elements, in the order they are stored (see `order`)"),
        texts: z.array(z.string()).optional().describe("the asked elements of an array of words or complex numbers"),
        statistics: z.object({ min: wireNumber, max: wireNumber, mean: wireNumber, nonFinite: z.number() }).optional(),
        problem: z.string().optional(),
      }),
    ),
  }),
  z.object({
    kind: z.literal("pickle"),
    truncated,
    protocol: z.number(),
    compression: z.string().nullable(),
    opcodes: z.number(),
    imports: z.array(
      z.object({ module: z.string(), name: z.string(), verdict: importVerdict, reason: z.string(), count: z.number() }),
    ),
    references: z.array(
      z.object({
        kind: z.enum(["array", "model"]),
        uri: z.string(),
        keyPath: z.string().nullable(),
        bytes: z.number().nullable().describe("as it was written"),
      }),
    ),
    root: structureNode,
    problem: z.string().optional().describe("why reading stopped early, with the byte position"),
  }),
  z.object({ kind: z.literal("html"), truncated, bytes: z.number() }),
  z.object({
    kind: z.literal("unsupported"),
    truncated,
    reason: z.string(),
    bytes: z.number().nullable(),
    mediaType: z.string(),
  }),
]);
export type Preview = z.infer<typeof previewSchema>;
