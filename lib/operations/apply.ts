import { randomBytes } from "node:crypto";
import { AppError } from "../domain/errors.ts";
import type { OperationKind } from "../domain/operation.ts";
import type { Plan, PlanIntent } from "../domain/plan.ts";
import type { JournalOperation, NewItem } from "../state/journal.ts";
import type { Actor, OperationsContext } from "./context.ts";
import {
  confirmationOf,
  lifeRefusal,
  requireConfirmation,
  requireIdentity,
  requireRole,
  settingRefusal,
} from "./guard.ts";

export interface ApplyRequest {
  fingerprint: string;
  /** The source's name, where the plan asks for it. */
  confirm?: string | undefined;
}

const partSize = 1_000;

/** Confirms a plan: from here on the journal knows of it, and it will be done. Answers the operation, the same one for the same plan. */
export async function applyPlan(
  context: OperationsContext,
  actor: Actor,
  source: string,
  planId: string,
  request: ApplyRequest,
  idempotencyKey: string,
): Promise<JournalOperation> {
  requireRole(actor, "operator", "Changing a store");
  const { state, rules } = context;
  const { journal } = state;
  const findIt = () =>
    findBegun(context, actor, idempotencyKey, ({ plan }) => plan === planId) ?? journal.byPlan(planId);
  const begun = findIt();
  if (begun) return begun;

  const plan = findPlan(context, actor, source, planId);
  const refusal = settingRefusal(context, source) ?? (await lifeRefusal(context, source));
  if (refusal) throw refusal;
  if (request.fingerprint !== plan.fingerprint)
    throw new AppError("conflict", "The fingerprint is not that of this plan.", { remedy: "Look at the plan again." });
  const count = plan.totals.entries + plan.totals.payloads;
  requireConfirmation(confirmationOf(rules, context.sourceOf(source), count), request.confirm);
  const kind = kindOf(plan.intent);
  if (kind === "invalidate" && state.trash.contentBytes() >= rules.quotaBytes)
    throw new AppError("conflict", "The trash is full, so nothing more is set aside.", {
      remedy: "Put something back or empty a part of it on the page Operations, or raise TRIALDECK_TRASH_BYTES.",
    });
  await requireIdentity(context, source, plan.storeIdentity);

  // Meanwhile another request may have begun it.
  const begunMeanwhile = findIt();
  if (begunMeanwhile) return begunMeanwhile;
  const id = randomBytes(10).toString("hex");
  const at = context.now();
  journal.begin(
    {
      id,
      kind,
      source,
      intent: plan.intent,
      by: actor.name,
      at,
      identity: plan.storeIdentity,
      plan: plan.id,
      ofOperation: null,
      idempotencyKey,
    },
    itemsOf(context, plan, count),
    { at, by: actor.name, action: kind, source, subject: id, result: `confirmed, ${count} items` },
  );
  return journal.find(id)!;
}

function kindOf(intent: PlanIntent): OperationKind {
  if (intent === "revive") return "revive";
  return intent === "keep-longer" ? "extend" : "invalidate";
}

/** The operation that this request began when it was sent before. Throws `conflict` when the key was used for another. */
export function findBegun(
  { state: { journal } }: OperationsContext,
  actor: Actor,
  idempotencyKey: string,
  isSame: (operation: JournalOperation) => boolean,
): JournalOperation | null {
  const begun = journal.byKey(actor.name, idempotencyKey);
  if (begun && !isSame(begun))
    throw new AppError("conflict", "This Idempotency-Key was used for something else.", {
      remedy: "Send a new key with each new request.",
    });
  return begun;
}

/** Throws `not_found`, `forbidden` for another's plan, `conflict` for one that has run out. */
function findPlan({ state, now }: OperationsContext, actor: Actor, source: string, planId: string): Plan {
  const plan = state.plans.find(source, planId);
  if (!plan) throw new AppError("not_found", "There is no such plan.", { remedy: "Make a new one." });
  if (plan.by !== actor.name)
    throw new AppError("forbidden", "This plan was made by someone else.", { remedy: "Make one of your own." });
  if (Date.parse(plan.expiresAt) <= now())
    throw new AppError("conflict", "This plan has run out: what it knew of the store may not hold any more.", {
      remedy: "Make a new one.",
    });
  return plan;
}

function* itemsOf({ state }: OperationsContext, plan: Plan, count: number): Generator<NewItem> {
  for (let offset = 0; offset < count; offset += partSize) {
    for (const item of state.plans.items(plan.id, offset, partSize)) {
      const { entryId: subject, of, key, process, step, locators, token, bytes, holders, change = null } = item;
      yield { subject, of, key, process, step, locator: locators[0]!, token, bytes, holders, ofItem: null, change };
    }
  }
}
