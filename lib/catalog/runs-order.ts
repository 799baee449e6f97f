import { type RawBuilder, type SqlBool, sql } from "kysely";
import { AppError } from "../domain/errors.ts";
import type { MetricStat } from "../domain/filter/fields.ts";
import { findColumns } from "./column-lookup.ts";
import { query } from "./database.ts";
import type { Condition } from "./filter-conditions.ts";
import type { Position, SortedRow, SortKey } from "./page.ts";
import type { KnownSource, ReadContext } from "./read-context.ts";
import { type RunColumnField, runColumnFields } from "./run-fields.ts";
import { readSort } from "./sort.ts";
import { readSortedRows, type SortedSlice } from "./sorted-rows.ts";
import { sortedLength } from "./stored-text.ts";

/** How a list of runs is walked. */
export interface RunsOrder {
  name: string;
  descending: boolean;
  /** Reads a page of one source; `conditions` are told the column that holds the row number where the walk begins. */
  read(
    sid: number,
    blank: boolean,
    after: Position | null,
    limit: number,
    conditions: (rid: string) => Condition[],
  ): SortedRow[];
}

/** Throws `bad_request` for a column that runs do not have. */
export function runsOrder(context: ReadContext, sources: KnownSource[], sort: string | undefined): RunsOrder {
  const { column, descending } = readSort(sort, { column: "started", descending: true });
  const name = `${descending ? "-" : ""}${column}`;
  if (Object.hasOwn(runColumnFields, column)) {
    const key = fieldKey(column as RunColumnField);
    return {
      name,
      descending,
      read: (sid, blank, after, limit, conditions) =>
        readSortedRows(
          context,
          { table: "runs", row: "rid", sid, conditions: conditions("runs.rid") },
          { key, descending, blank, after, limit },
        ),
    };
  }
  const { id, stat } = splitStat(column);
  const columns = findColumns(
    context,
    sources.map(({ sid }) => sid),
    id,
  );
  if (columns.length === 0 && !/^(metric|param|tag):/.test(id)) {
    throw new AppError("bad_request", `Runs cannot be sorted by "${column.slice(0, 60)}".`, {
      remedy: "Ask for the columns of the runs: their ids are what sorts.",
      details: { parameter: "sort" },
    });
  }
  const cids = new Map(columns.map(({ sid, cid }) => [sid, cid]));
  return {
    name,
    descending,
    read: (sid, blank, after, limit, conditions) =>
      readByValue(context, {
        sid,
        cid: cids.get(sid) ?? null,
        key: statKeys[stat],
        descending,
        blank,
        after,
        limit,
        conditions,
      }),
  };
}

function fieldKey(field: RunColumnField): RawBuilder<SortKey> {
  if (field === "name") return sql`substr(runs.name, 1, ${sql.lit(sortedLength)})`;
  if (field === "experiment") {
    return sql`coalesce((select name from experiments where experiments.sid = runs.sid and experiments.id = runs.experiment), runs.experiment)`;
  }
  return sql`${sql.ref(`runs.${runColumnFields[field]}`)}`;
}

/** `metric:<id>.min` sorts by the lowest value instead of the latest. */
function splitStat(column: string): { id: string; stat: MetricStat } {
  const found = /^(metric:.*)\.(last|min|max)$/s.exec(column);
  return found ? { id: found[1]!, stat: found[2] as MetricStat } : { id: column, stat: "last" };
}

const statKeys = {
  last: sql<SortKey>`run_values.v`,
  min: sql<SortKey>`run_values.lo`,
  max: sql<SortKey>`run_values.hi`,
} as const;

interface ValueSlice extends SortedSlice {
  sid: number;
  /** `null`: no run of this source has the column. */
  cid: number | null;
  conditions: (rid: string) => Condition[];
}

function readByValue(
  context: ReadContext,
  { sid, cid, key, descending, blank, after, limit, conditions }: ValueSlice,
): SortedRow[] {
  const direction = descending ? "desc" : "asc";
  const beyond = sql.raw(descending ? "<" : ">");
  const all = (rid: string) => sql<SqlBool>`${sql.join([sql`runs.sid = ${sid}`, ...conditions(rid)], sql` and `)}`;
  if (blank) {
    const lacking = query
      .selectFrom("runs")
      .select([sql<number>`runs.sid`.as("sid"), "runs.rid as row", sql<null>`null`.as("key")])
      .where(all("runs.rid"))
      .where(
        sql<SqlBool>`not exists (select 1 from run_values where run_values.rid = runs.rid and run_values.cid = ${cid} and ${key} is not null)`,
      )
      .$if(after !== null, (rest) => rest.where(sql<SqlBool>`runs.rid ${beyond} ${after?.row}`));
    return context.db.all(lacking.orderBy("runs.rid", direction).limit(limit));
  }
  if (cid === null) return [];
  // A cross join is walked from the left: the index gives the values in order, so a page reads about as many rows as it shows.
  const valued = query
    .selectFrom("run_values")
    .crossJoin("runs")
    .select([sql<number>`runs.sid`.as("sid"), "run_values.rid as row", key.as("key")])
    .whereRef("runs.rid", "=", "run_values.rid")
    .where("run_values.cid", "=", cid)
    .where(sql<SqlBool>`${key} is not null`)
    .where(all("run_values.rid"))
    .$if(after !== null, (rest) =>
      rest.where(sql<SqlBool>`(${key}, run_values.rid) ${beyond} (${after?.key}, ${after?.row})`),
    );
  return context.db.all(valued.orderBy(key, direction).orderBy("run_values.rid", direction).limit(limit));
}
