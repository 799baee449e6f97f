import { type SqlBool, sql } from "kysely";
import { type Comparison, type Condition, compareWord } from "./filter-conditions.ts";

/** A person wants this entry kept. */
export const isPinned: Condition = sql<SqlBool>`exists (
  select 1 from pins where pins.sid = entries.sid and pins.entry = entries.id)`;

/** `pinned = yes`, `pinned = no`, `pinned exists`. */
export function comparePinned(comparison: Comparison): Condition {
  return comparison.operator === "exists" ? isPinned : compareWord(sql`iif(${isPinned}, 'yes', 'no')`, comparison);
}
