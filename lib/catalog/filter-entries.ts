import { type SqlBool, sql } from "kysely";
import type { FilterField } from "../domain/filter/fields.ts";
import {
  type Comparison,
  type Condition,
  compareAge,
  compareMoment,
  compareNumber,
  compareText,
  compareWord,
  type FilterTarget,
  nameContains,
  never,
} from "./filter-conditions.ts";
import { compareExperiment, compareRun } from "./filter-runs.ts";
import { comparePinned } from "./pin-conditions.ts";
import type { ReadContext } from "./read-context.ts";

/** When an entry was used last; one that never was, when it was made. */
const lastTouched = sql`coalesce(max(entries.last_used, entries.created), entries.last_used, entries.created)`;

/** Filters over cache entries of one source. */
export function entriesTarget(context: ReadContext, sid: number): FilterTarget {
  const field = (name: string) => sql.ref(`entries.${name}`);
  return {
    word: (text) => nameContains("entries", "key", text),
    tagged: () => never,
    field(asked: FilterField, comparison: Comparison): Condition {
      switch (asked.name) {
        case "name":
        case "key":
          return nameOr("entries", "key", comparison);
        case "status":
        case "state":
          return compareWord(field(asked.name), comparison);
        case "started":
          return compareMoment(field("created"), comparison);
        case "age":
          return compareAge(field("created"), comparison, context.now());
        case "duration":
          return compareNumber(field("seconds"), comparison);
        case "size":
          return compareNumber(field("bytes"), comparison);
        case "saved":
        case "uses":
          return compareNumber(field(asked.name), comparison);
        case "value":
          return compareNumber(field("value"), comparison);
        case "unused":
          return compareAge(lastTouched, comparison, context.now());
        case "pinned":
          return comparePinned(comparison);
        case "version":
        case "process":
        case "step":
          return compareText(field(asked.name), comparison);
        case "experiment":
          return compareExperiment("entries.experiment", sid, comparison);
        case "producer":
          return compareRun("entries.producer", sid, comparison);
        case "part":
          return sql<SqlBool>`exists (select 1 from entry_docs, json_each(entry_docs.doc, '$.keyParts') as part
            where entry_docs.eid = entries.eid and part.value ->> 'name' = ${asked.key} and ${compareText(sql`part.value ->> 'value'`, comparison)})`;
        default:
          return never;
      }
    },
  };
}

/** Filters over artifacts of one source. */
export function artifactsTarget(context: ReadContext, sid: number): FilterTarget {
  const field = (name: string) => sql.ref(`artifacts.${name}`);
  return {
    word: (text) => nameContains("artifacts", "name", text),
    tagged: () => never,
    field(asked: FilterField, comparison: Comparison): Condition {
      switch (asked.name) {
        case "name":
          return nameOr("artifacts", "name", comparison);
        case "started":
          return compareMoment(field("modified"), comparison);
        case "age":
          return compareAge(field("modified"), comparison, context.now());
        case "size":
          return compareNumber(field("bytes"), comparison);
        case "process":
        case "step":
          return compareText(field(asked.name), comparison);
        case "experiment":
          return compareExperiment("artifacts.experiment", sid, comparison);
        case "part":
          return sql<SqlBool>`exists (select 1 from json_each(artifacts.doc, '$.keyParts') as part
            where part.value ->> 'name' = ${asked.key} and ${compareText(sql`part.value ->> 'value'`, comparison)})`;
        default:
          return never;
      }
    },
  };
}

function nameOr(table: string, column: string, comparison: Comparison): Condition {
  return comparison.operator === "~" && comparison.value.type === "text"
    ? nameContains(table, column, comparison.value.text)
    : compareText(sql.ref(`${table}.${column}`), comparison);
}
