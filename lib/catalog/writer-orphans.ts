import { sql } from "kysely";
import { type CatalogDatabase, query, type Statement } from "./database.ts";
import { everyDay } from "./ledger-days.ts";
import type { PutScope } from "./put-scope.ts";
import { clockTolerance } from "./writer-entries.ts";
import type { TallyBook } from "./writer-tallies.ts";

const heldBytes = sql<number>`coalesce(artifacts.bytes, 0)`;

/**
 * Payloads that no index row names, listed among the entries (state `orphan`, id of the artifact). An array or model may be named inside
 * a result that could not be read, so where there is such a result of the same process none of them is called an orphan.
 */
export class OrphanWriter {
  readonly #db: CatalogDatabase;
  readonly #named: Statement<{ eid: number }>;
  readonly #stored: Statement<{ aid: number }>;
  readonly #remove: Statement<unknown>;

  constructor(db: CatalogDatabase) {
    this.#db = db;
    this.#named = db.statement(
      query.selectFrom("payloads").select("eid").where("sid", "=", 0).where("artifact", "=", "").limit(sql.lit(1)),
    );
    this.#stored = db.statement(query.selectFrom("artifacts").select("aid").where("sid", "=", 0).where("id", "=", ""));
    this.#remove = db.statement(
      query.deleteFrom("entries").where("sid", "=", 0).where("id", "=", "").where("fact_state", "=", sql.lit("orphan")),
    );
  }

  /** After a batch: what was let go is an orphan, what is named again or gone is none. */
  settle(scope: PutScope, complete: boolean, tallies: TallyBook): void {
    const some = tallies.orphans(scope.sid) > 0;
    if (!some && scope.released.size === 0) return;
    let changed = false;
    for (const id of some ? [...scope.named, ...scope.artifactIds] : []) {
      const stays = this.#named.get(scope.sid, id) === undefined && this.#stored.get(scope.sid, id) !== undefined;
      if (!stays && this.#remove.run(scope.sid, id) > 0) changed = true;
    }
    for (const id of complete ? scope.released : []) if (this.#add(scope, id) > 0) changed = true;
    if (!changed) return;
    tallies.recountOrphans(scope.sid);
    scope.ledgerDays.add(everyDay);
    scope.changed("cache", null, null);
  }

  /** After a complete generation: every payload that stands alone. */
  settleAll(scope: PutScope, tallies: TallyBook): void {
    const gone = this.#db.run(
      query
        .deleteFrom("entries")
        .where("sid", "=", scope.sid)
        .where("state", "=", "orphan")
        .where(({ or, not, exists, selectFrom }) =>
          or([
            exists(
              selectFrom("payloads")
                .select("eid")
                .whereRef("payloads.sid", "=", "entries.sid")
                .whereRef("artifact", "=", "entries.id"),
            ),
            not(
              exists(
                selectFrom("artifacts")
                  .select("aid")
                  .whereRef("artifacts.sid", "=", "entries.sid")
                  .whereRef("artifacts.id", "=", "entries.id"),
              ),
            ),
          ]),
        ),
    );
    const changed = gone + this.#refreshSizes(scope.sid) + this.#add(scope, null);
    if (changed === 0) return;
    tallies.recountOrphans(scope.sid);
    scope.ledgerDays.add(everyDay);
    scope.changed("cache", null, null);
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
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom("payloads")
              .select("eid")
              .whereRef("payloads.sid", "=", "artifacts.sid")
              .whereRef("artifact", "=", "artifacts.id"),
          ),
        ),
      )
      .where(({ or, eb, not, exists, selectFrom }) =>
        or([
          eb("role", "=", "result"),
          not(
            exists(
              selectFrom("entries")
                .select("eid")
                .where("unread", "=", sql.lit(1))
                .whereRef("entries.sid", "=", "artifacts.sid")
                .where(sql<boolean>`entries.experiment is artifacts.experiment`)
                .where(sql<boolean>`coalesce(entries.process is artifacts.process or artifacts.process is null, 1)`),
            ),
          ),
        ]),
      )
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
            sql<number>`0`.as("saved"),
            heldBytes.as("held"),
            sql<number>`0`.as("shared"),
          ]),
        )
        .onConflict((conflict) => conflict.columns(["sid", "id"]).doNothing()),
    );
  }
}
