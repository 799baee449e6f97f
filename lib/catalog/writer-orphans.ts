import { type SqlBool, sql } from "kysely";
import { type CatalogDatabase, query, type Statement } from "./database.ts";
import { everyDay } from "./ledger-days.ts";
import {
  everyIndexIsConnected,
  everySourceIsRead,
  isNamed,
  isNamedElsewhere,
  mayBeNamedUnread,
} from "./orphan-conditions.ts";
import type { PutScope } from "./put-scope.ts";
import { clockTolerance } from "./writer-entries.ts";
import type { TallyBook } from "./writer-tallies.ts";

const heldBytes = sql<number>`coalesce(artifacts.bytes, 0)`;

/**
 * Payloads that no index row names, of any source that may use the store, listed among the entries (state `orphan`, id of the artifact). What
 * cannot be told is never called an orphan.
 */
export class OrphanWriter {
  readonly #db: CatalogDatabase;
  readonly #named: Statement<{ eid: number }>;
  readonly #stored: Statement<{ aid: number }>;
  readonly #remove: Statement<unknown>;
  readonly #removeSame: Statement<{ sid: number }>;
  readonly #used: Statement<{ sid: number }>;

  constructor(db: CatalogDatabase) {
    this.#db = db;
    this.#named = db.statement(
      query.selectFrom("payloads").select("eid").where("sid", "=", 0).where("artifact", "=", "").limit(sql.lit(1)),
    );
    this.#stored = db.statement(query.selectFrom("artifacts").select("aid").where("sid", "=", 0).where("id", "=", ""));
    const orphans = query.deleteFrom("entries").where("fact_state", "=", sql.lit("orphan"));
    this.#remove = db.statement(orphans.where("sid", "=", 0).where("id", "=", ""));
    this.#removeSame = db.statement(
      orphans
        .where(({ exists, selectFrom }) =>
          exists(
            selectFrom("artifacts as mine")
              .innerJoin("artifacts as same", "same.object", "mine.object")
              .select("same.aid")
              .where("mine.sid", "=", 0)
              .where("mine.id", "=", "")
              .whereRef("same.sid", "=", "entries.sid")
              .whereRef("same.id", "=", "entries.id"),
          ),
        )
        .where("sid", "=", 0)
        .returning("sid"),
    );
    this.#used = db.statement(query.selectFrom("sources").select("sid").where("used", "=", sql.lit(1)));
  }

  /** After a batch: what was let go is an orphan, what is named again or gone is none, in whatever source it is listed. */
  settle(scope: PutScope, complete: boolean, tallies: TallyBook): void {
    for (const { sid } of this.#used.all()) if (sid !== scope.sid) this.#takeOff(scope, sid, tallies);
    const some = tallies.orphans(scope.sid) > 0;
    if (!some && scope.released.size === 0) return;
    let changed = false;
    for (const id of some ? [...scope.named, ...scope.artifactIds] : []) {
      const stays = this.#named.get(scope.sid, id) === undefined && this.#stored.get(scope.sid, id) !== undefined;
      if (!stays && this.#remove.run(scope.sid, id) > 0) changed = true;
    }
    for (const id of complete ? scope.released : []) if (this.#add(scope, id) > 0) changed = true;
    if (changed) this.#tell(scope, scope.sid, tallies);
  }

  /** What this batch named is no orphan of another source either. */
  #takeOff(scope: PutScope, sid: number, tallies: TallyBook): void {
    if (scope.named.size === 0 || tallies.orphans(sid) === 0) return;
    const gone = [...scope.named].flatMap((id) => this.#removeSame.all(scope.sid, id, sid));
    if (gone.length > 0) this.#tell(scope, sid, tallies);
  }

  /** After a complete generation: every payload that stands alone. */
  settleAll(scope: PutScope, tallies: TallyBook): void {
    for (const { sid } of this.#used.all())
      if (sid !== scope.sid && tallies.orphans(sid) > 0 && this.#removeNamed(sid) > 0) this.#tell(scope, sid, tallies);
    const changed = this.#removeNamed(scope.sid) + this.#refreshSizes(scope.sid) + this.#add(scope, null);
    if (changed > 0) this.#tell(scope, scope.sid, tallies);
  }

  /** A source came that was never read: until it is, nothing is an orphan. */
  withdraw(tallies: TallyBook): void {
    this.#db.run(query.deleteFrom("entries").where("fact_state", "=", "orphan"));
    for (const { sid } of this.#used.all()) {
      tallies.recountOrphans(sid);
      this.#db.run(query.insertInto("ledger_stale").orIgnore().values({ sid, day: everyDay }));
    }
  }

  /** Of these object stores, and no others, all indexes are connected. True when that is news. */
  confirm(buckets: readonly string[]): boolean {
    const before = this.#db.all(query.selectFrom("confirmed_buckets").select("bucket")).map(({ bucket }) => bucket);
    const isSame = before.length === buckets.length && before.every((bucket) => buckets.includes(bucket));
    if (isSame) return false;
    this.#db.run(query.deleteFrom("confirmed_buckets"));
    for (const bucket of buckets) this.#db.run(query.insertInto("confirmed_buckets").values({ bucket }));
    return true;
  }

  #tell(scope: PutScope, sid: number, tallies: TallyBook): void {
    tallies.recountOrphans(sid);
    if (sid === scope.sid) scope.ledgerDays.add(everyDay);
    else this.#db.run(query.insertInto("ledger_stale").orIgnore().values({ sid, day: everyDay }));
    scope.changed("cache", null, null);
  }

  /** Those that an entry of any source names now, or may name, and those that are gone. */
  #removeNamed(sid: number): number {
    const stands = sql<SqlBool>`exists (
      select 1 from artifacts where artifacts.sid = entries.sid and artifacts.id = entries.id
        and ${everyIndexIsConnected} and not (${isNamed} or ${isNamedElsewhere} or ${mayBeNamedUnread}))`;
    return this.#db.run(
      query
        .deleteFrom("entries")
        .where("sid", "=", sid)
        .where("state", "=", "orphan")
        .where(sql<SqlBool>`state <> 'usable' and not ${stands}`),
    );
  }

  #refreshSizes(sid: number): number {
    return this.#db.run(
      query
        .updateTable("entries")
        .from("artifacts")
        .set({ bytes: sql.ref("artifacts.bytes"), held: heldBytes, created: sql.ref("artifacts.modified") })
        .where("entries.sid", "=", sid)
        .where("state", "=", sql.lit("orphan"))
        .where("state", "<>", sql.lit("usable"))
        .whereRef("artifacts.sid", "=", "entries.sid")
        .whereRef("artifacts.id", "=", "entries.id")
        .where(sql<boolean>`(entries.bytes is not artifacts.bytes or entries.created is not artifacts.modified)`),
    );
  }

  #add(scope: PutScope, id: string | null): number {
    const alone = query
      .selectFrom("artifacts")
      .where("artifacts.sid", "=", scope.sid)
      .where("role", "in", ["result", "array", "model"])
      .where(({ or, eb }) => or([eb("modified", "is", null), eb("modified", "<=", scope.began - clockTolerance)]))
      .where(everySourceIsRead)
      .where(everyIndexIsConnected)
      .where(sql<SqlBool>`not (${isNamed} or ${isNamedElsewhere} or ${mayBeNamedUnread})`)
      .$if(id !== null, (narrowed) => narrowed.where("artifacts.id", "=", id));
    return this.#db.run(
      query
        .insertInto("entries")
        .columns([
          "sid",
          "id",
          "gen",
          "since",
          "experiment",
          "key",
          "folded",
          "scope",
          "process",
          "step",
          "status",
          "fact_state",
          "state",
          "bytes",
          "created",
          "uses",
          "borrowed",
          "lacking",
          "unread",
          "drifted",
          "saved",
          "held",
          "shared",
        ])
        .expression(
          alone.select([
            "artifacts.sid",
            "artifacts.id",
            sql<number>`0`.as("gen"),
            sql<number>`0`.as("since"),
            sql<string>`coalesce(artifacts.experiment, '')`.as("experiment"),
            "name",
            "folded",
            sql<string>`case when process is null then 'key' when step is null then 'process' else 'step' end`.as(
              "scope",
            ),
            "process",
            "step",
            sql<string>`''`.as("status"),
            sql<string>`'orphan'`.as("fact_state"),
            sql<string>`'orphan'`.as("state"),
            "bytes",
            "modified",
            sql<number>`0`.as("uses"),
            sql<number>`0`.as("borrowed"),
            sql<number>`0`.as("lacking"),
            sql<number>`0`.as("unread"),
            sql<number>`0`.as("drifted"),
            sql<number>`0`.as("saved"),
            heldBytes.as("held"),
            sql<number>`0`.as("shared"),
          ]),
        )
        .onConflict((conflict) => conflict.columns(["sid", "id"]).doNothing()),
    );
  }
}
