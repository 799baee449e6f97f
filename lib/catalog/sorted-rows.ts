import { type RawBuilder, sql } from "kysely";
import { query } from "./database.ts";
import type { Condition } from "./filter-conditions.ts";
import type { Position, SortedRow, SortKey } from "./page.ts";
import type { ReadContext } from "./read-context.ts";
import { countInSlices, type Total } from "./totals.ts";

/** A list of one source: the table, its row number, and what narrows it. */
export interface NarrowedTable {
  table: "runs" | "entries" | "artifacts";
  row: "rid" | "eid" | "aid";
  sid: number;
  conditions: readonly Condition[];
}
export interface SortedSlice {
  key: RawBuilder<SortKey>;
  descending: boolean;
  /** Those without a key, by row. */
  blank: boolean;
  after: Position | null;
  limit: number;
}

/** Rows of a table by a key of theirs, ties by row number: each index ends with it, so a page is one walk along the index. */
export function readSortedRows(
  context: ReadContext,
  from: NarrowedTable,
  { key, descending, blank, after, limit }: SortedSlice,
): SortedRow[] {
  const row = sql.ref(`${from.table}.${from.row}`);
  const direction = sql.raw(descending ? "desc" : "asc");
  const beyond = sql.raw(descending ? "<" : ">");
  const behind = !after
    ? []
    : [blank ? sql`${row} ${beyond} ${after.row}` : sql`(${key}, ${row}) ${beyond} (${after.key}, ${after.row})`];
  const keyed = sql`${key} is ${sql.raw(blank ? "null" : "not null")}`;
  return context.db.all(
    asQuery(sql<SortedRow>`
      select ${from.sid} as sid, ${row} as row, ${blank ? sql`null` : key} as key from ${sql.table(from.table)}
      where ${narrowed(from, [keyed, ...behind])}
      order by ${blank ? row : sql`${key} ${direction}, ${row}`} ${direction} limit ${limit}`),
  );
}

/** How many rows there are; past the time budget "at least". */
export function countRows(context: ReadContext, from: NarrowedTable): Total {
  const row = sql.ref(`${from.table}.${from.row}`);
  const most =
    context.db.get(asQuery(sql<{ most: number | null }>`select max(${row}) as most from ${sql.table(from.table)}`))
      ?.most ?? 0;
  return countInSlices(most, (first, last) => {
    const between = sql`${row} between ${first} and ${last}`;
    return (
      context.db.get(
        asQuery(
          sql<{ n: number }>`select count(*) as n from ${sql.table(from.table)} where ${narrowed(from, [between])}`,
        ),
      )?.n ?? 0
    );
  });
}

function narrowed(
  { table, sid, conditions }: NarrowedTable,
  more: readonly RawBuilder<unknown>[],
): RawBuilder<unknown> {
  return sql.join([sql`${sql.ref(`${table}.sid`)} = ${sid}`, ...more, ...conditions], sql` and `);
}

function asQuery<Row>(raw: RawBuilder<Row>) {
  return { compile: () => raw.compile(query) };
}
