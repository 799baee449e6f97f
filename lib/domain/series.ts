import { z } from "zod";
import { wireNumber } from "./values.ts";

export const xAxisName = z.string().describe("`step`, `time`, `relative` or the id of another metric of the run");

export const seriesPointSchema = z.object({ x: wireNumber, y: wireNumber });
export const seriesBucketSchema = z.object({
  x0: z.number(),
  x1: z.number(),
  first: wireNumber.nullable(),
  last: wireNumber.nullable(),
  min: wireNumber.nullable().describe("null: no finite value in this bucket"),
  max: wireNumber.nullable(),
  count: z.number(),
  nonFinite: z.number(),
});
export type SeriesBucket = z.infer<typeof seriesBucketSchema>;

/** A metric of a run over x: its points, or min/max buckets when there are more points than asked for. */
export const seriesSchema = z.object({
  source: z.string(),
  run: z.string(),
  metric: z.string(),
  x: xAxisName,
  total: z.number().describe("points in the asked range"),
  nonFinite: z.number(),
  reduced: z.boolean(),
  producerRunId: z.string().nullable(),
  sameAs: z.number().optional().describe("index of an earlier item with the very same points"),
  points: z.array(seriesPointSchema).optional(),
  buckets: z.array(seriesBucketSchema).optional(),
});
export type Series = z.infer<typeof seriesSchema>;
