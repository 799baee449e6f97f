import { type CatalogDatabase, query, type Statement } from "./database.ts";
import type { PutScope } from "./put-scope.ts";
import { storeText } from "./stored-text.ts";

/** Keeps the names of experiments. */
export class ExperimentWriter {
  readonly #find: Statement<{ xid: number; name: string }>;
  readonly #add: Statement<unknown>;
  readonly #update: Statement<unknown>;
  readonly #remove: Statement<unknown>;

  constructor(db: CatalogDatabase) {
    this.#find = db.statement(
      query.selectFrom("experiments").select(["xid", "name"]).where("sid", "=", 0).where("id", "=", ""),
    );
    this.#add = db.statement(query.insertInto("experiments").values({ sid: 0, id: "", name: "", gen: 0 }));
    this.#update = db.statement(query.updateTable("experiments").set({ name: "", gen: 0 }).where("xid", "=", 0));
    this.#remove = db.statement(query.deleteFrom("experiments").where("sid", "=", 0).where("id", "=", ""));
  }

  put(scope: PutScope, { id, name }: { id: string; name: string }): void {
    const stored = storeText(name);
    const known = this.#find.get(scope.sid, id);
    if (known) this.#update.run(stored, scope.gen, known.xid);
    else this.#add.run(scope.sid, id, stored, scope.gen);
    if (known?.name !== stored) scope.changed("run", id, null);
  }

  remove(scope: PutScope, id: string): void {
    this.#remove.run(scope.sid, id);
  }
}
