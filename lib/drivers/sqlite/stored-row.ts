import { hash } from "node:crypto";
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { RowPlace } from "../../contracts/row-locator.ts";
import { AppError } from "../../domain/errors.ts";
import { readRows } from "./read-rows.ts";

/** A row with all its columns, as text that gives back each value to the bit. */
export interface StoredRow {
  token: string;
  bytes: number;
  content: Buffer;
}

type CellType = "null" | "integer" | "real" | "text" | "blob";
/** Column, type and value: digits of an integer, the eight bytes of a real number, the bytes of a text (which need not be UTF-8) or blob. */
type Cell = [column: string, type: CellType, value: string];

/** The tables of one question or transaction, each looked at once. */
export class PlainTables {
  readonly #database: DatabaseSync;
  readonly #columns = new Map<string, string[]>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Stored columns of a table; throws `unsupported` where a change of it would change more than the row that was kept. */
  columnsOf(table: string): string[] {
    let columns = this.#columns.get(table);
    if (!columns) {
      requirePlainTable(this.#database, table);
      columns = columnsOf(this.#database, table);
      this.#columns.set(table, columns);
    }
    return columns;
  }

  /** The row at a place; `null` where there is none. */
  readRow(place: RowPlace): StoredRow | null {
    return readRow(this.#database, place, this.columnsOf(place.table));
  }

  /** Removes the row; throws where it would not be exactly one. */
  deleteRow(place: RowPlace): void {
    this.columnsOf(place.table);
    deleteRow(this.#database, place);
  }

  /** Inserts a row where nothing of it stands; false where something does. */
  insertRow(place: RowPlace, content: Uint8Array): boolean {
    this.columnsOf(place.table);
    return insertRow(this.#database, place, content);
  }
}

function readRow(database: DatabaseSync, place: RowPlace, columns: readonly string[]): StoredRow | null {
  const cells = columns.map((column, index) => {
    const name = quote(column);
    return `typeof(${name}) AS t${index}, iif(typeof(${name}) = 'text', CAST(${name} AS BLOB), ${name}) AS v${index}`;
  });
  const { condition, values } = conditionOf(place);
  const rows = readRows(database, `SELECT ${cells} FROM ${quote(place.table)} WHERE ${condition} LIMIT 2`, values);
  const [row, other] = rows;
  if (other) throw severalRows();
  if (!row) return null;
  const packed = columns.map((column, index) => packCell(column, row[`t${index}`] as CellType, row[`v${index}`]));
  return proveRow(packed, (index) => row[`v${index}`]);
}

/** A row that is to be made of these columns, in the table's order; a number is a real one. */
export function newRow(columns: Record<string, string | number | null>): StoredRow {
  const cells = Object.entries(columns).map(([column, value]): Cell => {
    if (typeof value !== "string") return packCell(column, value === null ? "null" : "real", value);
    return packCell(column, "text", Buffer.from(value));
  });
  const values = Object.values(columns);
  return proveRow(cells, (index) => {
    const value = values[index];
    return typeof value === "string" ? Buffer.from(value) : value;
  });
}

function proveRow(cells: readonly Cell[], valueAt: (index: number) => unknown): StoredRow {
  const content = Buffer.from(JSON.stringify(cells));
  const bytes = cells.reduce((sum, _, index) => sum + sizeOf(valueAt(index)), 0);
  return { token: hash("sha256", content, "base64url"), bytes, content };
}

function deleteRow(database: DatabaseSync, place: RowPlace): void {
  const { condition, values } = conditionOf(place);
  const { changes } = database.prepare(`DELETE FROM ${quote(place.table)} WHERE ${condition}`).run(...values);
  if (Number(changes) !== 1) throw severalRows();
}

function insertRow(database: DatabaseSync, { table }: RowPlace, content: Uint8Array): boolean {
  const cells: Cell[] = JSON.parse(Buffer.from(content).toString());
  const columns = cells.map(([column]) => quote(column));
  const places = cells.map(([, type]) => (type === "text" ? "CAST(? AS TEXT)" : "?"));
  const sql = `INSERT INTO ${quote(table)} (${columns}) VALUES (${places}) ON CONFLICT DO NOTHING`;
  const { changes } = database.prepare(sql).run(...cells.map(unpackCell));
  return Number(changes) === 1;
}

function requirePlainTable(database: DatabaseSync, table: string): void {
  const ask = (sql: string) => readRows(database, sql, [table]).length > 0;
  if (!ask("SELECT 1 FROM pragma_table_list(?) WHERE type = 'table' AND schema = 'main'"))
    throw notPlain("it is no table");
  if (ask("SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND lower(tbl_name) = lower(?) LIMIT 1"))
    throw notPlain("it has triggers");
  const referring = `SELECT 1 FROM sqlite_schema AS other, pragma_foreign_key_list(other.name) AS reference
    WHERE other.type = 'table' AND lower(reference."table") = lower(?) LIMIT 1`;
  if (ask(referring)) throw notPlain("other tables refer to it");
}

/** Those that are stored: a computed one comes back by itself. */
function columnsOf(database: DatabaseSync, table: string): string[] {
  const rows = readRows(database, "SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0 ORDER BY cid", [table]);
  return rows.map(({ name }) => String(name));
}

function conditionOf({ key }: RowPlace): { condition: string; values: (string | number)[] } {
  const condition = Object.keys(key)
    .map((column) => `${quote(column)} = ?`)
    .join(" AND ");
  return { condition, values: Object.values(key) };
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function packCell(column: string, type: CellType, value: unknown): Cell {
  if (type === "real") {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(Number(value));
    return [column, type, bytes.toString("base64")];
  }
  if (value instanceof Uint8Array) return [column, type, Buffer.from(value).toString("base64")];
  return [column, type, value === null ? "" : String(value)];
}

function unpackCell([, type, value]: Cell): SQLInputValue {
  if (type === "null") return null;
  if (type === "integer") return BigInt(value);
  const bytes = Buffer.from(value, "base64");
  return type === "real" ? bytes.readDoubleBE(0) : bytes;
}

function sizeOf(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  return value === null || value === undefined ? 0 : 8;
}

function severalRows(): AppError {
  return new AppError("conflict", "sqlite: the key names more than one row", {
    remedy: "Check that the table was made by the system that the source's layout names.",
  });
}

function notPlain(why: string): AppError {
  return new AppError("unsupported", `sqlite: this table cannot be changed safely: ${why}`, {
    remedy: "Remove the row with the system that wrote it.",
  });
}
