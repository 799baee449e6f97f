import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { LedgerItem } from "../domain/ledger.ts";
import type { Page } from "../domain/source.ts";
import type { LedgerQuery } from "./contract.ts";
import { query } from "./database.ts";
import { dayMillis, dayOf } from "./ledger-days.ts";
import { type LedgerSort, readLedgerSort } from "./ledger-page.ts";
import { readPage, type SortKey } from "./page.ts";
import { isOneOf, isoOf, type KnownSource, ofExperiment, type ReadContext, withinScope } from "./read-context.ts";
import { countRows, type NarrowedTable, readSortedRows } from "./sorted-rows.ts";
import { restoreText } from "./stored-text.ts";
import { sumTotals } from "./totals.ts";

const sortKeys: Record<Exclude<LedgerSort["column"], "bytes">, RawBuilder<SortKey>> = {
  group: sql`runs.started`,
  hits: sql`runs.hits`,
  misses: sql`runs.misses`,
  rate: sql`(runs.hits * 1.0 / nullif(runs.hits + runs.misses, 0))`,
  saved: sql`(runs.saved + runs.step_saved)`,
  spent: sql`runs.spent`,
};

/** The ledger by run: every run that looked something up. */
export function readRunsOfLedger(
  context: ReadContext,
  sources: KnownSource[],
  asked: LedgerQuery,
): Pick<Page<LedgerItem>, "items" | "nextCursor" | "total"> {
  const { column, descending } = readLedgerSort(asked.sort, "run");
  const key = sortKeys[column as keyof typeof sortKeys];
  const narrowed = (sid: number): NarrowedTable => ({
    table: "runs",
    row: "rid",
    sid,
    conditions: conditionsOf(sid, asked),
  });
  const { rows, nextCursor } = readPage({
    sids: sources.map(({ sid }) => sid),
    sort: `ledger of runs ${descending ? "-" : ""}${column}`,
    descending,
    cursor: asked.cursor,
    limit: asked.limit,
    read: (sid, blank, after, limit) =>
      readSortedRows(context, narrowed(sid), { key, descending, blank, after, limit }),
  });
  const whole = asked.cursor === undefined && nextCursor === null;
  const total = whole
    ? { value: rows.length, exact: true }
    : sumTotals(sources.map(({ sid }) => countRows(context, narrowed(sid))));
  return {
    items: readItems(
      context,
      sources,
      rows.map(({ row }) => row),
    ),
    nextCursor,
    total,
  };
}

function conditionsOf(sid: number, { from, to, scope, experiment }: LedgerQuery): RawBuilder<SqlBool>[] {
  const bound = (millis: number) => dayOf(millis) * dayMillis;
  return [
    sql<SqlBool>`runs.hits + runs.misses > 0`,
    ...(from === undefined ? [] : [sql<SqlBool>`runs.started >= ${bound(from)}`]),
    ...(to === undefined ? [] : [sql<SqlBool>`runs.started < ${bound(to)}`]),
    ...withinScope("runs.experiment", scope),
    ...ofExperiment("runs.experiment", sid, experiment),
  ];
}

function readItems(context: ReadContext, sources: readonly KnownSource[], rids: readonly number[]): LedgerItem[] {
  const rows = context.db.all(
    query
      .selectFrom("runs")
      .select(["rid", "sid", "id", "name", "experiment", "started", "hits", "misses", "unpriced", "spent"])
      .select([sql<number>`coalesce(saved, 0) + coalesce(step_saved, 0)`.as("saved"), heldByRun.as("bytes")])
      .where(isOneOf("rid", rids)),
  );
  const byNumber = new Map(rows.map((row) => [row.rid, row]));
  const names = new Map(sources.map(({ sid }) => [sid, context.experimentNames(sid)]));
  return rids.flatMap((rid) => {
    const row = byNumber.get(rid);
    if (!row) return [];
    return [
      {
        group: restoreText(row.name),
        source: sources.find(({ sid }) => sid === row.sid)!.id,
        experimentId: row.experiment,
        experimentName: restoreText(names.get(row.sid)?.get(row.experiment) ?? row.experiment),
        process: null,
        step: null,
        runId: row.id,
        startedAt: isoOf(row.started),
        hits: row.hits ?? 0,
        misses: row.misses ?? 0,
        unpriced: row.unpriced ?? 0,
        savedSeconds: row.saved,
        spentSeconds: row.spent ?? 0,
        bytes: row.bytes,
      },
    ];
  });
}

/** Bytes of the entries that a run made: those that its steps name, and those that name it. */
const heldByRun = sql<number>`(
  select total(held) from entries where entries.sid = runs.sid and entries.producer = runs.id and entries.id in (
    select entry from step_uses where step_uses.rid = runs.rid and entry is not null
    union select made.id from entries as made where made.sid = runs.sid and made.fact_producer = runs.id))`;
