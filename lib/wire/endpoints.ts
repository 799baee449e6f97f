import { z } from "zod";
import { artifactDetailSchema, artifactSchema } from "../domain/entry.ts";
import { previewSchema } from "../domain/preview.ts";
import { graphSchema, logSchema, metricSchema, runDetailSchema, runSchema, runStatuses } from "../domain/run.ts";
import { seriesSchema } from "../domain/series.ts";
import { columnSchema, experimentSchema, pageSchema, sourceSchema } from "../domain/source.ts";
import { accessEndpoints } from "./access-endpoints.ts";
import { cacheEndpoints } from "./cache-endpoints.ts";
import type { Endpoint } from "./endpoint.ts";
import { operationEndpoints } from "./operation-endpoints.ts";
import { planEndpoints } from "./plan-endpoints.ts";
import { list, opaqueId, text, words } from "./query-fields.ts";
import { settingsEndpoints } from "./settings-endpoints.ts";

/** `a,b`, repeated, or a JSON array, since an id may hold a comma. */
const columnIds = z
  .union([z.string(), z.array(z.string())])
  .transform((value, context): unknown => {
    if (typeof value !== "string") return value;
    if (!value.startsWith("[")) return value.split(",");
    try {
      return JSON.parse(value);
    } catch {
      context.addIssue("neither column ids with commas between them nor a JSON array of them");
      return z.NEVER;
    }
  })
  .pipe(z.array(text).max(1000));

const runsQuery = z.object({
  source: opaqueId.optional(),
  experiment: opaqueId.optional(),
  status: words(runStatuses).optional(),
  columns: columnIds.optional(),
  ...list,
});
const artifactsQuery = z.object({
  source: opaqueId.optional(),
  prefix: text.optional(),
  run: opaqueId.optional(),
  ...list,
});

/** A number as text or as it is; `null` and an empty text are none, never 0. */
const bound = z
  .union([z.number(), z.string().trim().length(0), z.string().pipe(z.coerce.number()), z.null()])
  .transform((value) => (typeof value === "number" ? value : undefined))
  .optional();
const seriesRange = {
  from: bound,
  to: bound,
  points: z.coerce.number().int().min(2).max(20_000).default(1000),
  x: text.default("step"),
};

const figures = z.record(z.string(), z.number());

export const endpoints = {
  health: {
    method: "get",
    path: "/health",
    summary: "Is the server well?",
    answer: z.object({ status: z.enum(["ok", "degraded"]), version: z.string() }),
    open: true,
  },
  ...accessEndpoints,
  overview: {
    method: "get",
    path: "/overview",
    summary: "Figures over all sources",
    answer: z.object({
      runs: figures,
      entries: figures,
      savedSeconds: z.number(),
      spentSeconds: z.number(),
      storedBytes: z.number(),
      brokenEntries: z.number(),
      orphanPayloads: z.number(),
    }),
  },
  sources: {
    method: "get",
    path: "/sources",
    summary: "What is configured and how it fares",
    answer: pageSchema(sourceSchema),
  },
  experiments: {
    method: "get",
    path: "/sources/{source}/experiments",
    summary: "Experiments of a source",
    answer: pageSchema(experimentSchema),
  },
  runs: {
    method: "get",
    path: "/runs",
    summary: "Runs of every source",
    query: runsQuery,
    answer: pageSchema(runSchema),
  },
  sourceRuns: {
    method: "get",
    path: "/sources/{source}/runs",
    summary: "Runs of a source",
    query: runsQuery,
    answer: pageSchema(runSchema),
  },
  runColumns: {
    method: "get",
    path: "/runs/columns",
    summary: "Columns that runs can be listed and sorted by",
    query: z.object({ source: opaqueId.optional(), experiment: opaqueId.optional(), q: text.optional() }),
    answer: pageSchema(columnSchema),
  },
  run: { method: "get", path: "/sources/{source}/runs/{run}", summary: "One run", answer: runDetailSchema },
  graph: {
    method: "get",
    path: "/sources/{source}/runs/{run}/graph",
    summary: "Its process graph",
    answer: graphSchema,
  },
  log: {
    method: "get",
    path: "/sources/{source}/runs/{run}/log",
    summary: "Its log, by line",
    query: z.object({
      offset: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(5000).default(1000),
    }),
    answer: logSchema,
  },
  metrics: {
    method: "get",
    path: "/sources/{source}/runs/{run}/metrics",
    summary: "Its metrics",
    answer: pageSchema(metricSchema),
  },
  series: {
    method: "get",
    path: "/sources/{source}/runs/{run}/series/{metric}",
    summary: "A metric over x",
    query: z.object(seriesRange),
    answer: seriesSchema,
  },
  seriesOfMany: {
    method: "post",
    path: "/series",
    summary: "Many metrics over one x",
    body: z.object({
      refs: z.array(z.object({ source: opaqueId, run: opaqueId, metric: opaqueId })).max(500),
      ...seriesRange,
    }),
    answer: pageSchema(seriesSchema),
  },
  runArtifacts: {
    method: "get",
    path: "/sources/{source}/runs/{run}/artifacts",
    summary: "Its artifacts",
    query: artifactsQuery,
    answer: pageSchema(artifactSchema),
  },
  ...cacheEndpoints,
  ...planEndpoints,
  ...operationEndpoints,
  ...settingsEndpoints,
  artifacts: {
    method: "get",
    path: "/sources/{source}/artifacts",
    summary: "Artifacts of a source",
    query: artifactsQuery,
    answer: pageSchema(artifactSchema),
  },
  artifact: {
    method: "get",
    path: "/sources/{source}/artifacts/{artifact}",
    summary: "One artifact",
    answer: artifactDetailSchema,
  },
  preview: {
    method: "get",
    path: "/sources/{source}/artifacts/{artifact}/preview",
    summary: "A bounded, safe rendering",
    query: z.object({
      offset: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(10_000).default(200),
    }),
    answer: previewSchema,
  },
  content: {
    method: "get",
    path: "/sources/{source}/artifacts/{artifact}/content",
    summary: "The bytes; `Range` is honoured",
    query: z.object({ expires: z.coerce.number().optional(), signature: z.string().max(200).optional() }),
    mediaType: "application/octet-stream",
  },
  events: {
    method: "get",
    path: "/events",
    summary: "Live changes (server-sent events)",
    query: z.object({ source: opaqueId.optional() }),
    mediaType: "text/event-stream",
  },
  openapi: { method: "get", path: "/openapi.json", summary: "This description" },
} as const satisfies Record<string, Endpoint>;
