import type { Plan, PlanRequest } from "../domain/plan.ts";
import type { KeptPlanItem } from "../state/plans.ts";
import { composePlan, readSurroundings } from "./compose-plan.ts";
import type { Actor, OperationsContext } from "./context.ts";
import { identityOf, planRefusal, requireRole } from "./guard.ts";

/** What a plan that takes nothing out says of its own. */
export interface Addition {
  items: KeptPlanItem[];
  /** Of which they are. */
  experiments: string[];
  kept: Plan["kept"];
  warnings: string[];
  price: { seconds: number; atLeast: boolean };
  lifeSeconds: number | null;
}

/** Throws unless this person may plan such a change of this source. */
export function requirePlanning(context: OperationsContext, actor: Actor, source: string, act: string): void {
  requireRole(actor, source, "operator", act);
  const noPlan = planRefusal(context, source);
  if (noPlan) throw noPlan;
}

/** A plan that gives something to a store, kept for a while; nothing is written to the store. */
export async function draftPlan(
  context: OperationsContext,
  actor: Actor,
  source: string,
  request: PlanRequest,
  { items, experiments, kept, warnings, price, lifeSeconds }: Addition,
): Promise<Plan> {
  const storeIdentity = await identityOf(context, source);
  const ids = items.map(({ entryId }) => entryId);
  const around = await readSurroundings(context, actor, source, ids);
  const bytes = items.reduce((sum, item) => sum + (item.bytes ?? 0), 0);
  const totals = { payloads: 0, bytesNow: bytes, bytesAfterTrash: bytes };
  const contents = { items, kept, warnings, price, lifeSeconds, totals, downstream: [] };
  const plan = await composePlan(context, { actor, source, request, storeIdentity }, around, contents);
  await context.state.plans.save({ plan, items, experiments, request, changes: [] });
  return plan;
}
