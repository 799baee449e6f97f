import { type RawBuilder, type SqlBool, sql } from "kysely";
import { type CatalogDatabase, query, type Statement } from "./database.ts";
import { calendarEnd, dayMillis, dayOf, everyDay, undatedDay } from "./ledger-days.ts";
import type { PutScope } from "./put-scope.ts";
import { type LedgerLookups, type LedgerRow, type LedgerStorage, rowsOfLedger } from "./writer-ledger-rows.ts";

/** Counting may take this part of the writer's time. */
const countingShare = 0.03;
const soonestCount = 500;

/**
 * What lookups saved and spent and what is stored, by day: the ledger is told from it. A batch only notes the days that it touched, in its own
 * transaction; they are worked out anew from the tables a moment later.
 */
export class LedgerBook {
  readonly #db: CatalogDatabase;
  readonly #note: Statement<unknown>;
  readonly #clear: Statement<unknown>;
  readonly #dated: DayStatements;
  readonly #undated: DayStatements;
  readonly #add: Statement<unknown>;
  #isStale: boolean;
  #countingTook = 0;

  constructor(db: CatalogDatabase) {
    this.#db = db;
    this.#note = db.statement(query.insertInto("ledger_stale").orIgnore().values({ sid: 0, day: 0 }));
    this.#clear = db.statement(
      query.deleteFrom("ledger").where("sid", "=", 0).where("by", "in", kinds).where("day", "=", 0),
    );
    this.#dated = dayStatements(db, (column) => sql`${sql.ref(column)} >= ${0} and ${sql.ref(column)} < ${0}`);
    this.#undated = dayStatements(
      db,
      (column) => sql`(${sql.ref(column)} is null or abs(${sql.ref(column)}) > ${sql.lit(calendarEnd)})`,
    );
    this.#add = db.statement(
      query.insertInto("ledger").values({
        sid: 0,
        day: 0,
        by: "",
        experiment: "",
        name: "",
        step: "",
        hits: 0,
        misses: 0,
        unpriced: 0,
        saved: 0,
        spent: 0,
        bytes: 0,
      }),
    );
    this.#isStale = db.get(query.selectFrom("ledger_stale").select("day").limit(1)) !== undefined;
  }

  /** Keeps which days a batch touched. While a first sweep runs that is soon every day, so no list is kept. */
  settle(scope: PutScope, complete: boolean): void {
    const { sid, ledgerDays } = scope;
    if (ledgerDays.size === 0) return;
    for (const day of complete && !ledgerDays.has(everyDay) ? ledgerDays : [everyDay]) this.#note.run(sid, day);
    ledgerDays.clear();
    this.#isStale = true;
  }

  /** How long to wait before working out what changed, ms; `null` when nothing did. */
  get countIn(): number | null {
    return this.#isStale ? Math.max(soonestCount, this.#countingTook / countingShare) : null;
  }

  /** Works out the days that changed. */
  count(): void {
    if (!this.#isStale) return;
    const begun = performance.now();
    const stale = this.#db.all(query.selectFrom("ledger_stale").select(["sid", "day"]));
    for (const [sid, days] of Map.groupBy(stale, (row) => row.sid)) {
      const each = days.map(({ day }) => day);
      for (const day of each.includes(everyDay) ? this.#allDays(sid) : each) this.#countDay(sid, day);
    }
    this.#db.run(query.deleteFrom("ledger_stale"));
    this.#isStale = false;
    this.#countingTook = performance.now() - begun;
  }

  /** After a rollback there may be days that were noted and not worked out. */
  recall(): void {
    this.#isStale = true;
  }

  #countDay(sid: number, day: number): void {
    this.#clear.run(sid, ...kinds, day);
    const { lookups, storage } = day === undatedDay ? this.#undated : this.#dated;
    const bounds = day === undatedDay ? [] : [day * dayMillis, (day + 1) * dayMillis];
    const rows = rowsOfLedger(lookups.all(sid, ...bounds), storage.all(sid, ...bounds), day);
    for (const row of rows) this.#put(sid, day, row);
  }

  #put(sid: number, day: number, row: LedgerRow): void {
    const { by, experiment, name, step, hits, misses, unpriced, saved, spent, bytes } = row;
    this.#add.run(sid, day, by, experiment, name, step, hits, misses, unpriced, saved, spent, bytes);
  }

  /** Days of which there is something, found by leaps along the indexes, and days that the ledger still tells of. */
  #allDays(sid: number): number[] {
    const days = new Set(
      this.#db.all(query.selectFrom("ledger").select("day").distinct().where("sid", "=", sid)).map(({ day }) => day),
    );
    for (const [table, column] of [
      ["runs", "started"],
      ["entries", "created"],
    ] as const) {
      days.add(undatedDay);
      const after = (millis: number) =>
        this.#db.get(
          query
            .selectFrom(table)
            .select(({ fn }) => fn.min<number | null>(sql.ref(column)).as("next"))
            .where("sid", "=", sid)
            .where(sql<SqlBool>`${sql.ref(column)} between ${millis} and ${sql.lit(calendarEnd)}`),
        )?.next ?? null;
      for (let next = after(-calendarEnd); next !== null; next = after((dayOf(next) + 1) * dayMillis))
        days.add(dayOf(next));
    }
    return [...days];
  }
}

const kinds = ["process", "step", "version", "made", "kind"] as const satisfies LedgerRow["by"][];

interface DayStatements {
  lookups: Statement<LedgerLookups>;
  storage: Statement<LedgerStorage>;
}

function dayStatements(db: CatalogDatabase, within: (column: string) => RawBuilder<unknown>): DayStatements {
  // Steps of a reused process took no time of this run: whatever stands in the store of them, they are not counted beside it.
  const lookups = sql<LedgerLookups>`
    select runs.experiment, uses.process, uses.step, uses.origin,
      case when uses.origin = 'reused' then coalesce(made.version, entries.version) else runs.version end as version,
      cast(coalesce(uses.producer_started, uses.started, runs.started) / ${sql.lit(dayMillis)} as integer) as made,
      count(*) as lookups, sum(uses.origin = 'reused' and uses.producer_seconds is null) as unpriced,
      total(case when uses.origin <> 'reused' then uses.seconds
        else coalesce(uses.producer_seconds, 0) + iif(uses.step is null, coalesce(entries.borrowed, 0), 0) end) as seconds
    from runs
    inner join step_uses as uses on uses.rid = runs.rid
    left join runs as made on made.sid = runs.sid and made.id = uses.producer
    left join entries on entries.sid = runs.sid and entries.id = uses.entry
    where runs.sid = ${0} and ${within("runs.started")} and uses.origin in ('reused', 'executed', 'failed')
      and not (uses.step is not null and exists (
        select 1 from step_uses as whole
        where whole.rid = uses.rid and whole.process = uses.process and whole.step is null and whole.origin = 'reused'))
    group by 1, 2, 3, 4, 5, 6`;
  const storage = sql<LedgerStorage>`
    select experiment, process, step, version, case when state = 'orphan' then state else scope end as kind, total(held) as bytes
    from entries
    where sid = ${0} and ${within("created")} and held > 0
    group by 1, 2, 3, 4, 5`;
  return {
    lookups: db.statement({ compile: () => lookups.compile(query) }),
    storage: db.statement({ compile: () => storage.compile(query) }),
  };
}
