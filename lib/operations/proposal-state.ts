import { AppError } from "../domain/errors.ts";
import type { Proposal, ProposalState, ShownPlan } from "../domain/proposal.ts";
import type { KeptPlan } from "../state/plans.ts";
import type { KeptProposal } from "../state/proposals.ts";
import type { Actor, OperationsContext } from "./context.ts";
import { findPlan } from "./find-plan.ts";

/** Throws `conflict` where a plan may not be applied for what it is or was made of. */
export function requireApplicable({ state, now }: OperationsContext, plan: KeptPlan): void {
  const { proposals } = state;
  if (proposals.find(plan.id))
    throw new AppError("conflict", "This plan is a proposal: what it knew of the store may be days old.", {
      remedy: "Plan it again (POST …/again), see what differs, and apply that.",
    });
  const of = plan.again && proposals.find(plan.again.plan);
  if (!of) return;
  requireLife(of, now());
  const held = proposals.held(of.plan).map(({ subject }) => subject);
  if (held.length > 0 && proposals.rowsOf(plan.id, held).length > 0)
    throw new AppError("conflict", "Something of it was held back since this was planned.", {
      remedy: "Plan it again.",
    });
}

/** What is told of a plan: as it was made, and what became of it where it was published. */
export function describePlan(context: OperationsContext, plan: KeptPlan): ShownPlan {
  const proposal = context.state.proposals.find(plan.id);
  if (!proposal) return plan;
  return {
    ...plan,
    expiresAt: new Date(proposal.until).toISOString(),
    proposal: describeProposal(context, proposal),
  };
}

export function describeProposal({ state, now }: OperationsContext, kept: KeptProposal): Proposal {
  const { plan, by, note, endedBy, operation } = kept;
  return {
    by,
    at: new Date(kept.at).toISOString(),
    until: new Date(kept.until).toISOString(),
    note,
    state: stateOf(kept, now()),
    heldItems: state.proposals.heldCount(plan),
    endedBy,
    endedAt: kept.endedAt === null ? null : new Date(kept.endedAt).toISOString(),
    operationId: operation,
  };
}

function stateOf({ endedAt, operation, until }: KeptProposal, now: number): ProposalState {
  if (endedAt !== null) return operation === null ? "withdrawn" : "applied";
  return until <= now ? "over" : "open";
}

/** Throws `not_found` where it is not published, `conflict` where it has ended. */
export function requireOpen(context: OperationsContext, actor: Actor, source: string, planId: string): KeptProposal {
  findPlan(context, actor, source, planId);
  const proposal = context.state.proposals.find(planId);
  if (!proposal)
    throw new AppError("not_found", "This plan is not published.", { remedy: "Publish it first (POST …/publish)." });
  requireLife(proposal, context.now());
  return proposal;
}

function requireLife(proposal: KeptProposal, now: number): void {
  const { endedBy, until, operation } = proposal;
  const state = stateOf(proposal, now);
  if (state === "open") return;
  const message = {
    applied: `This proposal was applied by ${endedBy}.`,
    withdrawn: `This proposal was withdrawn by ${endedBy}.`,
    over: `This proposal ran out at ${new Date(until).toISOString()}.`,
  }[state];
  throw new AppError("conflict", message, {
    remedy: state === "applied" ? "Operations shows what became of it." : "Make a new plan.",
    ...(operation !== null && { details: { operation } }),
  });
}
