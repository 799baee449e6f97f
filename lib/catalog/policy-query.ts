import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { PolicyOutcome } from "../domain/policy.ts";
import type { PolicyQuery } from "./contract.ts";
import { query } from "./database.ts";
import { type Condition, compileFilter, negated } from "./filter-conditions.ts";
import { entriesTarget } from "./filter-entries.ts";
import { calendarEnd } from "./ledger-days.ts";
import { isPinned } from "./pin-conditions.ts";
import { isOneOf, ofExperiment, type ReadContext, readFilter, withinScope } from "./read-context.ts";

/** Only what would be served, or is past its life, is anybody's to clear away: the rest is being made, broken or nobody's. */
const clearable = "state in (usable, expired)";
const isClearable = sql<SqlBool>`state in ('usable', 'expired')`;

/** What a policy would take away: the filter that selects it, what that frees, and what it would cost to make it anew. */
export function simulatePolicy(context: ReadContext, asked: PolicyQuery): PolicyOutcome {
  const sids = context.sources(asked.sources).map(({ sid }) => sid);
  const bytesNow = sum(sids, (sid) => heldIn(context, sid, asked));
  const q = chooseFilter(context, sids, asked, bytesNow);
  const empty = { entries: 0, used: 0, freed: 0, seconds: 0, unknown: 0 };
  const taken = q === null ? [] : sids.map((sid) => takeAway(context, sid, selected(context, sid, asked, q)));
  const total = taken.reduce(
    (all, one) => ({
      entries: all.entries + one.entries,
      used: all.used + one.used,
      freed: all.freed + one.freed,
      seconds: all.seconds + one.seconds,
      unknown: all.unknown + one.unknown,
    }),
    empty,
  );
  return {
    q: total.entries === 0 ? null : q,
    entries: total.entries,
    bytesNow,
    freedBytes: total.freed,
    bytesAfter: bytesNow - total.freed,
    recomputeSeconds: total.seconds,
    recomputeAtLeast: total.unknown > 0,
    usedEntries: total.used,
    pinnedEntries: countPinned(context, sids, asked),
  };
}

/** A pin keeps what would be anybody's to clear away. */
const unpinned = "pinned = no";

function countPinned(context: ReadContext, sids: readonly number[], asked: PolicyQuery): number {
  const conditions = [isOneOf("entries.sid", sids), isClearable, isPinned, ...ofScope(sids, asked)];
  const counted = one(
    context,
    sql<{ n: number }>`select count(*) as n from entries where ${sql.join(conditions, sql` and `)}`,
  );
  return counted?.n ?? 0;
}

function chooseFilter(
  context: ReadContext,
  sids: readonly number[],
  asked: PolicyQuery,
  bytesNow: number,
): string | null {
  const { policy, experiment } = asked;
  const named = experiment === undefined ? [] : [`experiment = ${quote(experiment)}`];
  const kept = countPinned(context, sids, asked) > 0 ? [unpinned] : [];
  const where = [clearable, ...named, ...kept].join(" and ");
  if ("olderThanDays" in policy) {
    const older = policy.olderThanDays > 0 ? [`age > ${policy.olderThanDays}d`] : [];
    const unused = policy.unusedDays > 0 ? [`unused > ${policy.unusedDays}d`] : [];
    return [where, ...older, ...unused].join(" and ");
  }
  const excess = bytesNow - policy.keepBytes;
  const bound = excess > 0 ? leastValued(context, sids, asked, excess) : null;
  return bound && `${where} and ${bound}`;
}

interface Bound {
  at: number;
  before: number;
}

/** Up to which value entries have to go, and, among those of that very value, up to which time of making. */
function leastValued(context: ReadContext, sids: readonly number[], asked: PolicyQuery, excess: number): string | null {
  const conditions = (more: readonly Condition[]) =>
    sql.join([isOneOf("sid", sids), isClearable, negated(isPinned), ...ofScope(sids, asked), ...more], sql` and `);
  const firstReaching = (column: "value" | "created", target: number, more: readonly Condition[]) =>
    one(
      context,
      sql<Bound>`select at, run - bytes as before from (
        select ${sql.ref(column)} as at, total(held) as bytes, sum(total(held)) over (order by ${sql.ref(column)}) as run
        from entries where ${conditions([sql<SqlBool>`${sql.ref(column)} is not null`, ...more])} group by 1) where run >= ${target} order by at limit 1`,
    );
  const value = firstReaching("value", excess, []);
  if (!value) return "value exists";
  const alike = [sql<SqlBool>`value = ${value.at}`, sql<SqlBool>`abs(created) < ${sql.lit(calendarEnd)}`];
  const made = firstReaching("created", excess - value.before, alike);
  if (!made) return `value <= ${value.at}`;
  const time = new Date(Math.floor(made.at)).toISOString();
  return `(value < ${value.at} or value = ${value.at} and started <= ${quote(time)})`;
}

function ofScope(
  sids: readonly number[],
  { scope, experiment }: Pick<PolicyQuery, "scope" | "experiment">,
): Condition[] {
  const named = sids.flatMap((sid) => ofExperiment("entries.experiment", sid, experiment));
  return [
    ...withinScope("entries.experiment", scope),
    ...(named.length > 0 ? [sql<SqlBool>`(${sql.join(named, sql` or `)})`] : []),
  ];
}

function selected(context: ReadContext, sid: number, asked: PolicyQuery, q: string): Condition {
  const filter = readFilter(q, "entries");
  const conditions = [
    ...withinScope("entries.experiment", asked.scope),
    ...(filter ? [compileFilter(filter, entriesTarget(context, sid))] : []),
  ];
  return sql<SqlBool>`(${sql.join(conditions, sql` and `)})`;
}

interface Taken {
  entries: number;
  used: number;
  freed: number;
  seconds: number;
  unknown: number;
}

/** A process is made anew as a whole: its steps cost no more beside it. */
function takeAway(context: ReadContext, sid: number, chosen: Condition): Taken {
  const taken = one(
    context,
    sql<Taken>`select total(entries) as entries, total(used) as used, total(held) as freed, total(unknown) as unknown,
        total(iif(processes > 0, whole, steps)) as seconds
      from (
        select count(*) as entries, sum(uses > 0) as used, total(held) as held, sum(seconds is null) as unknown, sum(step is null) as processes,
          total(iif(step is null, coalesce(seconds, 0) + coalesce(borrowed, 0), 0)) as whole, total(iif(step is null, 0, seconds)) as steps
        from entries where entries.sid = ${sid} and ${chosen}
        group by experiment, coalesce(producer, id), process)`,
  )!;
  return { ...taken, freed: taken.freed - keptThough(context, sid, chosen) };
}

/** Bytes that are held by entries which would go, but that another one names, which would stay. */
function keptThough(context: ReadContext, sid: number, chosen: Condition): number {
  const kept = one(
    context,
    sql<{ bytes: number }>`select total(bytes) as bytes from artifacts where artifacts.sid = ${sid}
      and artifacts.id in (
        select payloads.artifact from entries inner join payloads on payloads.eid = entries.eid
        where entries.sid = ${sid} and entries.shared > 0 and ${chosen}
          and payloads.eid = (select min(first.eid) from payloads as first where first.sid = payloads.sid and first.artifact = payloads.artifact))
      and exists (
        select 1 from payloads inner join entries on entries.eid = payloads.eid
        where payloads.sid = artifacts.sid and payloads.artifact = artifacts.id and ${negated(chosen)})`,
  );
  return kept?.bytes ?? 0;
}

/** What all entries hold; orphans are no entries. */
function heldIn(context: ReadContext, sid: number, asked: PolicyQuery): number {
  const rows = query
    .selectFrom("ledger as entries")
    .select(({ fn }) => fn.sum<number | null>("bytes").as("bytes"))
    .where("sid", "=", sid)
    .where("by", "=", "kind")
    .where(sql<SqlBool>`${sql.join([sql`name <> 'orphan'`, ...ofScope([sid], asked)], sql` and `)}`);
  return context.db.get(rows)?.bytes ?? 0;
}

function one<Row>(context: ReadContext, raw: RawBuilder<Row>): Row | undefined {
  return context.db.get({ compile: () => raw.compile(query) });
}

/** As the filter language takes any text. */
function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}

function sum(sids: readonly number[], of: (sid: number) => number): number {
  return sids.reduce((all, sid) => all + of(sid), 0);
}
