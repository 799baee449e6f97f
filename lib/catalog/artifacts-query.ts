import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Artifact } from "../domain/entry.ts";
import { AppError } from "../domain/errors.ts";
import type { Filter } from "../domain/filter/ast.ts";
import type { Page } from "../domain/source.ts";
import { readArtifactRows } from "./artifact-rows.ts";
import type { ArtifactsQuery } from "./contract.ts";
import { query } from "./database.ts";
import { type Condition, compileFilter } from "./filter-conditions.ts";
import { artifactsTarget } from "./filter-entries.ts";
import { readPage, type SortKey } from "./page.ts";
import { freshnessOf, type ReadContext, readFilter, withinScope } from "./read-context.ts";
import { readSort } from "./sort.ts";
import { countRows, type NarrowedTable, readSortedRows } from "./sorted-rows.ts";
import { sumTotals, type Total, type Totals } from "./totals.ts";

const sortKeys: Record<string, RawBuilder<SortKey>> = {
  name: sql`substr(artifacts.name, 1, 200)`,
  bytes: sql`artifacts.bytes`,
  size: sql`artifacts.bytes`,
  modified: sql`artifacts.modified`,
};

/** A page of artifacts of any sources. */
export function readArtifacts(context: ReadContext, totals: Totals, asked: ArtifactsQuery): Page<Artifact> {
  const filter = readFilter(asked.q, "artifacts");
  const sources = context.sources(asked.sources);
  const { column, descending } = readSort(asked.sort, { column: "name", descending: false });
  const key = Object.hasOwn(sortKeys, column) ? sortKeys[column]! : null;
  if (!key) {
    throw new AppError("bad_request", `Artifacts cannot be sorted by "${column.slice(0, 60)}".`, {
      remedy: `Sort by one of ${Object.keys(sortKeys).join(", ")}.`,
      details: { parameter: "sort" },
    });
  }
  const narrowed = (sid: number): NarrowedTable => ({
    table: "artifacts",
    row: "aid",
    sid,
    conditions: conditionsOf(context, sid, asked, filter),
  });
  const { rows, nextCursor } = readPage({
    sids: sources.map(({ sid }) => sid),
    sort: `artifacts ${descending ? "-" : ""}${column}`,
    descending,
    cursor: asked.cursor,
    limit: asked.limit,
    read: (sid, blank, after, limit) =>
      readSortedRows(context, narrowed(sid), { key, descending, blank, after, limit }),
  });
  const whole = asked.cursor === undefined && nextCursor === null;
  const count = () =>
    sumTotals(
      sources.map(({ sid, artifacts }) => {
        const from = narrowed(sid);
        return from.conditions.length === 0 ? { value: artifacts, exact: true } : countRows(context, from);
      }),
    );
  const total = whole ? { value: rows.length, exact: true } : countArtifacts(totals, asked, count);
  return { items: readArtifactRows(context, sources, rows), nextCursor, total, ...freshnessOf(asked.sources, sources) };
}

function conditionsOf(context: ReadContext, sid: number, asked: ArtifactsQuery, filter: Filter | null): Condition[] {
  const { prefix, run } = asked;
  const named = (start: string) => sql<SqlBool>`substr(artifacts.name, 1, ${[...start].length}) = ${start}`;
  const ofRun = (id: string) => {
    const runs = query.selectFrom("runs").select("rid").where("sid", "=", sid).where("id", "=", id);
    return sql<SqlBool>`artifacts.id in (
      select artifact from chart_uses where rid in (${runs})
      union select payloads.artifact from step_uses
        inner join entries on entries.sid = step_uses.sid and entries.id = step_uses.entry
        inner join payloads on payloads.eid = entries.eid
        where step_uses.rid in (${runs}))`;
  };
  return [
    ...withinScope("artifacts.experiment", asked.scope),
    ...(prefix ? [named(prefix)] : []),
    ...(run === undefined ? [] : [ofRun(run)]),
    ...(filter ? [compileFilter(filter, artifactsTarget(context, sid))] : []),
  ];
}

function countArtifacts(totals: Totals, asked: ArtifactsQuery, count: () => Total): Total {
  const { sources, q, scope, prefix, run } = asked;
  return totals.remember(JSON.stringify(["artifacts", sources, q, scope, prefix, run]), count);
}
