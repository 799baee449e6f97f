import type { SQLInputValue } from "node:sqlite";
import type { CatalogDatabase, Compilable, Statement } from "./database.ts";

const rowsAtOnce = [64, 8, 1];

/** Inserts many rows with few calls: each call into SQLite costs as much as a row. */
export class BulkInsert {
  readonly #statements: { rows: number; statement: Statement<unknown> }[];

  constructor(db: CatalogDatabase, insert: (rows: number) => Compilable<unknown>) {
    this.#statements = rowsAtOnce.map((rows) => ({ rows, statement: db.statement(insert(rows)) }));
  }

  /** All rows' values, one row after another, `width` values each. */
  run(width: number, values: SQLInputValue[]): void {
    let at = 0;
    for (const { rows, statement } of this.#statements) {
      const wide = width * rows;
      for (; at + wide <= values.length; at += wide) statement.run(...values.slice(at, at + wide));
    }
  }
}
