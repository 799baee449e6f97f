import { z } from "zod";
import { planItemSchema, planSchema } from "./plan.ts";
import { isoTime, nullableTime } from "./values.ts";

/** `over`: nobody applied it within its life. */
export const proposalStates = ["open", "applied", "withdrawn", "over"] as const;
export type ProposalState = (typeof proposalStates)[number];

/** A row that someone holds back: it stays where it is. */
export const holdSchema = z.object({ by: z.string(), at: isoTime, reason: z.string() });
export type Hold = z.infer<typeof holdSchema>;

export const proposalSchema = z.object({
  by: z.string(),
  at: isoTime,
  until: isoTime,
  note: z.string(),
  state: z.enum(proposalStates),
  heldItems: z.number(),
  endedBy: z.string().nullable(),
  endedAt: nullableTime,
  operationId: z.string().nullable().describe("what applied it"),
});
export type Proposal = z.infer<typeof proposalSchema>;

/** Against the proposal: what is planned that was not, what is planned no longer, what was written anew since, what is held back. */
export const planChanges = ["came", "went", "changed", "held"] as const;
export type PlanChangeKind = (typeof planChanges)[number];

/** A plan that was made again of a proposal: which one, and how many rows differ. */
export const againSchema = z.object({
  plan: z.string().describe("the proposal"),
  by: z.string(),
  at: isoTime,
  counts: z.record(z.enum(planChanges), z.number()),
});
export type PlannedAgain = z.infer<typeof againSchema>;

export const shownPlanSchema = planSchema.extend({
  proposal: proposalSchema.optional().describe("absent: it is not published"),
  again: againSchema.optional(),
});
export type ShownPlan = z.infer<typeof shownPlanSchema>;

/** What a list says of a published plan. */
export const proposedPlanSchema = planSchema
  .omit({ kept: true, affectedRuns: true, downstream: true, warnings: true })
  .extend({ proposal: proposalSchema });
export type ProposedPlan = z.infer<typeof proposedPlanSchema>;

export const shownPlanItemSchema = planItemSchema.extend({ held: holdSchema.optional() });
export type ShownPlanItem = z.infer<typeof shownPlanItemSchema>;

export const planChangeSchema = shownPlanItemSchema.extend({ change: z.enum(planChanges) });
export type PlanChange = z.infer<typeof planChangeSchema>;
