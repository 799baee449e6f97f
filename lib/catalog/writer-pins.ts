import { type CatalogDatabase, query } from "./database.ts";

/** Which entries are pinned, as whoever keeps that says. */
export class PinWriter {
  readonly #db: CatalogDatabase;

  constructor(db: CatalogDatabase) {
    this.#db = db;
  }

  replace(sid: number, entries: readonly string[]): void {
    this.#db.run(query.deleteFrom("pins").where("sid", "=", sid));
    this.set(sid, entries, true);
  }

  /** `null`: it is gone. */
  experimentOf(sid: number, entry: string): string | null {
    const rows = query.selectFrom("entries").select("experiment").where("sid", "=", sid).where("id", "=", entry);
    return this.#db.get(rows)?.experiment ?? null;
  }

  set(sid: number, entries: readonly string[], pinned: boolean): void {
    for (const entry of entries) {
      if (pinned) this.#db.run(query.insertInto("pins").orIgnore().values({ sid, entry }));
      else this.#db.run(query.deleteFrom("pins").where("sid", "=", sid).where("entry", "=", entry));
    }
  }
}
