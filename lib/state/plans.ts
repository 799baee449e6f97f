import type { DatabaseSync } from "node:sqlite";
import type { ItemChange } from "../domain/item-change.ts";
import type { Plan, PlanItem, PlanRequest } from "../domain/plan.ts";
import type { PlanChange, PlannedAgain } from "../domain/proposal.ts";
import { openPlanParts } from "./plan-parts.ts";
import { openReachNotes } from "./reach.ts";
import { inTransaction } from "./transaction.ts";

/** An item with what applying it needs: exactly this content, found there. */
export type KeptPlanItem = PlanItem & {
  token: string;
  /** For a payload: the entries that name it. It stays where one of these stays. */
  holders: readonly string[];
  change?: ItemChange;
};

export type KeptPlan = Plan & { again?: PlannedAgain };

export interface NewPlan {
  plan: KeptPlan;
  items: readonly KeptPlanItem[];
  /** What it was made of, so that it can be made again. */
  request: PlanRequest;
  /** Of which its items are. */
  experiments: readonly string[];
  /** How it differs from the proposal that it was made of. */
  changes: readonly PlanChange[];
}

/** Plans while they live. */
export interface Plans {
  save(made: NewPlan): Promise<void>;
  find(source: string, id: string): KeptPlan | null;
  requestOf(id: string): PlanRequest | null;
  /** Items `[offset, offset + limit)` in the order in which they are done. */
  items(id: string, offset: number, limit: number): KeptPlanItem[];
  changes(id: string, offset: number, limit: number): PlanChange[];
}

/** One that has just run out is still found, so that applying it says so. */
const afterlife = 24 * 3600 * 1000;

export function openPlans(database: DatabaseSync): Plans {
  const insert = database.prepare("INSERT INTO plan VALUES (?, ?, ?, ?, ?)");
  const one = database.prepare("SELECT doc FROM plan WHERE id = ? AND source = ?");
  const request = database.prepare("SELECT request FROM plan WHERE id = ?");
  const dropReach = database.prepare(`DELETE FROM reach WHERE subject IN (SELECT id FROM plan WHERE expires_at < ?)
    AND subject NOT IN (SELECT plan FROM proposal)`);
  const reach = openReachNotes(database);
  const drop = database.prepare("DELETE FROM plan WHERE expires_at < ?");
  const items = openPlanParts<KeptPlanItem>(database, "plan_part");
  const changes = openPlanParts<PlanChange>(database, "plan_change");
  return {
    async save(made) {
      const { plan } = made;
      await items.save(plan.id, made.items);
      await changes.save(plan.id, made.changes);
      inTransaction(database, () => {
        const old = Date.parse(plan.createdAt) - afterlife;
        items.drop(old);
        changes.drop(old);
        dropReach.run(old);
        drop.run(old);
        reach.note(plan.id, made.experiments);
        insert.run(
          plan.id,
          plan.source,
          Date.parse(plan.expiresAt),
          JSON.stringify(plan),
          JSON.stringify(made.request),
        );
      });
    },
    find(source, id) {
      const row = one.get(id, source) as { doc: string } | undefined;
      return row ? (JSON.parse(row.doc) as KeptPlan) : null;
    },
    requestOf(id) {
      const row = request.get(id) as { request: string } | undefined;
      return row ? (JSON.parse(row.request) as PlanRequest) : null;
    },
    items: items.read,
    changes: changes.read,
  };
}
