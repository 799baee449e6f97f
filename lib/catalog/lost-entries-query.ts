import { type SqlBool, sql } from "kysely";
import type { LostEntries, LostEntryRow, LostQuery } from "./contract.ts";
import { query } from "./database.ts";
import { entriesConditions } from "./entries-query.ts";
import type { Condition } from "./filter-conditions.ts";
import { isOneOf, type KnownSource, type ReadContext, readFilter } from "./read-context.ts";
import { restoreNullable, restoreText } from "./stored-text.ts";

/** Runs are looked at for the one whose record names the very file. */
const mostMakers = 3;

const entryOf = sql<string>`artifacts.doc ->> '$.entryId'`;

/** A run is recorded to have made what the result's name tells. */
const isRecorded: Condition = sql<SqlBool>`exists (
  select 1 from step_uses as made where made.sid = artifacts.sid and made.entry is not null and made.entry = ${entryOf} and made.origin = 'executed')`;

/** The name of the result tells an entry, and none stands there. */
const isLost: Condition = sql<SqlBool>`(${entryOf} is not null and artifacts.role = 'result' and not exists (
  select 1 from entries as live where live.sid = artifacts.sid and live.id = ${entryOf}))`;

/** By what the catalog knows; whether the result can be read is seen when it is planned. */
export const isRevivable: Condition = sql<SqlBool>`(${isLost} and ${isRecorded})`;

/** Results among the orphans, with the entry that their name tells; a result of which another entry of the same key is there is lost for good. */
export function readLostEntries(context: ReadContext, source: KnownSource, asked: LostQuery): LostEntries {
  const { sid } = source;
  const { entries, limit, run, recorded = false, ...selector } = asked;
  const conditions = [
    ...entriesConditions(context, sid, { ...selector, sources: [source.id], limit }, readFilter(selector.q, "entries")),
    ...(entries ? [sql<SqlBool>`(${isOneOf("entries.id", entries)} or ${namesOneOf(entries)})`] : []),
    ...(run === undefined ? [] : [isMadeOrUsedBy(sid, run)]),
    recorded ? isRevivable : isLost,
  ];
  const lost = query
    .selectFrom("entries")
    .innerJoin("artifacts", (join) =>
      join.onRef("artifacts.sid", "=", "entries.sid").onRef("artifacts.id", "=", "entries.id"),
    )
    .leftJoin("experiments", (join) =>
      join.onRef("experiments.sid", "=", "entries.sid").onRef("experiments.id", "=", "entries.experiment"),
    )
    .where("entries.sid", "=", sid)
    .where(sql<SqlBool>`entries.state = 'orphan' and entries.state <> 'usable'`)
    .where(sql<SqlBool>`${sql.join(conditions, sql` and `)}`);
  const rows = context.db.all(
    lost
      .select(["artifacts.id as artifact", "entries.experiment", "experiments.name", "entries.process", "entries.step"])
      .select([entryOf.as("entry"), "artifacts.bytes"])
      // Of several results of one key the newest is what was served.
      .orderBy("artifacts.modified", "desc")
      .limit(limit),
  );
  const items = rows.flatMap((row): LostEntryRow[] => {
    if (row.process === null) return [];
    const made = readMakers(context, sid, row.entry);
    return [
      {
        entryId: row.entry,
        artifactId: row.artifact,
        experimentId: row.experiment,
        experimentName: restoreText(row.name ?? ""),
        process: restoreText(row.process),
        step: restoreNullable(row.step),
        bytes: row.bytes,
        makers: made.map(({ id, name }) => ({ id, name: restoreText(name) })),
        seconds: made[0]?.seconds ?? null,
        borrowedSeconds: made[0]?.borrowed ?? null,
      },
    ];
  });
  const total = context.db.get(lost.select(({ fn }) => fn.countAll<number>().as("n")))?.n ?? 0;
  return { items, total };
}

function namesOneOf(entries: readonly string[]): Condition {
  return sql<SqlBool>`${entryOf} in (select value from json_each(${JSON.stringify(entries)}))`;
}

function isMadeOrUsedBy(sid: number, run: string): Condition {
  return sql<SqlBool>`${entryOf} in (select entry from step_uses inner join runs on runs.rid = step_uses.rid
    where runs.sid = ${sid} and runs.id = ${run} and entry is not null)`;
}

interface Maker {
  id: string;
  name: string;
  seconds: number | null;
  borrowed: number | null;
}

function readMakers(context: ReadContext, sid: number, entry: string): Maker[] {
  return context.db.all(
    query
      .selectFrom("step_uses")
      .innerJoin("runs", "runs.rid", "step_uses.rid")
      .select(["runs.id", "runs.name", "seconds"])
      .select(
        sql<number | null>`iif(step_uses.step is null, (select sum(borrowed.producer_seconds) from step_uses as borrowed
          where borrowed.rid = step_uses.rid and borrowed.process = step_uses.process and borrowed.step is not null and borrowed.origin = 'reused'), null)`.as(
          "borrowed",
        ),
      )
      .where("step_uses.sid", "=", sid)
      .where("entry", "is not", null)
      .where("entry", "=", entry)
      .where("origin", "=", "executed")
      .orderBy("runs.started", "desc")
      .limit(mostMakers),
  );
}
