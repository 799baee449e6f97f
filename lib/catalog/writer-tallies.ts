import { type RawBuilder, sql } from "kysely";
import { type CatalogDatabase, query, type Statement } from "./database.ts";
import type { PutScope } from "./put-scope.ts";

/** How many entries stand at each place of the tree, by state: what the tree, the overview and totals are told from. */
export class TallyBook {
  readonly #db: CatalogDatabase;
  readonly #add: Statement<unknown>;
  readonly #orphans: Statement<{ entries: number }>;

  constructor(db: CatalogDatabase) {
    this.#db = db;
    const place: RawBuilder<unknown> = sql`sid, experiment, coalesce(process, ''), coalesce(step, ''), state, process is null, step is null`;
    this.#add = db.statement(
      query
        .insertInto("tallies")
        .values({ sid: 0, experiment: "", process: "", step: "", state: "", entries: 0, bytes: 0 })
        .onConflict((conflict) =>
          conflict.expression(place).doUpdateSet({
            entries: sql`tallies.entries + excluded.entries`,
            bytes: sql`tallies.bytes + excluded.bytes`,
          }),
        ),
    );
    this.#orphans = db.statement(
      query
        .selectFrom("tallies")
        .select(({ fn }) => fn.coalesce(fn.sum<number>("entries"), sql.lit(0)).as("entries"))
        .where("sid", "=", 0)
        .where("state", "=", sql.lit("orphan")),
    );
  }

  settle(scope: PutScope): void {
    for (const { experiment, process, step, state, entries, bytes } of scope.tallies.values()) {
      if (entries !== 0 || bytes !== 0) this.#add.run(scope.sid, experiment, process, step, state, entries, bytes);
    }
    scope.tallies.clear();
  }

  orphans(sid: number): number {
    return this.#orphans.get(sid)?.entries ?? 0;
  }

  recountOrphans(sid: number): void {
    this.#recount(sid, sql`state = 'orphan'`);
  }

  /** After states were changed in bulk. */
  recount(sid: number): void {
    this.#recount(sid, sql`1`);
  }

  #recount(sid: number, which: RawBuilder<unknown>): void {
    const narrowed = sql<boolean>`${which}`;
    this.#db.run(query.deleteFrom("tallies").where("sid", "=", sid).where(narrowed));
    this.#db.run(
      query.insertInto("tallies").expression(
        query
          .selectFrom("entries")
          .select(["sid", "experiment", "process", "step", "state"])
          .select(({ fn }) => [
            fn.countAll<number>().as("entries"),
            fn.coalesce(fn.sum<number>("bytes"), sql.lit(0)).as("bytes"),
          ])
          .where("sid", "=", sid)
          .where(narrowed)
          .groupBy(["experiment", "process", "step", "state"]),
      ),
    );
  }
}
