import { sql } from "kysely";
import { type CatalogDatabase, query, type Statement } from "./database.ts";
import { PutScope } from "./put-scope.ts";
import type { SourceKnowledge } from "./writer-derive.ts";

interface SourceRow {
  sid: number;
  generation: number;
  complete_generation: number;
  began: number;
  artifacts: number;
}

/** One row a source: its generations, how fresh it is, how much there is. */
export class SourceBook {
  readonly #db: CatalogDatabase;
  readonly #find: Statement<SourceRow>;
  readonly #add: Statement<unknown>;
  readonly #begin: Statement<unknown>;
  readonly #end: Statement<unknown>;
  readonly #touch: Statement<unknown>;
  readonly #grow: Statement<unknown>;

  constructor(db: CatalogDatabase) {
    this.#db = db;
    this.#find = db.statement(
      query
        .selectFrom("sources")
        .select(["sid", "generation", "complete_generation", "began", "artifacts"])
        .where("id", "=", ""),
    );
    const none = {
      generation: 0,
      complete_generation: 0,
      began: 0,
      runs: 0,
      entries: 0,
      artifacts: 0,
      artifact_bytes: 0,
      used: 1,
    };
    this.#add = db.statement(query.insertInto("sources").values({ id: "", ...none }));
    this.#begin = db.statement(query.updateTable("sources").set({ generation: 0, began: 0 }).where("sid", "=", 0));
    this.#end = db.statement(
      query.updateTable("sources").set({ complete_generation: 0, as_of: 0 }).where("sid", "=", 0),
    );
    this.#touch = db.statement(query.updateTable("sources").set({ as_of: 0 }).where("id", "=", ""));
    const grow = (column: string) => sql<number>`${sql.ref(column)} + ${0}`;
    this.#grow = db.statement(
      query
        .updateTable("sources")
        .set({
          runs: grow("runs"),
          entries: grow("entries"),
          artifacts: grow("artifacts"),
          artifact_bytes: grow("artifact_bytes"),
        })
        .where("sid", "=", 0),
    );
  }

  find(sourceId: string): SourceRow | undefined {
    return this.#find.get(sourceId);
  }

  #findOrAdd(sourceId: string): SourceRow {
    const known = this.find(sourceId);
    if (known) return known;
    this.#add.run(sourceId, 0, 0, 0, 0, 0, 0, 0, 1);
    return this.find(sourceId)!;
  }

  /** These are configured and no others. True when one of them was never read completely. */
  use(sourceIds: readonly string[]): boolean {
    const some = sourceIds.map((id) => this.#findOrAdd(id));
    this.#db.run(
      query
        .updateTable("sources")
        .set({ used: 0 })
        .where("id", "not in", [...sourceIds, ""]),
    );
    this.#db.run(
      query
        .updateTable("sources")
        .set({ used: 1 })
        .where("id", "in", [...sourceIds, ""]),
    );
    return some.some((row) => row.complete_generation === 0);
  }

  /** Those that are configured. */
  used(): string[] {
    return this.#db.all(query.selectFrom("sources").select("id").where("used", "=", 1)).map(({ id }) => id);
  }

  begin(sourceId: string, now: number): number {
    const { sid, generation } = this.#findOrAdd(sourceId);
    this.#begin.run(generation + 1, now, sid);
    return generation + 1;
  }

  end(scope: PutScope, asOf: number): void {
    this.#end.run(scope.gen, asOf, scope.sid);
  }

  touch(sourceId: string, asOf: number): void {
    this.#touch.run(asOf, sourceId);
  }

  /**
   * What a batch is stamped with. A watcher's facts belong to the newest generation, so that the sweep under way keeps them; only the next
   * one can judge their payloads.
   */
  scopeFor(sourceId: string, generation: number | null): PutScope {
    const { sid, generation: newest, began } = this.#findOrAdd(sourceId);
    return generation === null
      ? new PutScope(sid, newest, newest + 1, began)
      : new PutScope(sid, generation, generation, began);
  }

  knowledge(sourceId: string, scope: PutScope): SourceKnowledge & { complete: boolean } {
    const { complete_generation: completeGeneration, artifacts } = this.find(sourceId)!;
    return {
      completeGeneration,
      complete: completeGeneration > 0,
      listsArtifacts: artifacts + scope.grown.artifacts > 0,
    };
  }

  settle(scope: PutScope): void {
    const { runs, entries, artifacts, artifactBytes } = scope.grown;
    this.#grow.run(runs, entries, artifacts, artifactBytes, scope.sid);
  }
}
