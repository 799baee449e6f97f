import { z } from "zod";
import { byteCount, isoTime, nullableTime, plainValue, seconds } from "./values.ts";
import { warningSchema } from "./warning.ts";

export const entryScope = z.enum(["step", "process", "trial", "chunk", "key"]);
export type EntryScope = z.infer<typeof entryScope>;

export const entryStates = ["usable", "not-served", "broken", "expired", "orphan", "unknown"] as const;
export const entryState = z.enum(entryStates);
export type EntryState = z.infer<typeof entryState>;

export const payloadRole = z.enum(["result", "array", "model"]);
export type PayloadRole = z.infer<typeof payloadRole>;

export const payloadSchema = z.object({
  artifactId: z.string(),
  role: payloadRole,
  bytes: byteCount.nullable(),
  bytesRecorded: byteCount.nullable().describe("what was written, as the result that names it says"),
  state: z.enum(["present", "missing", "unknown"]),
  shared: z.number().describe("how many entries name this payload"),
});

export const entrySchema = z.object({
  id: z.string(),
  source: z.string(),
  experimentId: z.string(),
  key: z.string().describe("exactly as stored"),
  scope: entryScope,
  process: z.string().nullable(),
  step: z.string().nullable(),
  keyParts: z.array(z.object({ name: z.string(), value: z.string() })),
  status: z.string().describe("the stored word"),
  version: z.string().nullable(),
  producerRunId: z.string().nullable(),
  producerRunName: z.string().nullable().describe("null also where that run is not recorded"),
  lastUserRunId: z.string().nullable(),
  uses: z.number().describe("hits by other runs"),
  createdAt: nullableTime,
  lastUsedAt: nullableTime,
  executionSeconds: seconds.nullable(),
  savedSeconds: seconds.nullable(),
  savedPerMib: z.number().nullable().describe("seconds saved for each MiB that it holds"),
  expiresAt: nullableTime,
  ttl: z.object({ seconds: z.number(), enforced: z.boolean() }).nullable(),
  bytes: byteCount.nullable().describe("the result itself"),
  payloads: z.array(payloadSchema),
  state: entryState,
  pinned: z.boolean().describe("a person wants it kept: policies and freeing space leave it"),
  warnings: z.array(warningSchema),
});
export type Entry = z.infer<typeof entrySchema>;

export const entryDetailSchema = entrySchema.extend({
  usedBy: z.array(
    z.object({ runId: z.string(), runName: z.string(), at: nullableTime, how: z.enum(["produced", "reused"]) }),
  ),
  pin: z.object({ by: z.string(), at: isoTime }).nullable(),
  value: z.unknown().optional().describe("a preview of the stored record or of its result"),
  raw: plainValue,
});
export type EntryDetail = z.infer<typeof entryDetailSchema>;

/** An entry that is gone while the file of its result is still there. */
export const lostEntrySchema = z.object({
  entryId: z.string(),
  source: z.string(),
  artifactId: z.string(),
  experimentId: z.string(),
  process: z.string(),
  step: z.string().nullable(),
  bytes: byteCount.nullable(),
  runId: z.string().describe("that is recorded to have made it"),
  runName: z.string(),
  savedSeconds: seconds.nullable().describe("what making it took"),
});
export type LostEntry = z.infer<typeof lostEntrySchema>;

export const treeNodeSchema = z.object({
  id: z.string(),
  label: z.string(),
  entries: z.number(),
  bytes: byteCount,
  hasChildren: z.boolean(),
});
export type TreeNode = z.infer<typeof treeNodeSchema>;

export const artifactRole = z.enum([...payloadRole.options, "chart", "file"]);
export type ArtifactRole = z.infer<typeof artifactRole>;

export const artifactSchema = z.object({
  id: z.string(),
  source: z.string(),
  name: z.string(),
  bytes: byteCount.nullable(),
  modifiedAt: isoTime.nullable(),
  mediaType: z.string(),
  role: artifactRole,
  process: z.string().nullable(),
  step: z.string().nullable(),
  orphan: z.boolean().describe("a payload of the cache that no entry names"),
  runId: z.string().nullable(),
  entryId: z.string().nullable(),
  sharedBy: z.number().describe("entries and runs that name it"),
  replacedSince: z.string().optional().describe("id of the run that wrote over it"),
});
export type Artifact = z.infer<typeof artifactSchema>;

export const artifactDetailSchema = artifactSchema.extend({
  producer: z.object({ runId: z.string(), runName: z.string() }).nullable(),
  usedBy: z.array(z.object({ runId: z.string(), runName: z.string() })),
  contentUrl: z.string(),
});
export type ArtifactDetail = z.infer<typeof artifactDetailSchema>;
