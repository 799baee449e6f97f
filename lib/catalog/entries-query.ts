import { type SqlBool, sql } from "kysely";
import type { Entry } from "../domain/entry.ts";
import { AppError } from "../domain/errors.ts";
import type { Filter } from "../domain/filter/ast.ts";
import type { EntryFault } from "../domain/orphan.ts";
import type { Page } from "../domain/source.ts";
import type { EntriesQuery } from "./contract.ts";
import { query } from "./database.ts";
import { readEntryRows } from "./entry-rows.ts";
import { type Condition, compileFilter } from "./filter-conditions.ts";
import { entriesTarget } from "./filter-entries.ts";
import { readPage, type SortKey } from "./page.ts";
import {
  freshnessOf,
  isOneOf,
  type KnownSource,
  ofExperiment,
  type ReadContext,
  readFilter,
  withinScope,
} from "./read-context.ts";
import { readSort } from "./sort.ts";
import { countRows, type NarrowedTable, readSortedRows } from "./sorted-rows.ts";
import { sortedLength, storeText } from "./stored-text.ts";
import { sumTotals, type Total, type Totals } from "./totals.ts";

/** What entries sort by, and the table's column. */
const sortColumns: Record<string, string> = {
  created: "created",
  key: "key",
  name: "key",
  process: "process",
  step: "step",
  status: "status",
  state: "state",
  size: "bytes",
  bytes: "bytes",
  uses: "uses",
  used: "last_used",
  saved: "saved",
  duration: "seconds",
  expires: "expires",
  due: "due",
  value: "value",
  version: "version",
  experiment: "experiment",
};
const texts = new Set(["key", "process", "step"]);

/** A page of cache entries of any sources. */
export function readEntries(context: ReadContext, totals: Totals, asked: EntriesQuery): Page<Entry> {
  const filter = readFilter(asked.q, "entries");
  const sources = context.sources(asked.sources);
  const { column, descending } = readSort(asked.sort, { column: "created", descending: true });
  if (!Object.hasOwn(sortColumns, column)) {
    throw new AppError("bad_request", `Cache entries cannot be sorted by "${column.slice(0, 60)}".`, {
      remedy: `Sort by one of ${Object.keys(sortColumns).join(", ")}.`,
      details: { parameter: "sort" },
    });
  }
  const narrowed = (sid: number): NarrowedTable => ({
    table: "entries",
    row: "eid",
    sid,
    conditions: entriesConditions(context, sid, asked, filter),
  });
  const stored = sortColumns[column]!;
  const ref = sql.ref<SortKey>(`entries.${stored}`);
  const key = texts.has(stored) ? sql<SortKey>`substr(${ref}, 1, ${sql.lit(sortedLength)})` : ref;
  const { rows, nextCursor } = readPage({
    sids: sources.map(({ sid }) => sid),
    sort: `entries ${descending ? "-" : ""}${column}`,
    descending,
    cursor: asked.cursor,
    limit: asked.limit,
    read: (sid, blank, after, limit) =>
      readSortedRows(context, narrowed(sid), { key, descending, blank, after, limit }),
  });
  const whole = asked.cursor === undefined && nextCursor === null;
  const total = whole ? { value: rows.length, exact: true } : countEntries(context, totals, sources, asked, narrowed);
  return { items: readEntryRows(context, sources, rows), nextCursor, total, ...freshnessOf(asked.sources, sources) };
}

/** What narrows entries of one source. */
export function entriesConditions(
  context: ReadContext,
  sid: number,
  asked: EntriesQuery,
  filter: Filter | null,
): Condition[] {
  const ofRun = (run: string) => sql<SqlBool>`entries.id in (
    select entry from step_uses inner join runs on runs.rid = step_uses.rid where runs.sid = ${sid} and runs.id = ${run} and entry is not null
    union select id from entries as made where made.sid = ${sid} and made.fact_producer = ${run})`;
  return [
    ...placeConditions("entries", sid, asked),
    ...(asked.run === undefined ? [] : [ofRun(asked.run)]),
    ...(asked.kind === undefined ? [] : [ofKind(asked.kind, context.now())]),
    ...(filter ? [compileFilter(filter, entriesTarget(context, sid))] : []),
  ];
}

/** Said so that the index of what is odd serves. */
function ofKind(kind: EntryFault, now: number): Condition {
  if (kind === "size") return sql<SqlBool>`entries.drifted > 0`;
  return sql<SqlBool>`entries.due is not null and entries.due <= ${now}`;
}

/** What narrows both the entries and their tallies. */
function placeConditions(table: "entries" | "tallies", sid: number, asked: EntriesQuery): Condition[] {
  const { scope, experiment, process, step, state = [] } = asked;
  const is = (column: string, value: string | undefined) =>
    value === undefined ? [] : [sql<SqlBool>`${sql.ref(`${table}.${column}`)} = ${storeText(value)}`];
  // Said apart, so that the index of the other states serves.
  const odd = state.includes("usable") ? [] : [sql<SqlBool>`${sql.ref(`${table}.state`)} <> 'usable'`];
  return [
    ...withinScope(`${table}.experiment`, scope),
    ...ofExperiment(`${table}.experiment`, sid, experiment),
    ...is("process", process),
    ...is("step", step),
    ...(state.length === 0 ? [] : [isOneOf(`${table}.state`, state), ...odd]),
  ];
}

function countEntries(
  context: ReadContext,
  totals: Totals,
  sources: KnownSource[],
  asked: EntriesQuery,
  narrowed: (sid: number) => NarrowedTable,
): Total {
  const { q, scope, experiment, process, step, run, state, kind } = asked;
  const question = JSON.stringify(["entries", asked.sources, q, scope, experiment, process, step, run, state, kind]);
  const tallied = !q?.trim() && run === undefined && kind === undefined;
  return totals.remember(question, () =>
    sumTotals(
      sources.map(({ sid }) => (tallied ? sumTallies(context, sid, asked) : countRows(context, narrowed(sid)))),
    ),
  );
}

function sumTallies(context: ReadContext, sid: number, asked: EntriesQuery): Total {
  const rows = query
    .selectFrom("tallies")
    .select(({ fn }) => fn.sum<number | null>("entries").as("n"))
    .where(
      sql<SqlBool>`${sql.join([sql`tallies.sid = ${sid}`, ...placeConditions("tallies", sid, asked)], sql` and `)}`,
    );
  return { value: context.db.get(rows)?.n ?? 0, exact: true };
}
