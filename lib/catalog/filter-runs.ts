import { type SqlBool, sql } from "kysely";
import { comparedValue } from "../domain/filter/compared-value.ts";
import type { FilterField, MetricStat } from "../domain/filter/fields.ts";
import { query } from "./database.ts";
import {
  allOf,
  anyOf,
  type Comparison,
  type Condition,
  compareAge,
  compareMoment,
  compareNumber,
  compareText,
  compareWord,
  type FilterTarget,
  nameContains,
  negated,
  never,
} from "./filter-conditions.ts";
import type { ReadContext } from "./read-context.ts";
import { cutText } from "./stored-value.ts";

type ValueColumn = "param" | "metric" | "tag";
const kinds = { params: "param", metrics: "metric", tags: "tag" } as const;

/** Filters over runs of one source. `rid` is the column that holds a run's row number where the list begins. */
export function runsTarget(context: ReadContext, sid: number, rid: string): FilterTarget {
  const row = sql.ref(rid);
  const field = (name: string) => sql.ref(`runs.${name}`);
  const used = (column: "process" | "step", comparison: Comparison) =>
    sql<SqlBool>`${row} in (select rid from step_uses where sid = ${sid} and ${compareText(sql.ref(column), comparison)})`;
  return {
    word: (text) => nameContains("runs", "name", text),
    tagged: (tag) => {
      const named = columnsNamed(context, sid, "tag", tag);
      const valued = sql<SqlBool>`${row} in (select rid from run_values where cid in (${tagColumns(sid)}) and ${compareValue("last", { operator: "=", value: comparedValue(tag)! })})`;
      return anyOf([withValue(row, named, sql<SqlBool>`1`), valued]);
    },
    field(asked: FilterField, comparison: Comparison): Condition {
      switch (asked.name) {
        case "name":
          return comparison.operator === "~" && comparison.value.type === "text"
            ? nameContains("runs", "name", comparison.value.text)
            : compareText(field("name"), comparison);
        case "status":
          return compareWord(field("status"), comparison);
        case "started":
        case "ended":
          return compareMoment(field(asked.name), comparison);
        case "age":
          return compareAge(field("started"), comparison, context.now());
        case "duration":
        case "saved":
          return compareNumber(field(asked.name), comparison);
        case "reused":
          return compareNumber(field("hits"), comparison);
        case "version":
          return compareText(field("version"), comparison);
        case "experiment":
          return compareExperiment("runs.experiment", sid, comparison);
        case "process":
        case "step":
          return used(asked.name, comparison);
        case "producer":
          return sql<SqlBool>`${row} in (select rid from step_uses where sid = ${sid} and origin = 'reused' and ${compareRun("producer", sid, comparison)})`;
        case "params":
        case "metrics":
        case "tags": {
          const columns = columnsNamed(context, sid, kinds[asked.name], asked.key);
          return withValue(row, columns, compareValue(asked.stat, comparison));
        }
        default:
          return never;
      }
    },
  };
}

/** An experiment is asked for by its name or its id; `!=` means neither. */
export function compareExperiment(column: string, sid: number, comparison: Comparison): Condition {
  if (comparison.operator === "exists") return sql<SqlBool>`${sql.ref(column)} <> ''`;
  if (comparison.operator === "!=") return negated(compareExperiment(column, sid, { ...comparison, operator: "=" }));
  const named = sql<SqlBool>`${sql.ref(column)} in (select id from experiments where sid = ${sid} and ${compareText(sql.ref("name"), comparison)})`;
  return anyOf([compareText(sql.ref(column), comparison), named]);
}

/** A run is asked for by its name or its id. */
export function compareRun(column: string, sid: number, comparison: Comparison): Condition {
  if (comparison.operator === "exists") return sql<SqlBool>`${sql.ref(column)} is not null`;
  if (comparison.operator === "!=") {
    return allOf([
      sql<SqlBool>`${sql.ref(column)} is not null`,
      negated(compareRun(column, sid, { ...comparison, operator: "=" })),
    ]);
  }
  const named = sql<SqlBool>`${sql.ref(column)} in (select named.id from runs as named where named.sid = ${sid} and ${compareText(sql.ref("named.name"), comparison)})`;
  return anyOf([compareText(sql.ref(column), comparison), named]);
}

/** Columns that a key names: by name; a param also by the end of its name, whatever its process; a metric by `process.name` or `process.step.name`. */
function columnsNamed(context: ReadContext, sid: number, kind: ValueColumn, key: string): number[] {
  const ending = `.${key}`;
  const rows = context.db.all(
    query
      .selectFrom("columns")
      .select("cid")
      .where("sid", "=", sid)
      .where("kind", "=", kind)
      .where(({ or, eb }) =>
        or([
          eb("name", "=", key),
          ...(kind === "param" ? [eb(sql`substr(name, ${-[...ending].length})`, "=", ending)] : []),
          ...(kind === "metric"
            ? [eb(sql`process || '.' || name`, "=", key), eb(sql`process || '.' || step || '.' || name`, "=", key)]
            : []),
        ]),
      ),
  );
  return rows.map(({ cid }) => cid);
}

function tagColumns(sid: number) {
  return query.selectFrom("columns").select("cid").where("sid", "=", sid).where("kind", "=", "tag");
}

function withValue(row: Condition | ReturnType<typeof sql.ref>, columns: number[], condition: Condition): Condition {
  if (columns.length === 0) return never;
  return sql<SqlBool>`${row} in (select rid from run_values where cid in (${sql.join(columns)}) and ${condition})`;
}

const statColumns: Record<MetricStat, string> = { last: "v", min: "lo", max: "hi" };

/** A text never equals or orders with a number; a number never with a text. */
function compareValue(stat: MetricStat, comparison: Comparison): Condition {
  const column = sql.ref(statColumns[stat]);
  if (comparison.operator === "exists") return stat === "last" ? sql<SqlBool>`1` : sql<SqlBool>`${column} is not null`;
  if (stat !== "last" && comparison.operator !== "~") return compareNumber(column, comparison);
  const { operator, value } = comparison;
  const op = sql.raw(operator);
  if (operator === "~") {
    const text = value.type === "text" ? value.text : "";
    return sql<SqlBool>`value_contains(${column}, ${stat === "last" ? sql.ref("long") : null}, ${text.toLowerCase()})`;
  }
  const isNan = sql<SqlBool>`(v is null and long = 'NaN')`;
  if (value.type === "nan") return operator === "=" ? isNan : operator === "!=" ? sql<SqlBool>`v is not null` : never;
  if (value.type === "number") {
    const same = sameNumber(value.value, value.exact);
    if (operator === "=") return same;
    if (operator === "!=") return allOf([sql<SqlBool>`v is not null`, negated(same)]);
    return operator.startsWith("<")
      ? sql<SqlBool>`v ${op} ${value.value}`
      : sql<SqlBool>`(v ${op} ${value.value} and v < '')`;
  }
  if (value.type !== "text") return never;
  const head = cutText(value.text);
  const same = sql<SqlBool>`(v = ${head} and coalesce(long, v) = ${value.text})`;
  if (operator === "=") return same;
  if (operator === "!=") return allOf([sql<SqlBool>`v is not null`, negated(same)]);
  return operator.startsWith("<") ? sql<SqlBool>`(v ${op} ${head} and v >= '')` : sql<SqlBool>`v ${op} ${head}`;
}

/** An integer beyond 2^53 is told from its neighbours by its digits, kept where they are not the number's usual spelling. */
function sameNumber(value: number, exact: string | null): Condition {
  if (exact === null) return sql<SqlBool>`v = ${value}`;
  const usual = String(value) === exact ? sql` or long is null` : sql``;
  return sql<SqlBool>`(v = ${value} and (long = ${exact}${usual}))`;
}
