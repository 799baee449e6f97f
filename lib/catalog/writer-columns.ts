import { sql } from "kysely";
import type { MetricFact } from "../domain/facts.ts";
import { type CatalogDatabase, query, type Statement } from "./database.ts";
import { runColumnFields } from "./run-fields.ts";
import { storeNullable, storeText } from "./stored-text.ts";

type ColumnKind = "param" | "metric" | "tag" | "field";

/** Above this the names are looked up in the table again: a store may have a column a run. */
const mostRemembered = 50_000;
/** Counting may take this part of the writer's time. */
const countingShare = 0.03;
const soonestCount = 500;

/** The columns of each source: their row numbers by name, and how many runs have them. */
export class ColumnBook {
  readonly #db: CatalogDatabase;
  readonly #known = {
    param: new Map<string, number>(),
    metric: new Map<string, number>(),
    tag: new Map<string, number>(),
    field: new Map<string, number>(),
  };
  #knownSource = -1;
  readonly #stale = new Map<number, Set<number>>();
  readonly #find: Statement<{ cid: number }>;
  readonly #add: Statement<unknown>;
  readonly #countAll: Statement<unknown>;
  readonly #clearCounts: Statement<unknown>;
  readonly #countEach: Statement<unknown>;
  readonly #all: Statement<{ cid: number }>;
  readonly #countedApart = new Set<number>();
  #countingTook = 0;

  constructor(db: CatalogDatabase) {
    this.#db = db;
    this.#find = db.statement(
      query.selectFrom("columns").select("cid").where("sid", "=", 0).where("kind", "=", "").where("id", "=", ""),
    );
    this.#add = db.statement(
      query
        .insertInto("columns")
        .values({ sid: 0, kind: "", id: "", name: "", process: "", step: "", present: 0, distinct_values: 0 }),
    );
    const values = query.selectFrom("run_values").where("cid", "=", 0);
    this.#countAll = db.statement(
      query
        .updateTable("columns")
        .set({
          present: values.select(({ fn }) => fn.countAll<number>().as("n")),
          distinct_values: values.select(({ fn }) => fn.count<number>("v").distinct().as("n")),
        })
        .where("cid", "=", 0),
    );
    this.#all = db.statement(query.selectFrom("columns").select("cid").where("sid", "=", 0));
    this.#clearCounts = db.statement(query.deleteFrom("column_counts").where("cid", "=", 0));
    this.#countEach = db.statement(
      query.insertInto("column_counts").expression(
        query
          .selectFrom("run_values")
          .innerJoin("runs", "runs.rid", "run_values.rid")
          .where("cid", "=", 0)
          .groupBy("runs.experiment")
          .select(({ fn }) => [
            sql<number>`run_values.cid`.as("cid"),
            "runs.experiment",
            fn.countAll<number>().as("present"),
            fn.count<number>("v").distinct().as("distinct_values"),
          ]),
      ),
    );
  }

  ofMetric(sid: number, metric: MetricFact): number {
    return this.#cid(sid, "metric", metric.id, metric.name, metric.process, metric.step);
  }

  named(sid: number, kind: "param" | "tag", name: string): number {
    return this.#cid(sid, kind, name, name, null, null);
  }

  /** These columns of this source have other values now. */
  touch(sid: number, cids: Iterable<number>): void {
    const stale = this.#stale.get(sid) ?? new Set();
    for (const cid of cids) stale.add(cid);
    this.#stale.set(sid, stale);
  }

  /** How long to wait before counting what changed, ms; `null` when nothing did. Counting may take only its share of the time. */
  get countIn(): number | null {
    const due = Math.max(soonestCount, this.#countingTook / countingShare);
    return this.#stale.size === 0 ? null : due;
  }

  /** Counts the columns that changed. */
  count(): void {
    const begun = performance.now();
    for (const [sid, stale] of this.#stale) this.#countSource(sid, stale);
    this.#stale.clear();
    this.#countingTook = performance.now() - begun;
  }

  #countSource(sid: number, stale: Set<number>): void {
    const several = this.#hasSeveralExperiments(sid);
    // The counts of one experiment are those of the source, and are kept apart only once there is a second.
    if (several && !this.#countedApart.has(sid)) for (const { cid } of this.#all.all(sid)) stale.add(cid);
    if (several) this.#countedApart.add(sid);
    for (const cid of stale) {
      this.#countAll.run(cid, cid, cid);
      this.#clearCounts.run(cid);
      if (several) this.#countEach.run(cid);
    }
    this.#countFields(sid);
  }

  /** After a rollback what is remembered may not be there. */
  forget(): void {
    for (const known of Object.values(this.#known)) known.clear();
  }

  #cid(sid: number, kind: ColumnKind, id: string, name: string, process: string | null, step: string | null): number {
    if (this.#knownSource !== sid) this.forget();
    this.#knownSource = sid;
    const known = this.#known[kind];
    const found = known.get(id);
    if (found !== undefined) return found;
    const stored = storeText(id);
    const cid =
      this.#find.get(sid, kind, stored)?.cid ??
      this.#add.insert(sid, kind, stored, storeText(name), storeNullable(process), storeNullable(step), 0, 0);
    if (known.size >= mostRemembered) known.clear();
    known.set(id, cid);
    return cid;
  }

  #hasSeveralExperiments(sid: number): boolean {
    const found = this.#db.all(
      query.selectFrom("runs").select("experiment").distinct().where("sid", "=", sid).limit(2),
    );
    return found.length > 1;
  }

  #countFields(sid: number): void {
    const fields = Object.entries(runColumnFields);
    const counts = this.#db.get(
      query
        .selectFrom("runs")
        .where("sid", "=", sid)
        .select(
          fields.flatMap(([name, column]) => [
            sql<number>`count(${sql.ref(column)})`.as(`${name} present`),
            sql<number>`count(distinct ${sql.ref(column)})`.as(`${name} distinct`),
          ]),
        ),
    ) as Record<string, number> | undefined;
    for (const [name] of fields) {
      const cid = this.#cid(sid, "field", name, name, null, null);
      this.#db.run(
        query
          .updateTable("columns")
          .set({ present: counts?.[`${name} present`] ?? 0, distinct_values: counts?.[`${name} distinct`] ?? 0 })
          .where("cid", "=", cid),
      );
    }
  }
}
