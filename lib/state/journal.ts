import type { DatabaseSync } from "node:sqlite";
import type { ItemChange } from "../domain/item-change.ts";
import type { ItemOutcome, OperationKind, OperationStatus } from "../domain/operation.ts";
import type { PlanIntent } from "../domain/plan.ts";
import type { Viewer } from "../domain/viewer.ts";
import type { Audit, AuditNote } from "./audit.ts";
import type { Proposals } from "./proposals.ts";
import { grantsOf, isSeenSql, openReachNotes } from "./reach.ts";
import { inTransaction } from "./transaction.ts";
import type { Trash, TrashedThing } from "./trash.ts";

export interface JournalOperation {
  id: string;
  kind: OperationKind;
  source: string;
  intent: PlanIntent | null;
  by: string;
  at: number;
  finishedAt: number | null;
  status: OperationStatus;
  /** Which stores it is of. */
  identity: string;
  /** What an invalidation was planned by. */
  plan: string | null;
  /** What a restore or a purge is of. */
  ofOperation: string | null;
  cancelledBy: string | null;
  problem: string | null;
}

export interface NewItem {
  subject: string;
  of: "entry" | "artifact";
  key: string;
  process: string | null;
  step: string | null;
  locator: string;
  token: string;
  bytes: number | null;
  /** For a payload: the entries that name it. */
  holders: readonly string[];
  /** For a restore, a purge or an undo: the item of the operation that it is of. */
  ofItem: number | null;
  /** What is done to it, where that is more than taking it out or putting it back. */
  change?: ItemChange | null;
}
export interface JournalItem extends Omit<NewItem, "change"> {
  change: ItemChange | null;
  /** Its place in the operation: items are done in this order. */
  ord: number;
  outcome: ItemOutcome | null;
  message: string;
}
export interface SettledItem {
  ord: number;
  outcome: ItemOutcome;
  message: string;
}

/** Items of an operation whose receipts are not needed any more, and what that made of these items. */
export interface SpentReceipts {
  operation: string;
  ords: readonly number[];
  becomes: "restored" | "purged" | null;
}

export type NewOperation = Pick<
  JournalOperation,
  "id" | "kind" | "source" | "intent" | "by" | "at" | "identity" | "plan" | "ofOperation"
> & {
  /** Given by who asks: asked again with it, nothing begins anew. */
  idempotencyKey: string;
  /** The published plan that it was made of: that ends with it. */
  proposal?: string;
};

/**
 * What operations are to do and have done. Each change is on disk when it answers, with its audit record: nothing happens in a store that this does not
 * know of.
 */
export interface Journal {
  begin(operation: NewOperation, items: Iterable<NewItem>, note: AuditNote): void;
  /** The operation that this person began with this key. */
  byKey(by: string, idempotencyKey: string): JournalOperation | null;
  byPlan(plan: string): JournalOperation | null;
  find(id: string): JournalOperation | null;
  /** What the viewer may see, newest first; `before`: where the last page ended. `onlyTrash`: those of which something waits in the trash. */
  list(
    viewer: Viewer,
    onlyTrash: boolean,
    before: { at: number; id: string } | null,
    limit: number,
  ): JournalOperation[];
  count(viewer: Viewer, onlyTrash: boolean): number;
  running(): JournalOperation[];
  items(id: string, after: number, limit: number): JournalItem[];
  /** Items without an outcome, in order. */
  unsettled(id: string, limit: number): JournalItem[];
  outcomes(id: string): Partial<Record<ItemOutcome | "none", number>>;
  /** Entries that name a file of this operation which is not where it should be. */
  namingFailed(id: string): Set<string>;
  /** Those of these subjects of an operation that are gone from the store by now. */
  taken(id: string, subjects: readonly string[]): Set<string>;
  keepReceipts(id: string, source: string, at: number, things: readonly (TrashedThing & { ord: number })[]): void;
  /** `undone`: items of an earlier operation that are as before it by now. */
  settle(
    id: string,
    settled: readonly SettledItem[],
    spent: SpentReceipts,
    notes: readonly AuditNote[],
    undone?: { operation: string; ords: readonly number[] },
  ): void;
  finish(id: string, status: OperationStatus, note: AuditNote): void;
  wait(id: string, problem: string | null): void;
  cancel(id: string, by: string): void;
  /** The last operation that took away what stood there and has not put it back. */
  lastTaker(source: string, locators: readonly string[]): JournalOperation | null;
  /** The same by the entry's or the artifact's id. */
  lastTakerOf(source: string, subjects: readonly string[]): JournalOperation | null;
}

interface OperationRow extends Omit<JournalOperation, "finishedAt" | "ofOperation" | "cancelledBy"> {
  finished_at: number | null;
  of_operation: string | null;
  cancelled_by: string | null;
}
interface ItemRow extends Omit<JournalItem, "holders" | "ofItem" | "change"> {
  holders: string | null;
  change: string | null;
  of_item: number | null;
}

const columns =
  "id, kind, source, intent, by, at, finished_at, status, identity, plan, of_operation, cancelled_by, problem";
const ofItem =
  "ord, subject, of, key, process, step, locator, token, bytes, holders, of_item, change, outcome, message";

export function openJournal(
  database: DatabaseSync,
  audit: Audit,
  trash: Trash,
  proposals: Pick<Proposals, "end">,
): Journal {
  const prepare = (sql: string) => database.prepare(sql);
  const insert =
    prepare(`INSERT INTO operation (id, kind, source, intent, by, at, status, identity, plan, of_operation, idempotency_key)
    VALUES (?, ?, ?, ?, ?, ?, 'running', ?, ?, ?, ?)`);
  const insertItem =
    prepare(`INSERT INTO operation_item (operation, ord, subject, of, key, process, step, locator, token, bytes, holders, of_item, change, message)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')`);
  const byKey = prepare(`SELECT ${columns} FROM operation WHERE by = ? AND idempotency_key = ?`);
  const byPlan = prepare(`SELECT ${columns} FROM operation WHERE plan = ?`);
  const one = prepare(`SELECT ${columns} FROM operation WHERE id = ?`);
  const isShown = `(?1 = 0 OR id IN (SELECT operation FROM receipt)) AND ${isSeenSql("operation.source", "operation.id", "?2")}`;
  const page = prepare(
    `SELECT ${columns} FROM operation WHERE (at, id) < (?3, ?4) AND ${isShown} ORDER BY at DESC, id DESC LIMIT ?5`,
  );
  const all = prepare(`SELECT count(*) AS n FROM operation WHERE ${isShown}`);
  const running = prepare(`SELECT ${columns} FROM operation WHERE status = 'running' ORDER BY at`);
  const items = prepare(`SELECT ${ofItem} FROM operation_item WHERE operation = ? AND ord > ? ORDER BY ord LIMIT ?`);
  const open = prepare(
    `SELECT ${ofItem} FROM operation_item WHERE operation = ? AND outcome IS NULL ORDER BY ord LIMIT ?`,
  );
  const outcomes = prepare(
    "SELECT coalesce(outcome, 'none') AS outcome, count(*) AS n FROM operation_item WHERE operation = ? GROUP BY outcome",
  );
  const taken = prepare(`SELECT subject FROM operation_item WHERE operation = ? AND outcome IN ('deleted', 'gone')
    AND subject IN (SELECT value FROM json_each(?))`);
  const failedFiles = prepare(`SELECT holder.value AS subject FROM operation_item, json_each(holders) AS holder
    WHERE operation = ? AND outcome IN ('failed', 'unknown', 'gone')`);
  const settle = prepare("UPDATE operation_item SET outcome = ?, message = ? WHERE operation = ? AND ord = ?");
  const become = prepare("UPDATE operation_item SET outcome = ? WHERE operation = ? AND ord = ?");
  const finish = prepare("UPDATE operation SET status = ?, finished_at = ?, problem = NULL WHERE id = ?");
  const wait = prepare("UPDATE operation SET problem = ? WHERE id = ?");
  const cancel = prepare("UPDATE operation SET cancelled_by = ? WHERE id = ? AND status = 'running'");
  const takerBy = (column: "locator" | "subject") =>
    prepare(`SELECT ${columns.replaceAll(/(\w+)/g, "operation.$1")} FROM operation_item AS item JOIN operation ON operation.id = item.operation
      WHERE item.${column} IN (SELECT value FROM json_each(?)) AND item.outcome IN ('deleted', 'purged') AND source = ? AND kind = 'invalidate' ORDER BY at DESC LIMIT 1`);
  const reach = openReachNotes(database);
  const takerAt = takerBy("locator");
  const takerOf = takerBy("subject");

  return {
    begin: (operation, list, note) =>
      inTransaction(database, () => {
        const { id, kind, source, intent, by, at, identity, plan, ofOperation, idempotencyKey } = operation;
        insert.run(id, kind, source, intent, by, at, identity, plan, ofOperation, idempotencyKey);
        let ord = 0;
        for (const item of list) {
          const holders = item.holders.length > 0 ? JSON.stringify(item.holders) : null;
          const change = item.change ? JSON.stringify(item.change) : null;
          const { subject, of, key, process, step, locator, token, bytes, ofItem: original } = item;
          insertItem.run(id, ord, subject, of, key, process, step, locator, token, bytes, holders, original, change);
          ord += 1;
        }
        const of = plan ?? ofOperation;
        if (of !== null) reach.inherit(id, of);
        if (operation.proposal) proposals.end(operation.proposal, by, at, id);
        audit.append(note);
      }),
    byKey: (by, key) => operationOf(byKey.get(by, key)),
    byPlan: (plan) => operationOf(byPlan.get(plan)),
    find: (id) => operationOf(one.get(id)),
    list: (viewer, onlyTrash, before, limit) => {
      const place = [before?.at ?? Number.MAX_SAFE_INTEGER, before?.id ?? ""];
      const rows = page.all(Number(onlyTrash), grantsOf(viewer), ...place, limit) as unknown[];
      return rows.map((row) => operationOf(row)!);
    },
    count: (viewer, onlyTrash) => (all.get(Number(onlyTrash), grantsOf(viewer)) as { n: number }).n,
    running: () => (running.all() as unknown[]).map((row) => operationOf(row)!),
    items: (id, after, limit) => (items.all(id, after, limit) as unknown as ItemRow[]).map(itemOf),
    unsettled: (id, limit) => (open.all(id, limit) as unknown as ItemRow[]).map(itemOf),
    outcomes: (id) =>
      Object.fromEntries((outcomes.all(id) as { outcome: string; n: number }[]).map(({ outcome, n }) => [outcome, n])),
    taken: (id, subjects) =>
      new Set((taken.all(id, JSON.stringify(subjects)) as { subject: string }[]).map(({ subject }) => subject)),
    namingFailed: (id) => new Set((failedFiles.all(id) as { subject: string }[]).map(({ subject }) => subject)),
    keepReceipts: (id, source, at, things) => inTransaction(database, () => trash.keep(id, source, at, things)),
    settle: (id, settled, { operation, ords, becomes }, notes, undone) =>
      inTransaction(database, () => {
        for (const { ord, outcome, message } of settled) settle.run(outcome, message, id, ord);
        trash.drop(operation, ords);
        if (becomes) for (const ord of ords) become.run(becomes, operation, ord);
        if (undone) for (const ord of undone.ords) become.run("undone", undone.operation, ord);
        for (const note of notes) audit.append(note);
      }),
    finish: (id, status, note) =>
      inTransaction(database, () => {
        finish.run(status, note.at, id);
        audit.append(note);
      }),
    wait: (id, problem) => void wait.run(problem, id),
    cancel: (id, by) => void cancel.run(by, id),
    lastTaker: (source, locators) => operationOf(takerAt.get(JSON.stringify(locators), source)),
    lastTakerOf: (source, subjects) => operationOf(takerOf.get(JSON.stringify(subjects), source)),
  };
}

function operationOf(row: unknown): JournalOperation | null {
  if (!row) return null;
  const {
    finished_at: finishedAt,
    of_operation: ofOperation,
    cancelled_by: cancelledBy,
    ...rest
  } = row as OperationRow;
  return { ...rest, finishedAt, ofOperation, cancelledBy };
}

function itemOf({ holders, change, of_item: original, ...rest }: ItemRow): JournalItem {
  return {
    ...rest,
    holders: holders === null ? [] : (JSON.parse(holders) as string[]),
    ofItem: original,
    change: change === null ? null : (JSON.parse(change) as ItemChange),
  };
}
