import { AppError } from "../domain/errors.ts";
import type { KeptPlan } from "../state/plans.ts";
import type { Actor, OperationsContext } from "./context.ts";

/** Throws `not_found`, also for a plan that this person may not see. */
export function findPlan({ state }: OperationsContext, actor: Actor, source: string, planId: string): KeptPlan {
  const plan = state.plans.find(source, planId);
  if (plan && state.reach.isSeen(actor, source, planId)) return plan;
  throw new AppError("not_found", "There is no such plan.", {
    remedy: "Plans are kept for a day, published ones for a day beyond their life. Make a new one.",
  });
}

/** What may be done with it: throws `forbidden` for another's plan, `conflict` for one that has run out. */
export function findOwnPlan(context: OperationsContext, actor: Actor, source: string, planId: string): KeptPlan {
  const plan = findPlan(context, actor, source, planId);
  if (plan.by !== actor.name)
    throw new AppError("forbidden", "This plan was made by someone else.", { remedy: "Make one of your own." });
  if (Date.parse(plan.expiresAt) <= context.now())
    throw new AppError("conflict", "This plan has run out: what it knew of the store may not hold any more.", {
      remedy: "Make a new one.",
    });
  return plan;
}
