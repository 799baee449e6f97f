import { type SqlBool, sql } from "kysely";
import type { EntryScope, EntryState, PayloadRole } from "../domain/entry.ts";
import type { PlannedEntries, PlannedEntry, PlannedPayload, PlanQuery, ViewerScope } from "./contract.ts";
import { type Compilable, query } from "./database.ts";
import { entriesConditions } from "./entries-query.ts";
import { isPinned } from "./pin-conditions.ts";
import { isOneOf, type KnownSource, type ReadContext, readFilter, seenIn } from "./read-context.ts";
import type { ArtifactDoc } from "./stored-docs.ts";
import { restoreNullable, restoreText, storeText } from "./stored-text.ts";

/** Entries as a plan needs them, by row number: a page ends where its last row stood. */
export function readPlannedEntries(context: ReadContext, source: KnownSource, asked: PlanQuery): PlannedEntries {
  const { sid } = source;
  const { entries, after, limit, ...selector } = asked;
  const filter = readFilter(selector.q, "entries");
  const conditions = [
    ...entriesConditions(context, sid, { ...selector, sources: [source.id], limit }, filter),
    ...(entries ? [isOneOf("entries.id", entries)] : []),
    sql<SqlBool>`entries.eid > ${after ?? 0}`,
  ];
  const rows = context.db.all(
    query
      .selectFrom("entries")
      .leftJoin("entry_docs", "entry_docs.eid", "entries.eid")
      .leftJoin("artifacts", (join) =>
        join
          .onRef("artifacts.sid", "=", "entries.sid")
          .onRef("artifacts.id", "=", "entries.id")
          .on("entries.fact_state", "=", "orphan"),
      )
      .select([
        "entries.eid",
        "entries.id",
        "entries.experiment",
        "key",
        "scope",
        "entries.process",
        "entries.step",
        "state",
      ])
      .select(["entries.bytes", "entries.created", "seconds", "borrowed", "producer", "expires"])
      .select(sql<number>`${isPinned}`.as("pinned"))
      .select(["entry_docs.token as entry_token", "artifacts.token as file_token"])
      .select(sql<string | null>`coalesce(entry_docs.doc, artifacts.doc) ->> '$.locator'`.as("locator"))
      .where("entries.sid", "=", sid)
      .where(sql<SqlBool>`${sql.join(conditions, sql` and `)}`)
      .orderBy("entries.eid")
      .limit(limit),
  );
  const items = rows.flatMap((row): PlannedEntry[] => {
    const token = row.entry_token ?? row.file_token;
    if (row.locator === null || token === null) return [];
    return [
      {
        id: row.id,
        of: row.entry_token === null ? "artifact" : "entry",
        createdAt: row.created,
        experimentId: row.experiment,
        key: restoreText(row.key),
        scope: row.scope as EntryScope,
        process: restoreNullable(row.process),
        step: restoreNullable(row.step),
        state: row.state as EntryState,
        bytes: row.bytes,
        seconds: row.seconds,
        borrowedSeconds: row.borrowed,
        producerRunId: row.producer,
        expiresAt: row.expires,
        pinned: row.pinned === 1,
        locator: row.locator,
        token,
      },
    ];
  });
  return { items, next: rows.length === limit ? rows.at(-1)!.eid : null };
}

/** Ids as a table that SQL can join; any number of them is one parameter. */
const idTable = (name: string, ids: readonly string[]) =>
  sql`${sql.raw(name)}(id) as materialized (select value from json_each(${JSON.stringify(ids)}))`;

/** Entries of the same process as these, made or used in the same runs: what stands for the same work. */
export function readCompanions(context: ReadContext, { sid }: KnownSource, ids: readonly string[]): string[] {
  return idsOf(
    context,
    sql<{ id: string }>`with ${idTable("chosen", ids)},
      places as (select distinct step_uses.rid, step_uses.process from chosen
        join step_uses on step_uses.sid = ${sid} and step_uses.entry = chosen.id)
      select step_uses.entry as id from places
        join step_uses on step_uses.rid = places.rid and step_uses.process = places.process and step_uses.entry is not null
      union select made.id from chosen
        join entries on entries.sid = ${sid} and entries.id = chosen.id and entries.fact_producer is not null
        join entries as made on made.sid = ${sid} and made.fact_producer = entries.fact_producer and made.process is entries.process`,
  );
}

/** Entries of these processes in the runs that made or used the given ones: what was made of their results. */
export function readEntriesBeside(
  context: ReadContext,
  { sid }: KnownSource,
  ids: readonly string[],
  processes: readonly string[],
): string[] {
  const names = idTable("names", processes.map(storeText));
  return idsOf(
    context,
    sql<{ id: string }>`with ${idTable("chosen", ids)}, ${names},
      within as (select distinct step_uses.rid from chosen join step_uses on step_uses.sid = ${sid} and step_uses.entry = chosen.id)
      select distinct step_uses.entry as id from within
        join step_uses on step_uses.rid = within.rid and step_uses.entry is not null
        join names on names.id = step_uses.process`,
  );
}

/** Every payload that these entries name, and who else names it. */
export function readPlannedPayloads(
  context: ReadContext,
  { sid }: KnownSource,
  ids: readonly string[],
): PlannedPayload[] {
  const rows = context.db.all(
    asQuery(sql<{
      artifact: string;
      role: string;
      bytes: number | null;
      name: string;
      doc: string;
      token: string;
      holders: string;
      named: number;
      unread: number;
    }>`with ${idTable("chosen", ids)},
      named as (select payloads.artifact, min(payloads.role) as role, json_group_array(distinct entries.id) as holders,
          min(entries.experiment) as experiment, min(entries.process) as process
        from chosen join entries on entries.sid = ${sid} and entries.id = chosen.id
          join payloads on payloads.eid = entries.eid group by payloads.artifact)
      select named.artifact, named.role, named.holders, artifacts.bytes, artifacts.name, artifacts.doc, artifacts.token,
        (select count(distinct payloads.eid) from payloads where payloads.sid = ${sid} and payloads.artifact = named.artifact) as named,
        exists (select 1 from entries as dim where dim.sid = ${sid} and dim.unread = 1 and dim.experiment = named.experiment
          and dim.process is named.process and dim.id not in (select id from chosen)) as unread
      from named join artifacts on artifacts.sid = ${sid} and artifacts.id = named.artifact order by named.artifact`),
  );
  return rows.map(({ artifact, role, bytes, name, doc, token, named, unread, ...row }) => {
    const holders = JSON.parse(row.holders) as string[];
    return {
      artifactId: artifact,
      role: role as PayloadRole,
      bytes,
      name: restoreText(name),
      locator: (JSON.parse(doc) as ArtifactDoc).locator,
      token,
      holders,
      otherHolders: named - holders.length,
      mayHaveMore: unread === 1,
    };
  });
}

/** What the stored payloads that these entries name hold together. */
export function readPayloadBytes(context: ReadContext, { sid }: KnownSource, ids: readonly string[]): number {
  const row = context.db.get(
    asQuery(sql<{ bytes: number | null }>`with ${idTable("chosen", ids)}
      select sum(artifacts.bytes) as bytes from (select distinct payloads.artifact from chosen
          join entries on entries.sid = ${sid} and entries.id = chosen.id join payloads on payloads.eid = entries.eid) as named
        join artifacts on artifacts.sid = ${sid} and artifacts.id = named.artifact`),
  );
  return row?.bytes ?? 0;
}

/** Runs that made or used these entries, newest first. */
export function readRunsAlong(
  context: ReadContext,
  { sid }: KnownSource,
  ids: readonly string[],
  limit: number,
  scope: ViewerScope,
): { runs: string[]; total: number } {
  const runs = idsOf(
    context,
    sql<{ id: string }>`with ${idTable("chosen", ids)}
      select runs.id from (select distinct step_uses.rid from chosen join step_uses on step_uses.sid = ${sid} and step_uses.entry = chosen.id) as along
        join runs on runs.rid = along.rid where ${seenIn("runs.experiment", scope)} order by runs.started desc`,
  );
  return { runs: runs.slice(0, limit), total: runs.length };
}

function idsOf(context: ReadContext, asked: ReturnType<typeof sql<{ id: string }>>): string[] {
  return context.db.all(asQuery(asked)).map(({ id }) => id);
}

function asQuery<Row>(raw: ReturnType<typeof sql<Row>>): Compilable<Row> {
  return { compile: () => raw.compile(query) };
}
