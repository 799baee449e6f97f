import { z } from "zod";
import { nullableTime, plainValue, seconds } from "./values.ts";

export const verdicts = [
  "hit",
  "first",
  "changed",
  "previous-failed",
  "no-path",
  "expired",
  "removed",
  "payload-gone",
  "same-key-lost",
  "disabled",
  "unknown",
] as const;
export const verdict = z.enum(verdicts);
export type Verdict = z.infer<typeof verdict>;

export const certainty = z
  .enum(["recorded", "observed", "inferred"])
  .describe("recorded: stands in the store; observed: Trialdeck saw it happen; inferred: follows from what is known");
export type Certainty = z.infer<typeof certainty>;

const comparedSchema = z.object({ entryId: z.string().nullable(), runId: z.string(), runName: z.string() });

export const causeSchema = z.object({
  process: z.string().nullable().describe("null: everywhere at once"),
  step: z.string().nullable(),
  part: z.enum(["config", "function", "input", "global-config", "data-file"]),
});
export type Cause = z.infer<typeof causeSchema>;

export const changedValueSchema = z.object({
  path: z.string(),
  before: plainValue.optional().describe("absent: not set"),
  after: plainValue.optional().describe("absent: not set"),
});
export type ChangedValue = z.infer<typeof changedValueSchema>;

export const codeChangeSchema = z.object({
  name: z.string().describe("the function, or the path of a whole script"),
  lines: z.array(z.object({ sign: z.enum([" ", "-", "+"]), text: z.string() })),
  truncated: z.boolean(),
});
export type CodeChange = z.infer<typeof codeChangeSchema>;

/** A piece of a sentence; `process` is set where the text names one, so that it can be a link. */
export const sentencePartSchema = z.object({ text: z.string(), process: z.string().optional() });

/** Why a process or step of a run was reused, or was not. */
export const explanationSchema = z.object({
  process: z.string(),
  step: z.string().nullable(),
  verdict,
  certainty,
  candidates: z.array(verdict).optional().describe("what it may have been, where that was not seen"),
  comparedWith: comparedSchema.nullable().describe("the run whose keys these are compared with, all the way up"),
  closest: comparedSchema.nullable().describe("the earlier entry that differs in the fewest parts"),
  parts: z.array(
    z.object({
      name: z.string(),
      before: z.string().nullable(),
      after: z.string().nullable(),
      same: z.boolean().nullable().describe("null: one side is not recorded"),
    }),
  ),
  values: z.array(changedValueSchema).describe("from versions that are known"),
  codeDiff: z.array(codeChangeSchema).optional(),
  firstCause: causeSchema.nullable(),
  alsoChanged: z.array(causeSchema).describe("further processes at or above it that changed by themselves"),
  followers: z.array(z.string()).describe("processes of the run that ran again because of this one"),
  hit: z
    .object({
      entryId: z.string().nullable(),
      producerRunId: z.string().nullable(),
      producerRunName: z.string().nullable(),
      at: nullableTime,
      executionSeconds: seconds.nullable(),
    })
    .nullable()
    .describe("where a reused result comes from"),
  notes: z.array(z.string()).describe("what limits the answer"),
  unsupported: z.string().optional(),
  sentence: z.string(),
  sentenceParts: z.array(sentencePartSchema),
});
export type Explanation = z.infer<typeof explanationSchema>;

/** Why a run computed what it computed, in a sentence. */
export const runExplanationSchema = z.object({
  sentence: z.string(),
  sentenceParts: z.array(sentencePartSchema),
  items: z.array(
    explanationSchema
      .pick({ process: true, verdict: true, certainty: true, firstCause: true })
      .describe("of each process that was not reused"),
  ),
  complete: z.boolean().describe("false: there are more processes than were looked at"),
});
export type RunExplanation = z.infer<typeof runExplanationSchema>;
