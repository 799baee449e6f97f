import type { SQLInputValue } from "node:sqlite";
import type { CatalogDatabase, Compilable, Statement } from "./database.ts";

const rowsAtOnce = 40;

/** Inserts many rows with few calls: each call into SQLite costs as much as a row. */
export class BulkInsert {
  readonly #many: Statement<unknown>;
  readonly #one: Statement<unknown>;

  constructor(db: CatalogDatabase, insert: (rows: number) => Compilable<unknown>) {
    this.#many = db.statement(insert(rowsAtOnce));
    this.#one = db.statement(insert(1));
  }

  /** All rows' values, one row after another, `width` values each. */
  run(width: number, values: SQLInputValue[]): void {
    const wide = width * rowsAtOnce;
    let at = 0;
    for (; at + wide <= values.length; at += wide) this.#many.run(...values.slice(at, at + wide));
    for (; at < values.length; at += width) this.#one.run(...values.slice(at, at + width));
  }
}
