import { z } from "zod";

/** What is looked at of a store, in this order: each stage stands on those before it. */
export const checkStages = ["parse", "policy", "reach", "auth", "rights", "data", "fit"] as const;
export type CheckStage = (typeof checkStages)[number];

/** `skip`: not looked at, for the reason that is said. */
export const checkVerdicts = ["pass", "warn", "fail", "skip"] as const;
export type CheckVerdict = (typeof checkVerdicts)[number];

export const checkStepSchema = z.object({
  id: z.string().describe("names the step within its source; the same at each check"),
  slot: z.string().describe("which of the source's stores: index, blobs, code, with its place"),
  stage: z.enum(checkStages),
  verdict: z.enum(checkVerdicts),
  message: z.string(),
  remedy: z.string().optional().describe("what mends it, to paste where it can be"),
  tookMs: z.number(),
});
export type CheckStep = z.infer<typeof checkStepSchema>;

/** What of a source is looked at; nothing said: all. */
export interface CheckPart {
  /** One of its stores, or `source` for what holds of all together. */
  slot?: string | undefined;
  /** This stage alone, and those that it stands on. */
  stage?: CheckStage | undefined;
}

export const checkRecipeSchema = z.object({
  title: z.string(),
  text: z.string().describe("the least rights, as the store's own command or list"),
});
export type CheckRecipe = z.infer<typeof checkRecipeSchema>;

export const sourceCheckSchema = z.object({
  sourceId: z.string(),
  verdict: z.enum(checkVerdicts).describe("the worst of its steps"),
  steps: z.array(checkStepSchema),
  recipe: z.array(checkRecipeSchema).optional(),
});
export type SourceCheck = z.infer<typeof sourceCheckSchema>;

const gravity = { fail: 3, warn: 2, pass: 1, skip: 0 } as const satisfies Record<CheckVerdict, number>;

/** The worst of some steps; what was skipped says nothing where anything else was looked at. */
export function worstOf(steps: readonly Pick<CheckStep, "verdict">[]): CheckVerdict {
  return steps.reduce<CheckVerdict>(
    (worst, { verdict }) => (gravity[verdict] > gravity[worst] ? verdict : worst),
    "skip",
  );
}
