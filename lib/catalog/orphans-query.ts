import { type SqlBool, sql } from "kysely";
import type { Artifact } from "../domain/entry.ts";
import type { Page } from "../domain/source.ts";
import { readArtifactRows } from "./artifact-rows.ts";
import type { OrphansQuery } from "./contract.ts";
import { query } from "./database.ts";
import { type Condition, compileFilter } from "./filter-conditions.ts";
import { entriesTarget } from "./filter-entries.ts";
import { isRevivable } from "./lost-entries-query.ts";
import { readPage, type SortKey } from "./page.ts";
import { freshnessOf, type ReadContext, readFilter, withinScope } from "./read-context.ts";
import { type NarrowedTable, readSortedRows } from "./sorted-rows.ts";

/** Payloads that no record names and that are not younger than `before`, newest first: the index of odd states has them in this order. */
export function readOrphans(
  context: ReadContext,
  asked: OrphansQuery,
): Page<Artifact & { revivable: boolean }> & { young: number } {
  const filter = readFilter(asked.q, "entries");
  const sources = context.sources(asked.sources);
  const old = sql<SqlBool>`(entries.created is null or entries.created <= ${asked.before})`;
  const young = sql<SqlBool>`entries.created > ${asked.before}`;
  const narrowed = (sid: number, aged = old): NarrowedTable => {
    const conditions: Condition[] = [
      sql<SqlBool>`entries.state = 'orphan' and entries.state <> 'usable'`,
      aged,
      ...withinScope("entries.experiment", asked.scope),
      ...(filter ? [compileFilter(filter, entriesTarget(context, sid))] : []),
    ];
    return { table: "entries", row: "eid", sid, conditions };
  };
  const key = sql<SortKey>`entries.created`;
  const { rows, nextCursor } = readPage({
    sids: sources.map(({ sid }) => sid),
    sort: "orphans",
    descending: true,
    cursor: asked.cursor,
    limit: asked.limit,
    read: (sid, blank, after, limit) =>
      readSortedRows(context, narrowed(sid), { key, descending: true, blank, after, limit }),
  });
  const found = artifactsOf(
    context,
    rows.map(({ row }) => row),
  );
  const revivable = new Set(found.filter((one) => one.revivable).map(({ id }) => id));
  const items = readArtifactRows(context, sources, found).map((artifact) => ({
    ...artifact,
    revivable: revivable.has(artifact.id),
  }));
  const count = (aged: Condition) => sources.reduce((sum, { sid }) => sum + countAll(context, narrowed(sid, aged)), 0);
  const total = { value: count(old), exact: true };
  return { items, nextCursor, total, young: count(young), ...freshnessOf(asked.sources, sources) };
}

function countAll(context: ReadContext, { sid, conditions }: NarrowedTable): number {
  const rows = query
    .selectFrom("entries")
    .select(({ fn }) => fn.countAll<number>().as("n"))
    .where(sql<SqlBool>`${sql.join([sql`sid = ${sid}`, ...conditions], sql` and `)}`);
  return context.db.get(rows)?.n ?? 0;
}

/** An orphan is listed among the entries under the id of the artifact that it is. */
function artifactsOf(context: ReadContext, eids: readonly number[]): { row: number; id: string; revivable: boolean }[] {
  const found = context.db.all(
    query
      .selectFrom("entries")
      .innerJoin("artifacts", (join) =>
        join.onRef("artifacts.sid", "=", "entries.sid").onRef("artifacts.id", "=", "entries.id"),
      )
      .select(["eid", "aid as row", "artifacts.id"])
      .select(sql<number>`${isRevivable}`.as("revivable"))
      .where("eid", "in", [...eids, -1]),
  );
  const byEntry = new Map(found.map(({ eid, row, id, revivable }) => [eid, { row, id, revivable: revivable === 1 }]));
  return eids.flatMap((eid) => byEntry.get(eid) ?? []);
}

/** How many entries name results that could not be read, so that what they refer to is not known. */
export function countUnread(context: ReadContext, sourceIds: readonly string[]): number {
  const sids = context.sources(sourceIds).map(({ sid }) => sid);
  return (
    context.db.get(
      query
        .selectFrom("entries")
        .select(({ fn }) => fn.countAll<number>().as("n"))
        .where("sid", "in", [...sids, -1])
        .where("unread", "=", sql.lit(1)),
    )?.n ?? 0
  );
}
