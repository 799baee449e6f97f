import { z } from "zod";
import { bucketSchema } from "../domain/bucket.ts";
import { entryDetailSchema, entrySchema, entryStates, lostEntrySchema, treeNodeSchema } from "../domain/entry.ts";
import { explanationSchema, runExplanationSchema } from "../domain/explanation.ts";
import { ledgerGroupings, ledgerItemSchema, ledgerTotalsSchema } from "../domain/ledger.ts";
import { orphanSides, orphansSchema } from "../domain/orphan.ts";
import { policyOutcomeSchema } from "../domain/policy.ts";
import { pageSchema } from "../domain/source.ts";
import type { Endpoint } from "./endpoint.ts";
import { cursor, limit, list, opaqueId, text, words } from "./query-fields.ts";

const entriesQuery = z.object({
  source: opaqueId.optional(),
  experiment: opaqueId.optional(),
  process: text.optional(),
  step: text.optional(),
  run: opaqueId.optional(),
  state: words(entryStates).optional(),
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

/** Entries, why they were used or not, what they are worth, and what no record names. */
export const cacheEndpoints = {
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
    summary: "Where index and payloads do not agree",
    query: z.object({
      side: z
        .enum(orphanSides)
        .describe(
          "index: records whose payload is missing; payload: those that no record names; size: payloads of another size than recorded; expiry: a life that is over and not obeyed",
        ),
      store: opaqueId.optional().describe("a source: only the stores that it uses"),
      q: text.optional(),
      cursor,
      limit,
    }),
    answer: orphansSchema,
  },
  buckets: {
    method: "get",
    path: "/cache/buckets",
    summary: "Object stores, and whether all indexes of each are connected",
    answer: pageSchema(bucketSchema),
  },
  confirmBucket: {
    method: "post",
    path: "/cache/buckets/{bucket}/confirm",
    summary: "Say that every index which names things in it is connected; takes an admin",
    body: z.object({}),
    answer: bucketSchema,
  },
  revokeBucket: {
    method: "post",
    path: "/cache/buckets/{bucket}/revoke",
    summary: "Say so no longer: nothing in it is called an orphan",
    body: z.object({}),
    answer: bucketSchema,
  },
  lostEntries: {
    method: "get",
    path: "/sources/{source}/cache/lost",
    summary:
      "Entries that are gone while the files of their results are still there: a plan with the intent revive brings them back",
    query: z.object({
      entry: opaqueId.optional(),
      run: opaqueId.optional(),
      process: text.optional(),
      step: text.optional(),
      limit,
    }),
    answer: pageSchema(lostEntrySchema),
  },
  pin: {
    method: "post",
    path: "/sources/{source}/cache/pins",
    summary:
      "Pin entries, or unpin them: policies and freeing space leave what is pinned; nothing is written to the store",
    body: z.object({ entries: z.array(opaqueId).min(1).max(20_000), pinned: z.boolean() }),
    answer: z.object({ changed: z.number() }),
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
} as const satisfies Record<string, Endpoint>;
