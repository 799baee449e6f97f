import { sql } from "kysely";
import { type CatalogDatabase, query } from "./database.ts";
import type { PutScope } from "./put-scope.ts";
import type { ArtifactWriter } from "./writer-artifacts.ts";
import type { SourceKnowledge } from "./writer-derive.ts";
import type { EntryWriter } from "./writer-entries.ts";
import type { RunWriter } from "./writer-runs.ts";
import { dropUnusedSeries } from "./writer-series.ts";
import type { TallyBook } from "./writer-tallies.ts";

/** Ends of generations: what a complete one did not see is gone, and payloads that it did not see are missing. */
export class GenerationEnd {
  readonly #db: CatalogDatabase;
  readonly #runs: RunWriter;
  readonly #entries: EntryWriter;
  readonly #artifacts: ArtifactWriter;

  constructor(db: CatalogDatabase, runs: RunWriter, entries: EntryWriter, artifacts: ArtifactWriter) {
    this.#db = db;
    this.#runs = runs;
    this.#entries = entries;
    this.#artifacts = artifacts;
  }

  removeUnseen(scope: PutScope): void {
    for (const id of this.#unseen("runs", scope)) if (this.#runs.remove(scope, id)) scope.grown.runs -= 1;
    for (const id of this.#unseen("entries", scope)) if (this.#entries.remove(scope, id)) scope.grown.entries -= 1;
    for (const id of this.#unseen("artifacts", scope))
      if (this.#artifacts.remove(scope, id)) scope.grown.artifacts -= 1;
    this.#db.run(query.deleteFrom("experiments").where("sid", "=", scope.sid).where("gen", "<", scope.gen));
    const stray = this.#db.run(
      query
        .deleteFrom("series")
        .where("sid", "=", scope.sid)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom("runs")
                .select("rid")
                .whereRef("runs.sid", "=", "series.sid")
                .whereRef("runs.id", "=", "series.run"),
            ),
          ),
        ),
    );
    if (stray > 0) dropUnusedSeries(this.#db);
  }

  /** Of the entries that name a payload which is not stored: which are broken now that the listing is complete? True when some changed. */
  judgePayloads(scope: PutScope, knowledge: SourceKnowledge, tallies: TallyBook): void {
    if (this.#judge(scope, knowledge) === 0) return;
    tallies.recount(scope.sid);
    scope.changed("cache", null, null);
  }

  /** Answers how many changed. */
  #judge(scope: PutScope, knowledge: SourceKnowledge): number {
    const lacking = query.updateTable("entries").where("sid", "=", scope.sid).where("lacking", ">", sql.lit(0));
    if (!knowledge.listsArtifacts)
      return this.#db.run(lacking.set({ state: sql`fact_state` }).where("state", "=", "broken"));
    const broken = this.#db.all(
      lacking
        .set({ state: "broken" })
        .where("fact_state", "=", "usable")
        .where("state", "=", "usable")
        .where("since", "<=", knowledge.completeGeneration)
        .where(({ exists, selectFrom }) =>
          exists(
            selectFrom("payloads")
              .leftJoin("artifacts", (join) =>
                join.onRef("artifacts.sid", "=", "payloads.sid").onRef("artifacts.id", "=", "payloads.artifact"),
              )
              .select("ord")
              .whereRef("payloads.eid", "=", "entries.eid")
              .where("payloads.role", "=", "result")
              .where("artifacts.aid", "is", null),
          ),
        )
        .returning(["id", "expires"]),
    );
    for (const { id, expires } of broken) scope.died(id, "payload-gone", expires);
    return broken.length;
  }

  #unseen(table: "runs" | "entries" | "artifacts", scope: PutScope): string[] {
    const rows = query.selectFrom(table).select("id").where("sid", "=", scope.sid).where("gen", "<", scope.gen);
    const facts = table === "entries" ? rows.where(sql<boolean>`fact_state <> 'orphan'`) : rows;
    return this.#db.all(facts).map(({ id }) => id);
  }
}
