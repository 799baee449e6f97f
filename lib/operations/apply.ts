import { randomBytes } from "node:crypto";
import { AppError } from "../domain/errors.ts";
import type { OperationKind } from "../domain/operation.ts";
import type { PlanIntent } from "../domain/plan.ts";
import type { JournalOperation, NewItem } from "../state/journal.ts";
import type { KeptPlan } from "../state/plans.ts";
import type { Actor, OperationsContext } from "./context.ts";
import { findOwnPlan, findPlan } from "./find-plan.ts";
import {
  confirmationOf,
  lifeRefusal,
  requireConfirmation,
  requireIdentity,
  requireRole,
  settingRefusal,
} from "./guard.ts";
import { requireApplicable } from "./proposal-state.ts";

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
  requireRole(actor, source, "operator", "Changing a store");
  const { state, rules } = context;
  const { journal } = state;
  const findIt = () =>
    findBegun(context, actor, idempotencyKey, ({ plan }) => plan === planId) ?? journal.byPlan(planId);
  const begun = findIt();
  if (begun && state.reach.isSeen(actor, begun.source, begun.id)) return begun;

  requireApplicable(context, findPlan(context, actor, source, planId));
  const plan = findOwnPlan(context, actor, source, planId);
  const refusal = settingRefusal(context, source) ?? (await lifeRefusal(context, actor, source));
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
  requireApplicable(context, plan);
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
      ...(plan.again && { proposal: plan.again.plan }),
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

function* itemsOf({ state }: OperationsContext, plan: KeptPlan, count: number): Generator<NewItem> {
  for (let offset = 0; offset < count; offset += partSize) {
    for (const item of state.plans.items(plan.id, offset, partSize)) {
      const { entryId: subject, of, key, process, step, locators, token, bytes, holders, change = null } = item;
      yield { subject, of, key, process, step, locator: locators[0]!, token, bytes, holders, ofItem: null, change };
    }
  }
}
