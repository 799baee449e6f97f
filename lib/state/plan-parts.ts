import type { DatabaseSync } from "node:sqlite";
import { setImmediate as breathe } from "node:timers/promises";

/** Rows of a plan, packed by the thousand: there may be a hundred thousand, and mostly the first are read. */
export const partSize = 1_000;

export interface PlanParts<Row> {
  /** A part at a time, so that nobody waits for all of them. They are read once the plan itself is saved. */
  save(plan: string, rows: readonly Row[]): Promise<void>;
  /** Rows `[offset, offset + limit)` in the order in which they were saved. */
  read(plan: string, offset: number, limit: number): Row[];
  /** Of plans that end before. */
  drop(before: number): void;
}

export function openPlanParts<Row>(database: DatabaseSync, table: "plan_part" | "plan_change"): PlanParts<Row> {
  // What a server that was killed left of a plan that it had not come to save.
  database.exec(`DELETE FROM ${table} WHERE plan NOT IN (SELECT id FROM plan)`);
  const insert = database.prepare(`INSERT INTO ${table} VALUES (?, ?, ?)`);
  const some = database.prepare(`SELECT items FROM ${table} WHERE plan = ? AND part BETWEEN ? AND ? ORDER BY part`);
  const remove = database.prepare(`DELETE FROM ${table} WHERE plan IN (SELECT id FROM plan WHERE expires_at < ?)`);
  return {
    async save(plan, rows) {
      for (let at = 0; at < rows.length; at += partSize) {
        insert.run(plan, at / partSize, JSON.stringify(rows.slice(at, at + partSize)));
        await breathe();
      }
    },
    read(plan, offset, limit) {
      const first = Math.floor(offset / partSize);
      const parts = some.all(plan, first, Math.floor((offset + limit - 1) / partSize)) as { items: string }[];
      const found = parts.flatMap(({ items }) => JSON.parse(items) as Row[]);
      return found.slice(offset - first * partSize, offset - first * partSize + limit);
    },
    drop: (before) => void remove.run(before),
  };
}
