import { randomBytes } from "node:crypto";
import type { Plan } from "../domain/plan.ts";
import type { KeptPlanItem } from "../state/plans.ts";
import { type ChosenEntry, chooseEntries, type PlanRequest } from "./choose-entries.ts";
import { choosePayloads } from "./choose-payloads.ts";
import type { Actor, OperationsContext } from "./context.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { confirmationOf, identityOf, lifeRefusal, planRefusal, requireRole, settingRefusal } from "./guard.ts";
import { planKeeping } from "./plan-keeping.ts";
import { planRevival } from "./plan-revival.ts";
import { priceOf } from "./price.ts";
import { wordsOf } from "./settle.ts";

const mostNamed = 1_000;
const noFiles: ReturnType<typeof choosePayloads> = { items: [], kept: [] };

/** What would happen, priced: made of the catalog, kept for a while, and nothing is written to the store. */
export async function makePlan(
  context: OperationsContext,
  actor: Actor,
  source: string,
  request: PlanRequest,
): Promise<Plan> {
  if (request.intent === "revive") return planRevival(context, actor, source, request);
  if (request.intent === "keep-longer") return planKeeping(context, actor, source, request);
  requireRole(actor, "operator", "Planning an invalidation");
  const { reader, rules, state } = context;
  const described = context.sourceOf(source);
  const noPlan = planRefusal(context, source);
  if (noPlan) throw noPlan;
  const storeIdentity = await identityOf(context, source);
  const { entries, warnings } = await chooseEntries(context, actor, source, request);
  const rows = entries.filter(({ of }) => of === "entry");
  const ids = rows.map(({ id }) => id);
  const takesPayloads = request.payloads ?? request.intent === "free-space";
  const [payloads, payloadBytes, along, progress, life] = await Promise.all([
    takesPayloads ? reader.plannedPayloads(source, ids) : [],
    reader.payloadBytes(source, ids),
    reader.runsAlong(source, ids, mostNamed),
    reader.progress(source),
    lifeRefusal(context, source),
  ]);
  if (!progress.complete) warnings.push("The source has not been read to its end: there may be more than is listed.");
  const { items: files, kept } = takesPayloads ? choosePayloads(payloads, progress.complete) : noFiles;
  const orphans = entries.filter(({ of }) => of === "artifact");
  const items = [...rows.map(itemOf), ...orphans.map(itemOf), ...files];
  const held = payloadBytes + sum(orphans);
  const leaving = sum([...files, ...orphans]);
  const price = priceOf(entries);
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
    fingerprint: fingerprintOf(source, storeIdentity, items),
    storeIdentity,
    totals: {
      entries: rows.length,
      payloads: files.length + orphans.length,
      bytesNow: held,
      bytesAfterTrash: held - leaving,
      recomputeSeconds: price.seconds,
      recomputeAtLeast: price.atLeast,
    },
    kept: kept.slice(0, mostNamed),
    keptCount: kept.length,
    affectedRuns: along.runs,
    affectedRunCount: along.total,
    downstream: countDownstream(rows),
    warnings,
    allowed: why === null,
    refusal: why && wordsOf(why),
    restorableSeconds: rules.retentionMillis / 1000,
    lifeSeconds: null,
    confirm: confirmationOf(rules, described, items.length),
  };
  state.plans.save(plan, items);
  return plan;
}

function itemOf(entry: ChosenEntry): KeptPlanItem {
  const { id, of, key, process, step, bytes, locator, reason, token } = entry;
  return { entryId: id, of, key, process, step, bytes, locators: [locator], reason, token, holders: [] };
}

function countDownstream(entries: readonly ChosenEntry[]): Plan["downstream"] {
  const following = entries.filter(({ reason }) => reason === "downstream");
  const places = Map.groupBy(following, ({ process, step }) => JSON.stringify([process, step]));
  return [...places.values()].map((members) => ({
    process: members[0]!.process!,
    step: members[0]!.step,
    entries: members.length,
  }));
}

function sum(things: readonly { bytes: number | null }[]): number {
  return things.reduce((total, { bytes }) => total + (bytes ?? 0), 0);
}
