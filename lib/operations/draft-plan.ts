import { randomBytes } from "node:crypto";
import type { Plan, PlanRequest } from "../domain/plan.ts";
import type { KeptPlanItem } from "../state/plans.ts";
import type { Actor, OperationsContext } from "./context.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { confirmationOf, identityOf, lifeRefusal, planRefusal, requireRole, settingRefusal } from "./guard.ts";
import { wordsOf } from "./settle.ts";

const mostNamed = 1_000;

/** What a plan that takes nothing out says of its own. */
export interface Addition {
  items: KeptPlanItem[];
  kept: Plan["kept"];
  warnings: string[];
  price: { seconds: number; atLeast: boolean };
  lifeSeconds: number | null;
}

/** Throws unless this person may plan such a change of this source. */
export function requirePlanning(context: OperationsContext, actor: Actor, source: string, act: string): void {
  requireRole(actor, "operator", act);
  const noPlan = planRefusal(context, source);
  if (noPlan) throw noPlan;
}

/** A plan that gives something to a store, kept for a while; nothing is written to the store. */
export async function draftPlan(
  context: OperationsContext,
  actor: Actor,
  source: string,
  request: PlanRequest,
  { items, kept, warnings, price, lifeSeconds }: Addition,
): Promise<Plan> {
  const { reader, rules, state } = context;
  const storeIdentity = await identityOf(context, source);
  const ids = items.map(({ entryId }) => entryId);
  const [along, progress, life] = await Promise.all([
    reader.runsAlong(source, ids, mostNamed),
    reader.progress(source),
    lifeRefusal(context, source),
  ]);
  const bytes = items.reduce((sum, item) => sum + (item.bytes ?? 0), 0);
  const now = context.now();
  const why = settingRefusal(context, source) ?? life;
  const plan: Plan = {
    id: randomBytes(12).toString("hex"),
    source,
    by: actor.name,
    intent: request.intent,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + rules.planMillis).toISOString(),
    asOf: progress.asOf === null ? null : new Date(progress.asOf).toISOString(),
    fingerprint: await fingerprintOf(source, storeIdentity, items),
    storeIdentity,
    totals: {
      entries: items.length,
      payloads: 0,
      bytesNow: bytes,
      bytesAfterTrash: bytes,
      recomputeSeconds: price.seconds,
      recomputeAtLeast: price.atLeast,
    },
    kept: kept.slice(0, mostNamed),
    keptCount: kept.length,
    affectedRuns: along.runs,
    affectedRunCount: along.total,
    downstream: [],
    warnings,
    allowed: why === null,
    refusal: why && wordsOf(why),
    restorableSeconds: rules.retentionMillis / 1000,
    lifeSeconds,
    confirm: confirmationOf(rules, context.sourceOf(source), items.length),
  };
  await state.plans.save({ plan, items, request, changes: [] });
  return plan;
}
