import { AppError } from "../domain/errors.ts";
import type { AuditRecord, Operation, OperationItem } from "../domain/operation.ts";
import type { Plan, PlanItem } from "../domain/plan.ts";
import type { Page } from "../domain/source.ts";
import type { KeptReceipt } from "../sources/thread-contract.ts";
import type { JournalOperation } from "../state/journal.ts";
import type { KeptPlanItem } from "../state/plans.ts";
import { type ApplyRequest, applyPlan } from "./apply.ts";
import type { PlanRequest } from "./choose-entries.ts";
import type { Actor, OperationsContext } from "./context.ts";
import { describeItem, describeOperation } from "./describe.ts";
import { requireRole } from "./guard.ts";
import { makePlan } from "./plan.ts";
import { beginExpiredPurges, beginPurge, type PurgeRequest } from "./purge.ts";
import { beginRestore, findOperation, type TrashRequest } from "./restore.ts";
import { createRunner } from "./runner.ts";

interface ListRequest {
  cursor?: string | undefined;
  limit: number;
}

/** Changing stores: planned, confirmed, done item by item, put back, discarded, and accounted for. */
export interface Operations {
  plan(actor: Actor, source: string, request: PlanRequest): Promise<Plan>;
  findPlan(actor: Actor, source: string, plan: string): Plan;
  planItems(actor: Actor, source: string, plan: string, request: ListRequest): Page<PlanItem>;
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
  stop(): Promise<void>;
}

const retentionCheckMillis = 3600_000;

/** Opens operations; what a server that ended left undone goes on. */
export function openOperations(context: OperationsContext): Operations {
  const { journal, plans, audit } = context.state;
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

  const requireReader = (actor: Actor) => requireRole(actor, "viewer", "Looking at operations");
  const planOf = (actor: Actor, source: string, id: string) => {
    requireReader(actor);
    const plan = plans.find(source, id);
    if (plan) return plan;
    throw new AppError("not_found", "There is no such plan.", { remedy: "Plans are kept for a day. Make a new one." });
  };

  return {
    plan: (actor, source, request) => makePlan(context, actor, source, request),
    findPlan: planOf,
    planItems(actor, source, id, { cursor, limit }) {
      const plan = planOf(actor, source, id);
      const offset = readNumber(cursor) ?? 0;
      const items = plans.items(id, offset, limit).map(publicItem);
      const total = plan.totals.entries + plan.totals.payloads;
      return pageOf(items, offset + items.length < total ? String(offset + items.length) : null, total, plan.createdAt);
    },
    apply: async (actor, source, plan, request, key) =>
      begin(await applyPlan(context, actor, source, plan, request, key)),
    restore: async (actor, operation, request, key) =>
      begin(await beginRestore(context, actor, operation, request, key)),
    purge: (actor, operation, request, key) => begin(beginPurge(context, actor, operation, request, key)),
    cancel(actor, id) {
      requireRole(actor, "operator", "Cancelling an operation");
      findOperation(context, id);
      journal.cancel(id, actor.name);
      return describeOperation(context, findOperation(context, id));
    },
    list(actor, { cursor, limit, trash = false }) {
      requireReader(actor);
      const found = journal.list(trash, readPlace(cursor), limit);
      const last = found.at(-1);
      const next = found.length === limit && last ? `${last.at} ${last.id}` : null;
      const items = found.map((operation) => describeOperation(context, operation));
      return pageOf(items, next, journal.count(trash), isoNow(context));
    },
    find(actor, id) {
      requireReader(actor);
      return describeOperation(context, findOperation(context, id));
    },
    items(actor, id, { cursor, limit }) {
      requireReader(actor);
      findOperation(context, id);
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
      requireReader(actor);
      const items = audit.list(readNumber(cursor), limit);
      const last = items.at(-1);
      return pageOf(items, last && last.seq > 1 ? String(last.seq) : null, audit.count(), isoNow(context));
    },
    keepReceipts: (operation, receipts) => runner.keepReceipts(operation, receipts),
    async stop() {
      clearInterval(timer);
      await runner.stop();
    },
  };
}

function publicItem({ token: _token, holders: _holders, change: _change, ...item }: KeptPlanItem): PlanItem {
  return item;
}

function pageOf<Item>(items: Item[], nextCursor: string | null, total: number, asOf: string): Page<Item> {
  return { items, nextCursor, total: { value: total, exact: true }, asOf, complete: true };
}

const isoNow = ({ now }: OperationsContext) => new Date(now()).toISOString();

function readNumber(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw wrongCursor();
}

function readPlace(cursor: string | undefined): { at: number; id: string } | null {
  if (cursor === undefined) return null;
  const [, at, id] = /^(\d+(?:\.\d+)?) (\w+)$/.exec(cursor) ?? [];
  if (at && id) return { at: Number(at), id };
  throw wrongCursor();
}

function wrongCursor(): AppError {
  return new AppError("bad_request", "This cursor does not continue this list.", {
    remedy: "Ask for the first page again.",
    details: { parameter: "cursor" },
  });
}
