import type { DatabaseSync } from "node:sqlite";
import type { ItemChange } from "../domain/item-change.ts";
import type { Plan, PlanItem } from "../domain/plan.ts";
import { inTransaction } from "./transaction.ts";

/** An item with what applying it needs: exactly this content, found there. */
export type KeptPlanItem = PlanItem & {
  token: string;
  /** For a payload: the entries that name it. It stays where one of these stays. */
  holders: readonly string[];
  change?: ItemChange;
};

/** Plans while they live. Items are packed by the thousand: a plan may hold a hundred thousand, and is mostly read from its begin. */
export interface Plans {
  save(plan: Plan, items: readonly KeptPlanItem[]): void;
  find(source: string, id: string): Plan | null;
  /** Items `[offset, offset + limit)` in the order in which they are done. */
  items(id: string, offset: number, limit: number): KeptPlanItem[];
}

const partSize = 1_000;

export function openPlans(database: DatabaseSync): Plans {
  const insert = database.prepare("INSERT INTO plan VALUES (?, ?, ?, ?)");
  const insertPart = database.prepare("INSERT INTO plan_part VALUES (?, ?, ?)");
  const one = database.prepare("SELECT doc FROM plan WHERE id = ? AND source = ?");
  const parts = database.prepare("SELECT items FROM plan_part WHERE plan = ? AND part BETWEEN ? AND ? ORDER BY part");
  const dropParts = database.prepare("DELETE FROM plan_part WHERE plan IN (SELECT id FROM plan WHERE expires_at < ?)");
  const drop = database.prepare("DELETE FROM plan WHERE expires_at < ?");
  return {
    save: (plan, items) =>
      inTransaction(database, () => {
        // One that has just run out is still found, so that applying it says so.
        const old = Date.parse(plan.createdAt) - 24 * 3600 * 1000;
        dropParts.run(old);
        drop.run(old);
        insert.run(plan.id, plan.source, Date.parse(plan.expiresAt), JSON.stringify(plan));
        for (let at = 0; at < items.length; at += partSize)
          insertPart.run(plan.id, at / partSize, JSON.stringify(items.slice(at, at + partSize)));
      }),
    find(source, id) {
      const row = one.get(id, source) as { doc: string } | undefined;
      return row ? (JSON.parse(row.doc) as Plan) : null;
    },
    items(id, offset, limit) {
      const first = Math.floor(offset / partSize);
      const rows = parts.all(id, first, Math.floor((offset + limit - 1) / partSize)) as { items: string }[];
      const found = rows.flatMap(({ items }) => JSON.parse(items) as KeptPlanItem[]);
      return found.slice(offset - first * partSize, offset - first * partSize + limit);
    },
  };
}
