import { randomBytes } from "node:crypto";
import type { CatalogReader } from "../catalog/contract.ts";
import type { AppError } from "../domain/errors.ts";
import type { Plan, PlanRequest } from "../domain/plan.ts";
import { scopeIn } from "../domain/viewer.ts";
import type { KeptPlanItem } from "../state/plans.ts";
import type { Actor, OperationsContext } from "./context.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { confirmationOf, lifeRefusal, settingRefusal } from "./guard.ts";
import { wordsOf } from "./settle.ts";

const mostNamed = 1_000;

/** What stands around the planned entries. */
export interface Surroundings {
  along: Awaited<ReturnType<CatalogReader["runsAlong"]>>;
  progress: Awaited<ReturnType<CatalogReader["progress"]>>;
  /** Why nothing of the source may be changed now. */
  life: AppError | null;
}

/** What only the kind of plan knows. */
export interface PlanContents extends Pick<Plan, "kept" | "warnings" | "downstream" | "lifeSeconds"> {
  items: readonly KeptPlanItem[];
  totals: Pick<Plan["totals"], "payloads" | "bytesNow" | "bytesAfterTrash">;
  price: { seconds: number; atLeast: boolean };
}

export async function readSurroundings(
  context: OperationsContext,
  actor: Actor,
  source: string,
  entries: readonly string[],
): Promise<Surroundings> {
  const [along, progress, life] = await Promise.all([
    context.reader.runsAlong(source, entries, mostNamed, scopeIn(actor, source)),
    context.reader.progress(source),
    lifeRefusal(context, actor, source),
  ]);
  return { along, progress, life };
}

/** A plan with all that every kind says. `storeIdentity`: as it was before anything was chosen. */
export async function composePlan(
  context: OperationsContext,
  asked: { actor: Actor; source: string; request: PlanRequest; storeIdentity: string },
  { along, progress, life }: Surroundings,
  { items, kept, totals, price, ...told }: PlanContents,
): Promise<Plan> {
  const { actor, source, request, storeIdentity } = asked;
  const { rules } = context;
  const now = context.now();
  const why = settingRefusal(context, source) ?? life;
  return {
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
      entries: items.length - totals.payloads,
      ...totals,
      recomputeSeconds: price.seconds,
      recomputeAtLeast: price.atLeast,
    },
    kept: kept.slice(0, mostNamed),
    keptCount: kept.length,
    affectedRuns: along.runs,
    affectedRunCount: along.total,
    ...told,
    allowed: why === null,
    refusal: why && wordsOf(why),
    restorableSeconds: rules.retentionMillis / 1000,
    confirm: confirmationOf(rules, context.sourceOf(source), items.length),
  };
}
