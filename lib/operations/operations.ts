import type { AuditRecord, Operation, OperationItem } from "../domain/operation.ts";
import type { PlanRequest } from "../domain/plan.ts";
import type { PlanChange, ProposedPlan, ShownPlan, ShownPlanItem } from "../domain/proposal.ts";
import type { Page } from "../domain/source.ts";
import type { KeptReceipt } from "../sources/thread-contract.ts";
import type { JournalOperation } from "../state/journal.ts";
import { type ApplyRequest, applyPlan } from "./apply.ts";
import type { Actor, OperationsContext } from "./context.ts";
import { describeItem, describeOperation } from "./describe.ts";
import { findPlan } from "./find-plan.ts";
import { requireRole } from "./guard.ts";
import { type ListRequest, pageAt, pageOf, readNumber, readPlace } from "./page.ts";
import { makePlan } from "./plan.ts";
import { describePlan, describeProposal } from "./proposal-state.ts";
import {
  type HoldRequest,
  holdBack,
  type PublishRequest,
  planAgain,
  publishPlan,
  releaseHeld,
  withdrawPlan,
} from "./proposals.ts";
import { beginExpiredPurges, beginPurge, type PurgeRequest } from "./purge.ts";
import { beginRestore, findSeenOperation, type TrashRequest } from "./restore.ts";
import { createRunner } from "./runner.ts";

/** Changing stores: planned, confirmed, done item by item, put back, discarded, and accounted for. */
export interface Operations {
  plan(actor: Actor, source: string, request: PlanRequest): Promise<ShownPlan>;
  findPlan(actor: Actor, source: string, plan: string): ShownPlan;
  /** `held`: only those that are held back. */
  planItems(
    actor: Actor,
    source: string,
    plan: string,
    request: ListRequest & { held?: boolean | undefined },
  ): Page<ShownPlanItem>;
  /** How a plan that was made again differs from its proposal. */
  planChanges(actor: Actor, source: string, plan: string, request: ListRequest): Page<PlanChange>;
  publish(actor: Actor, source: string, plan: string, request: PublishRequest): ShownPlan;
  hold(actor: Actor, source: string, plan: string, request: HoldRequest): ShownPlan;
  release(actor: Actor, source: string, plan: string, items: readonly string[]): ShownPlan;
  withdraw(actor: Actor, source: string, plan: string): ShownPlan;
  planAgain(actor: Actor, source: string, plan: string): Promise<ShownPlan>;
  /** Published plans of every source, newest first; `open`: those that can be applied. */
  proposals(actor: Actor, request: ListRequest & { open?: boolean | undefined }): Page<ProposedPlan>;
  apply(actor: Actor, source: string, plan: string, request: ApplyRequest, key: string): Promise<string>;
  restore(actor: Actor, operation: string, request: TrashRequest, key: string): Promise<string>;
  purge(actor: Actor, operation: string, request: PurgeRequest, key: string): string;
  /** Ends a running operation between two chunks: what is done stays done. */
  cancel(actor: Actor, operation: string): Operation;
  /** `trash`: only those of which something can be put back. */
  list(actor: Actor, request: ListRequest & { trash?: boolean | undefined }): Page<Operation>;
  find(actor: Actor, operation: string): Operation;
  items(actor: Actor, operation: string, request: ListRequest): Page<OperationItem>;
  audit(actor: Actor, request: ListRequest): Page<AuditRecord>;
  keepReceipts(operation: string, receipts: readonly KeptReceipt[]): void;
  /** A source that could not be asked can be. */
  wake(source: string): void;
  stop(): Promise<void>;
}

const retentionCheckMillis = 3600_000;

/** Opens operations; what a server that ended left undone goes on. */
export function openOperations(context: OperationsContext): Operations {
  const { journal, plans, proposals, audit } = context.state;
  const runner = createRunner(context);
  const started = new Set<string>();
  const begin = (operation: JournalOperation): string => {
    if (operation.status === "running" && !started.has(operation.id)) {
      started.add(operation.id);
      runner.start(operation);
    }
    return operation.id;
  };
  journal.running().forEach(begin);
  const emptyOld = () => beginExpiredPurges(context).forEach(begin);
  emptyOld();
  const timer = setInterval(emptyOld, retentionCheckMillis);
  timer.unref();

  const planOf = (actor: Actor, source: string, id: string) => {
    requireRole(actor, source, "viewer", "Looking at plans");
    return findPlan(context, actor, source, id);
  };
  const shown = (actor: Actor, source: string, id: string) => describePlan(context, planOf(actor, source, id));

  return {
    plan: (actor, source, request) => makePlan(context, actor, source, request),
    findPlan: shown,
    planItems(actor, source, id, { cursor, limit, held = false }) {
      const plan = planOf(actor, source, id);
      const offset = readNumber(cursor) ?? 0;
      const holds = new Map(held ? [] : proposals.held(id).map(({ subject, ...hold }) => [subject, hold]));
      const found = held ? proposals.heldItems(id, offset, limit) : plans.items(id, offset, limit);
      const items = found.map(({ token: _token, holders: _holders, change: _change, ...item }): ShownPlanItem => {
        const hold = holds.get(item.entryId);
        return hold ? { ...item, held: hold } : item;
      });
      const total = held ? proposals.heldCount(id) : plan.totals.entries + plan.totals.payloads;
      return pageAt(offset, items, total, plan.createdAt);
    },
    planChanges(actor, source, id, { cursor, limit }) {
      const { again, createdAt } = planOf(actor, source, id);
      const offset = readNumber(cursor) ?? 0;
      const total = Object.values(again?.counts ?? {}).reduce((sum, count) => sum + count, 0);
      return pageAt(offset, plans.changes(id, offset, limit), total, createdAt);
    },
    publish(actor, source, plan, request) {
      publishPlan(context, actor, source, plan, request);
      return shown(actor, source, plan);
    },
    hold(actor, source, plan, request) {
      holdBack(context, actor, source, plan, request);
      return shown(actor, source, plan);
    },
    release(actor, source, plan, items) {
      releaseHeld(context, actor, source, plan, items);
      return shown(actor, source, plan);
    },
    withdraw(actor, source, plan) {
      withdrawPlan(context, actor, source, plan);
      return shown(actor, source, plan);
    },
    planAgain: (actor, source, plan) => planAgain(context, actor, source, plan),
    proposals(actor, { cursor, limit, open = false }) {
      const onlyOpen = open ? context.now() : null;
      const place = readPlace(cursor);
      const found = proposals.list(actor, onlyOpen, place && { at: place.at, plan: place.id }, limit);
      const last = found.at(-1);
      const items = found.map(({ doc, ...kept }): ProposedPlan => {
        const { kept: _kept, affectedRuns: _runs, downstream: _downstream, warnings: _warnings, ...head } = doc;
        return { ...head, proposal: describeProposal(context, kept) };
      });
      const next = found.length === limit && last ? `${last.at} ${last.plan}` : null;
      return pageOf(items, next, proposals.count(actor, onlyOpen), isoNow(context));
    },
    apply: async (actor, source, plan, request, key) =>
      begin(await applyPlan(context, actor, source, plan, request, key)),
    restore: async (actor, operation, request, key) =>
      begin(await beginRestore(context, actor, operation, request, key)),
    purge: (actor, operation, request, key) => begin(beginPurge(context, actor, operation, request, key)),
    cancel(actor, id) {
      const { source } = findSeenOperation(context, actor, id);
      requireRole(actor, source, "operator", "Cancelling an operation");
      journal.cancel(id, actor.name);
      return describeOperation(context, findSeenOperation(context, actor, id));
    },
    list(actor, { cursor, limit, trash = false }) {
      const found = journal.list(actor, trash, readPlace(cursor), limit);
      const last = found.at(-1);
      const next = found.length === limit && last ? `${last.at} ${last.id}` : null;
      const items = found.map((operation) => describeOperation(context, operation));
      return pageOf(items, next, journal.count(actor, trash), isoNow(context));
    },
    find: (actor, id) => describeOperation(context, findSeenOperation(context, actor, id)),
    items(actor, id, { cursor, limit }) {
      findSeenOperation(context, actor, id);
      const found = journal.items(id, readNumber(cursor) ?? -1, limit);
      const next = found.length === limit ? String(found.at(-1)!.ord) : null;
      const total = Object.values(journal.outcomes(id)).reduce((sum, count) => sum + count, 0);
      return pageOf(
        found.map((item) => describeItem(context, id, item)),
        next,
        total,
        isoNow(context),
      );
    },
    audit(actor, { cursor, limit }) {
      const items = audit.list(actor, readNumber(cursor), limit);
      const last = items.at(-1);
      const next = items.length === limit && last && last.seq > 1 ? String(last.seq) : null;
      return pageOf(items, next, audit.count(actor), isoNow(context));
    },
    keepReceipts: (operation, receipts) => runner.keepReceipts(operation, receipts),
    wake: (source) => runner.wake(source),
    async stop() {
      clearInterval(timer);
      await runner.stop();
    },
  };
}

const isoNow = ({ now }: OperationsContext) => new Date(now()).toISOString();
