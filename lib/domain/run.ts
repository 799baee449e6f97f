import { z } from "zod";
import { isoTime, nullableTime, plainValue, seconds, wireNumber } from "./values.ts";
import { warningSchema } from "./warning.ts";

export const runStatuses = ["queued", "running", "stalled", "completed", "failed", "cancelled", "unknown"] as const;
export const runStatus = z.enum(runStatuses);
export type RunStatus = z.infer<typeof runStatus>;

export const stepOrigins = ["executed", "reused", "failed", "never-ran", "running", "unknown"] as const;
export const stepOrigin = z.enum(stepOrigins);
export type StepOrigin = z.infer<typeof stepOrigin>;

export const metricKind = z.enum(["series", "scalar", "text", "table"]);
export type MetricKind = z.infer<typeof metricKind>;

/** A metric's summary, as a row of runs carries it. */
export const metricSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  process: z.string().nullable(),
  step: z.string().nullable(),
  last: wireNumber.nullable(),
  min: wireNumber.nullable(),
  max: wireNumber.nullable(),
  count: z.number(),
});
export type MetricSummary = z.infer<typeof metricSummarySchema>;

/** A metric of one run. `value` holds what is no number (text, table). */
export const metricSchema = metricSummarySchema.extend({
  kind: metricKind,
  xAxes: z.array(z.string()).describe("`step`, `time`, `relative`, or ids of other metrics of the run"),
  value: plainValue.optional(),
  producerRunId: z.string().nullable(),
  firstStep: z.number().nullable(),
  lastStep: z.number().nullable(),
  nonFinite: z.number().describe("points that are NaN or infinite"),
});
export type Metric = z.infer<typeof metricSchema>;

export const runSchema = z.object({
  id: z.string(),
  source: z.string(),
  name: z.string(),
  experimentId: z.string(),
  experimentName: z.string(),
  status: runStatus,
  statusReason: z.string().optional(),
  startedAt: nullableTime,
  endedAt: nullableTime,
  durationSeconds: seconds.nullable(),
  params: z.record(z.string(), plainValue).nullable(),
  paramsOrigin: z.enum(["recorded", "version"]).nullable(),
  metrics: z.array(metricSummarySchema),
  tags: z.record(z.string(), plainValue),
  cache: z
    .object({
      hits: z.number(),
      misses: z.number().describe("processes that ran here, failed ones among them"),
      total: z.number().describe("all processes recorded, those that never ran or left no word among them"),
      savedSeconds: seconds,
    })
    .nullable(),
  warnings: z.array(warningSchema),
});
export type Run = z.infer<typeof runSchema>;

/** A process (`step` null) or a step in a run. */
export const stepUseSchema = z.object({
  process: z.string(),
  step: z.string().nullable(),
  origin: stepOrigin,
  startedAt: nullableTime,
  endedAt: nullableTime,
  executionSeconds: seconds.nullable().describe("this run's own; null when reused"),
  producer: z.object({ runId: z.string(), startedAt: nullableTime, executionSeconds: seconds.nullable() }).nullable(),
  entryId: z.string().nullable(),
  error: z
    .object({
      message: z.string(),
      from: z.enum(["log", "store"]),
      caused: z.object({ process: z.string() }).optional().describe("set when only a dependency failed"),
    })
    .optional(),
});
export type StepUse = z.infer<typeof stepUseSchema>;

/** Where the exact config and code of a run were found. */
export const versionSchema = z.object({
  hash: z.string(),
  found: z.enum(["workspace", "commit", "snapshot"]).nullable().describe("null: no files match this hash"),
  commit: z.string().nullable(),
  committedAt: nullableTime,
  seenAt: isoTime.nullable(),
});
export type Version = z.infer<typeof versionSchema>;

export const codeFileSchema = z.object({
  path: z.string(),
  text: z.string(),
  truncated: z.boolean(),
});

/** A chart or other file that a run's record names. */
export const runChartSchema = z.object({
  artifactId: z.string(),
  process: z.string().nullable(),
  title: z.string(),
  mediaType: z.string().nullable(),
  bytesRecorded: z.number().nullable(),
  createdAt: nullableTime,
  producerRunId: z.string().nullable().describe("the run that wrote it, when reused"),
  replaced: z.boolean().describe("the file no longer fits this record"),
  replacedSince: z.string().nullable().describe("id of the run that wrote over it, where one is known"),
});

export const runDetailSchema = runSchema.extend({
  steps: z.array(stepUseSchema),
  charts: z.array(runChartSchema),
  runNames: z
    .record(z.string(), z.string())
    .describe("names of the other runs that steps and charts mention, by id; a run that is gone has none"),
  version: versionSchema.nullable(),
  environment: z.record(z.string(), plainValue).optional(),
  code: z.object({ config: codeFileSchema.nullable(), files: z.array(codeFileSchema) }).optional(),
  links: z.array(z.object({ label: z.string(), href: z.string() })),
  raw: z.record(z.string(), plainValue).describe("the stored records as they are, bounded"),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

export const graphSchema = z.object({
  origin: z.enum(["version", "present-config", "none"]),
  hint: z.string().optional().describe("what would connect the run's own config, where it is not at hand"),
  nodes: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      parentId: z.string().nullable(),
      origin: stepOrigin,
      stepIndex: z.number().nullable(),
    }),
  ),
  edges: z.array(z.object({ from: z.string(), to: z.string() })),
});
export type Graph = z.infer<typeof graphSchema>;

export const logSchema = z.object({
  lines: z.array(z.object({ at: nullableTime, level: z.string().nullable(), text: z.string() })),
  nextOffset: z.number().nullable(),
  complete: z.boolean(),
});
export type Log = z.infer<typeof logSchema>;
