import { type SqlBool, sql } from "kysely";
import type { LostEntries, LostEntryRow, LostQuery, ViewerScope } from "./contract.ts";
import { query } from "./database.ts";
import { entriesConditions } from "./entries-query.ts";
import type { Condition } from "./filter-conditions.ts";
import {
  isOneOf,
  type KnownSource,
  ofExperiment,
  type ReadContext,
  readFilter,
  seenIn,
  withinScope,
} from "./read-context.ts";
import { restoreNullable, restoreText, storeText } from "./stored-text.ts";

/** Runs are looked at for the one whose record names the very file. */
const mostMakers = 3;

/** A run is recorded to have made what the result's name tells. */
const isRecorded: Condition = sql<SqlBool>`exists (
  select 1 from step_uses as made where made.sid = artifacts.sid and made.entry is not null and made.entry = artifacts.entry
    and made.origin = 'executed')`;

/** The name of the result tells an entry, and none stands there. */
const isLost: Condition = sql<SqlBool>`(artifacts.entry is not null and not exists (
  select 1 from entries as live where live.sid = artifacts.sid and live.id = artifacts.entry))`;

/** By what the catalog knows; whether the result can be read is seen when it is planned. */
export const isRevivable: Condition = sql<SqlBool>`(${isLost} and ${isRecorded})`;

/** Results whose entries are gone. Nothing is while the source was never read to its end: its entries may be still to come. */
export function readLostEntries(context: ReadContext, source: KnownSource, asked: LostQuery): LostEntries {
  if (!source.complete) return { items: [], total: 0 };
  const lost = query
    .selectFrom("artifacts")
    .leftJoin("experiments", (join) =>
      join.onRef("experiments.sid", "=", "artifacts.sid").onRef("experiments.id", "=", "artifacts.experiment"),
    )
    .where("artifacts.sid", "=", source.sid)
    .where(sql<SqlBool>`${sql.join(conditionsOf(context, source, asked), sql` and `)}`);
  const rows = context.db.all(
    lost
      .select([
        "artifacts.id as artifact",
        "artifacts.experiment",
        "experiments.name",
        "process",
        "step",
        "entry",
        "bytes",
      ])
      // Of several results of one key the newest is what was served.
      .orderBy("artifacts.modified", "desc")
      .limit(asked.limit),
  );
  const items = rows.flatMap(({ artifact, experiment, name, process, step, entry, bytes }): LostEntryRow[] => {
    if (process === null || entry === null) return [];
    const made = readMakers(context, source.sid, entry, asked.scope);
    return [
      {
        entryId: entry,
        artifactId: artifact,
        experimentId: experiment ?? "",
        experimentName: restoreText(name ?? ""),
        process: restoreText(process),
        step: restoreNullable(step),
        bytes,
        makers: made.map(({ id, name: maker }) => ({ id, name: restoreText(maker) })),
        madeAt: made[0]?.ended ?? null,
        seconds: made[0]?.seconds ?? null,
        borrowedSeconds: made[0]?.borrowed ?? null,
      },
    ];
  });
  const total = context.db.get(lost.select(({ fn }) => fn.countAll<number>().as("n")))?.n ?? 0;
  return { items, total };
}

function conditionsOf(context: ReadContext, { sid, id }: KnownSource, asked: LostQuery): Condition[] {
  const { entries, run, process, step, experiment, scope, recorded = false, q, state, limit } = asked;
  const is = (column: string, value: string | undefined) =>
    value === undefined ? [] : [sql<SqlBool>`${sql.ref(`artifacts.${column}`)} = ${storeText(value)}`];
  // A filter of entries means those that are listed as what they are by now: files that no entry names.
  const listed = sql<SqlBool>`artifacts.id in (select entries.id from entries where entries.sid = ${sid} and entries.state = 'orphan'
    and ${sql.join(entriesConditions(context, sid, { sources: [id], scope, limit, ...(state && { state }) }, readFilter(q, "entries")), sql` and `)} )`;
  return [
    recorded ? isRevivable : isLost,
    ...withinScope("artifacts.experiment", scope),
    ...ofExperiment("artifacts.experiment", sid, experiment),
    ...is("process", process),
    ...is("step", step),
    ...(entries ? [sql<SqlBool>`(${isOneOf("artifacts.id", entries)} or ${isOneOf("artifacts.entry", entries)})`] : []),
    ...(run === undefined ? [] : [isMadeOrUsedBy(sid, run)]),
    ...(q?.trim() || state ? [listed] : []),
  ];
}

function isMadeOrUsedBy(sid: number, run: string): Condition {
  return sql<SqlBool>`artifacts.entry in (select entry from step_uses inner join runs on runs.rid = step_uses.rid
    where runs.sid = ${sid} and runs.id = ${run} and entry is not null)`;
}

interface Maker {
  id: string;
  name: string;
  ended: number | null;
  seconds: number | null;
  borrowed: number | null;
}

function readMakers(context: ReadContext, sid: number, entry: string, scope: ViewerScope): Maker[] {
  return context.db.all(
    query
      .selectFrom("step_uses")
      .innerJoin("runs", "runs.rid", "step_uses.rid")
      .select(["runs.id", "runs.name", "step_uses.ended", "seconds"])
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
      .where(seenIn("runs.experiment", scope))
      .orderBy("runs.started", "desc")
      .limit(mostMakers),
  );
}
