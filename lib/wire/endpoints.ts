import { z } from "zod";
import {
  artifactDetailSchema,
  artifactSchema,
  entryDetailSchema,
  entrySchema,
  entryStates,
  treeNodeSchema,
} from "../domain/entry.ts";
import { explanationSchema, runExplanationSchema } from "../domain/explanation.ts";
import { ledgerGroupings, ledgerItemSchema, ledgerTotalsSchema } from "../domain/ledger.ts";
import { orphanSides, orphansSchema } from "../domain/orphan.ts";
import { policyOutcomeSchema } from "../domain/policy.ts";
import { previewSchema } from "../domain/preview.ts";
import { graphSchema, logSchema, metricSchema, runDetailSchema, runSchema, runStatuses } from "../domain/run.ts";
import { seriesSchema } from "../domain/series.ts";
import { columnSchema, experimentSchema, pageSchema, sourceSchema } from "../domain/source.ts";

/** One route of the API: the schemas parse its requests and make `openapi.json`. */
export interface Endpoint {
  method: "get" | "post";
  path: string;
  summary: string;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** JSON unless `mediaType` says otherwise. */
  answer?: z.ZodType;
  mediaType?: string;
  /** Answers without a credential. */
  open?: boolean;
}

const text = z.string().max(4_000);
const opaqueId = z.string().max(64);
const limit = z.coerce.number().int().min(1).max(1000).default(50);
const cursor = z.string().max(8_000).optional();
const list = { q: text.optional(), sort: text.optional(), cursor, limit };
/** `a,b` or repeated. */
const words = (allowed: readonly [string, ...string[]]) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((value) =>
      [value]
        .flat()
        .flatMap((part) => part.split(","))
        .filter(Boolean),
    )
    .pipe(z.array(z.enum(allowed)));
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
const entriesQuery = z.object({
  source: opaqueId.optional(),
  experiment: opaqueId.optional(),
  process: text.optional(),
  step: text.optional(),
  run: opaqueId.optional(),
  state: words(entryStates).optional(),
  ...list,
});
const artifactsQuery = z.object({
  source: opaqueId.optional(),
  prefix: text.optional(),
  run: opaqueId.optional(),
  ...list,
});

/** A day (`2026-11-20`) or a time; epoch ms. */
const moment = z.iso
  .date()
  .or(z.iso.datetime({ offset: true }))
  .transform((text) => Date.parse(text));
const ledgerQuery = z.object({
  source: opaqueId.optional(),
  experiment: opaqueId.optional(),
  from: moment.optional().describe("the whole UTC day of it counts"),
  to: moment.optional().describe("the UTC day of it and later ones do not count"),
  by: z.enum(ledgerGroupings).default("process"),
  sort: text.optional(),
  cursor,
  limit,
});
const days = z.coerce.number().min(0).max(100_000).optional();
const policyQuery = z.object({
  source: opaqueId.optional(),
  experiment: text.optional(),
  olderThanDays: days,
  unusedDays: days,
  keepBytes: z.coerce
    .number()
    .min(0)
    .optional()
    .describe("takes the least value for each byte first; the days then say nothing"),
});
const ledgerAnswer = pageSchema(ledgerItemSchema).extend({ totals: ledgerTotalsSchema });

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
  signIn: {
    method: "get",
    path: "/sign-in",
    summary: "The one-time sign-in address",
    query: z.object({ code: z.string().max(200) }),
    open: true,
  },
  signInByToken: { method: "post", path: "/sign-in", summary: "A sign-in cookie for a bearer token" },
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
  entries: {
    method: "get",
    path: "/cache/entries",
    summary: "Cache entries of every source",
    query: entriesQuery,
    answer: pageSchema(entrySchema),
  },
  sourceEntries: {
    method: "get",
    path: "/sources/{source}/cache/entries",
    summary: "Cache entries of a source",
    query: entriesQuery,
    answer: pageSchema(entrySchema),
  },
  tree: {
    method: "get",
    path: "/sources/{source}/cache/tree",
    summary: "Cache entries as a tree",
    query: z.object({ prefix: text.optional() }),
    answer: pageSchema(treeNodeSchema),
  },
  entry: {
    method: "get",
    path: "/sources/{source}/cache/entries/{entry}",
    summary: "One cache entry",
    answer: entryDetailSchema,
  },
  orphans: {
    method: "get",
    path: "/cache/orphans",
    summary: "Records whose payload is missing, and payloads that no record names",
    query: z.object({
      side: z.enum(orphanSides),
      store: opaqueId.optional().describe("a source: only the stores that it uses"),
      cursor,
      limit,
    }),
    answer: orphansSchema,
  },
  policy: {
    method: "get",
    path: "/cache/policy",
    summary: "What a policy would take away: nothing is changed",
    query: policyQuery,
    answer: policyOutcomeSchema,
  },
  ledger: {
    method: "get",
    path: "/cache/ledger",
    summary: "What the cache saved, what was spent, and what is stored",
    query: ledgerQuery,
    answer: ledgerAnswer,
  },
  sourceLedger: {
    method: "get",
    path: "/sources/{source}/cache/ledger",
    summary: "The same of one source",
    query: ledgerQuery,
    answer: ledgerAnswer,
  },
  explain: {
    method: "get",
    path: "/sources/{source}/cache/explain",
    summary: "Why a process or step of a run was reused, or was not",
    query: z.object({ run: opaqueId, process: text, step: text.optional(), baseline: opaqueId.optional() }),
    answer: explanationSchema,
  },
  explainRun: {
    method: "get",
    path: "/sources/{source}/runs/{run}/explanation",
    summary: "Why it computed what it computed, in a sentence",
    answer: runExplanationSchema,
  },
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
