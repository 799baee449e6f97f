import { AppError } from "../domain/errors.ts";
import type { Hold } from "../domain/proposal.ts";
import { grantOf } from "../domain/viewer.ts";
import type { KeptPlan } from "../state/plans.ts";
import type { Actor, OperationsContext } from "./context.ts";
import { findOwnPlan, findPlan } from "./find-plan.ts";
import { planRefusal, requireRole } from "./guard.ts";
import { makePlan } from "./plan.ts";
import { requireOpen } from "./proposal-state.ts";

export interface PublishRequest {
  /** How long it may be applied. */
  days: number;
  note?: string | undefined;
}
export interface HoldRequest {
  /** Ids of entries and files of the plan. */
  items: readonly string[];
  reason: string;
}

const dayMillis = 24 * 3600_000;

/** Makes a plan known to others for days, who may hold rows of it back. */
export function publishPlan(
  context: OperationsContext,
  actor: Actor,
  source: string,
  planId: string,
  { days, note = "" }: PublishRequest,
): void {
  requireRole(actor, source, "operator", "Publishing a plan");
  const { proposals, journal } = context.state;
  const refusal = planRefusal(context, source);
  if (refusal) throw refusal;
  findPlan(context, actor, source, planId);
  if (proposals.find(planId)) throw new AppError("conflict", "This plan is published already.");
  const plan = findOwnPlan(context, actor, source, planId);
  if (journal.byPlan(planId) || plan.again)
    throw new AppError("conflict", plan.again ? "This plan was made of a proposal." : "This plan was applied.", {
      remedy: "Make a new one and publish that.",
    });
  if (plan.intent === "revive" || plan.intent === "keep-longer")
    throw new AppError("unsupported", "Only what takes something out is proposed.", {
      remedy: "Apply this plan: it gives to the store and takes nothing.",
    });
  const at = context.now();
  const until = at + days * dayMillis;
  const result = `until ${new Date(until).toISOString()}${note && `: ${note}`}`;
  proposals.publish(
    { plan: planId, by: actor.name, at, until, note },
    { at, by: actor.name, action: "publish plan", source, subject: planId, result },
  );
  context.onOperation(source, planId);
}

/** Keeps rows of a published plan out of what applying it takes. */
export function holdBack(
  context: OperationsContext,
  actor: Actor,
  source: string,
  planId: string,
  { items, reason }: HoldRequest,
): void {
  requireRole(actor, source, "operator", "Holding rows back");
  requireOpen(context, actor, source, planId);
  const { proposals } = context.state;
  const rows = proposals.rowsOf(planId, items);
  const strange = items.find((id) => !rows.some(({ item }) => item.entryId === id));
  if (strange !== undefined)
    throw new AppError("not_found", "Not all of this is in the plan, so nothing was held back.", {
      remedy: "Look at its items again.",
      details: { item: strange },
    });
  const at = context.now();
  const held = new Set(proposals.held(planId).map(({ subject }) => subject));
  const free = rows.filter(({ item }) => !held.has(item.entryId));
  proposals.hold(
    planId,
    free.map(({ ord, item }) => ({ ord, subject: item.entryId })),
    { by: actor.name, at, reason },
    free.map(({ item }) => ({
      at,
      by: actor.name,
      action: "hold back",
      source,
      subject: `${planId} ${item.key}`,
      result: reason,
    })),
  );
  context.onOperation(source, planId);
}

/** Lets go what the same person holds back; an admin what anyone does. */
export function releaseHeld(
  context: OperationsContext,
  actor: Actor,
  source: string,
  planId: string,
  items: readonly string[],
): void {
  requireRole(actor, source, "operator", "Releasing rows");
  requireOpen(context, actor, source, planId);
  const { proposals } = context.state;
  const asked = new Set(items);
  const rows = proposals.held(planId).filter(({ subject }) => asked.has(subject));
  const other = rows.find(({ by }) => by !== actor.name);
  if (other && grantOf(actor, source)?.role !== "admin")
    throw new AppError("forbidden", `${other.by} holds this back.`, { remedy: `Ask ${other.by}, or an admin.` });
  const at = context.now();
  const subjects = rows.map(({ subject }) => subject);
  const keys = new Map(proposals.rowsOf(planId, subjects).map(({ item }) => [item.entryId, item.key]));
  proposals.release(
    planId,
    subjects,
    rows.map(({ subject, by, reason }) => ({
      at,
      by: actor.name,
      action: "release",
      source,
      subject: `${planId} ${keys.get(subject)}`,
      result: `was held back by ${by}: ${reason}`,
    })),
  );
  context.onOperation(source, planId);
}

/** Ends a proposal without doing anything. */
export function withdrawPlan(context: OperationsContext, actor: Actor, source: string, planId: string): void {
  requireRole(actor, source, "operator", "Withdrawing a proposal");
  const { by } = requireOpen(context, actor, source, planId);
  if (by !== actor.name && grantOf(actor, source)?.role !== "admin")
    throw new AppError("forbidden", `${by} published this.`, { remedy: `Ask ${by}, or an admin.` });
  const at = context.now();
  context.state.proposals.withdraw(planId, actor.name, at, {
    at,
    by: actor.name,
    action: "withdraw plan",
    source,
    subject: planId,
    result: "withdrawn",
  });
  context.onOperation(source, planId);
}

/** Plans a proposal again from what is known now, without what is held back: this is what can be applied. */
export async function planAgain(
  context: OperationsContext,
  actor: Actor,
  source: string,
  planId: string,
): Promise<KeptPlan> {
  const { by, at } = requireOpen(context, actor, source, planId);
  const { plans, proposals } = context.state;
  const plan = findPlan(context, actor, source, planId);
  const held = new Map<string, Hold>(proposals.held(planId).map(({ subject, ...hold }) => [subject, hold]));
  const before = plans.items(planId, 0, plan.totals.entries + plan.totals.payloads);
  const proposal = { plan: planId, by, at: new Date(at).toISOString(), before, held };
  return makePlan(context, actor, source, plans.requestOf(planId)!, proposal);
}
