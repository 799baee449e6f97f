import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Filter, FilterValue, Operator } from "../domain/filter/ast.ts";
import type { FilterField } from "../domain/filter/fields.ts";
import { foldText } from "./stored-text.ts";

export type Condition = RawBuilder<SqlBool>;
type Column = RawBuilder<unknown>;

/** A leaf of a filter: one comparison with one value; `in` is many of them, `exists` has no value. */
export type Comparison = { operator: Operator; value: FilterValue } | { operator: "exists" };

/** How one list turns leaves into conditions. */
export interface FilterTarget {
  word(text: string): Condition;
  tagged(tag: string): Condition;
  field(field: FilterField, comparison: Comparison): Condition;
}

export const never: Condition = sql<SqlBool>`0`;

/** A filter as SQL, its values bound. Only `not` has to care for NULL: everywhere else it counts as false anyway. */
export function compileFilter(filter: Filter, target: FilterTarget): Condition {
  switch (filter.kind) {
    case "and":
      return allOf(filter.items.map((item) => compileFilter(item, target)));
    case "or":
      return anyOf(filter.items.map((item) => compileFilter(item, target)));
    case "not":
      return negated(compileFilter(filter.item, target));
    case "word":
      return target.word(filter.text);
    case "tagged":
      return target.tagged(filter.tag);
    case "compare":
      return target.field(filter.field, filter);
    case "in":
      return anyOf(filter.values.map((value) => target.field(filter.field, { operator: "=", value })));
    case "exists":
      return target.field(filter.field, { operator: "exists" });
  }
}

export function allOf(conditions: Condition[]): Condition {
  return conditions.length === 0 ? sql<SqlBool>`1` : sql<SqlBool>`(${sql.join(conditions, sql` and `)})`;
}

export function anyOf(conditions: Condition[]): Condition {
  return conditions.length === 0 ? never : sql<SqlBool>`(${sql.join(conditions, sql` or `)})`;
}

export function negated(condition: Condition): Condition {
  return sql<SqlBool>`not coalesce(${condition}, 0)`;
}

/** Names: `folded` holds the lower-case form where it differs. */
export function nameContains(table: string, column: string, text: string): Condition {
  return sql<SqlBool>`instr(coalesce(${sql.ref(`${table}.folded`)}, ${sql.ref(`${table}.${column}`)}), ${foldText(text)}) > 0`;
}

/** `text_contains` is ours (reader.ts): SQLite's own `lower` knows ASCII only. */
export function textContains(column: Column, text: string): Condition {
  return sql<SqlBool>`text_contains(${column}, ${foldText(text)})`;
}

export function compareText(column: Column, comparison: Comparison): Condition {
  if (comparison.operator === "exists") return sql<SqlBool>`${column} is not null`;
  const { operator, value } = comparison;
  const text = value.type === "text" || value.type === "number" ? value.text : null;
  if (text === null) return never;
  return operator === "~" ? textContains(column, text) : sql<SqlBool>`${column} ${sql.raw(operator)} ${text}`;
}

/** Words of a closed list (status, state) whose letter case does not matter. */
export function compareWord(column: Column, comparison: Comparison): Condition {
  if (comparison.operator === "exists" || comparison.value.type !== "text") return compareText(column, comparison);
  const value = { type: "text" as const, text: comparison.value.text.toLowerCase() };
  return compareText(sql`lower(${column})`, { operator: comparison.operator, value });
}

/** NaN is in no column of this kind, and nothing compares with it. */
export function compareNumber(
  column: Column,
  comparison: Comparison,
  literalOf: (value: number) => number = (value) => value,
): Condition {
  if (comparison.operator === "exists") return sql<SqlBool>`${column} is not null`;
  const { operator, value } = comparison;
  if (value.type !== "number") return operator === "!=" ? sql<SqlBool>`${column} is not null` : never;
  return sql<SqlBool>`${column} ${sql.raw(operator)} ${literalOf(value.value)}`;
}

/** A time compares with the whole unit written: after 2026-11 is from December on. */
export function compareMoment(column: Column, comparison: Comparison): Condition {
  if (comparison.operator === "exists") return sql<SqlBool>`${column} is not null`;
  const { operator, value } = comparison;
  if (value.type !== "moment") return never;
  const { from, to } = value;
  switch (operator) {
    case "=":
      return sql<SqlBool>`(${column} >= ${from} and ${column} < ${to})`;
    case "!=":
      return sql<SqlBool>`(${column} < ${from} or ${column} >= ${to})`;
    case "<":
      return sql<SqlBool>`${column} < ${from}`;
    case "<=":
      return sql<SqlBool>`${column} < ${to}`;
    case ">":
      return sql<SqlBool>`${column} >= ${to}`;
    case ">=":
      return sql<SqlBool>`${column} >= ${from}`;
    case "~":
      return never;
  }
}

const mirrored: Record<Operator, Operator> = {
  "=": "=",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
  "~": "~",
};

/** Age in seconds, asked of the time itself so that its index serves: younger than a week is later than a week ago. */
export function compareAge(column: Column, comparison: Comparison, now: number): Condition {
  if (comparison.operator === "exists") return compareNumber(column, comparison);
  const { operator, value } = comparison;
  return compareNumber(column, { operator: mirrored[operator], value }, (seconds) => now - seconds * 1000);
}
