import type { DatabaseSync } from "node:sqlite";
import { readRows } from "./read-rows.ts";

const list =
  "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid LIMIT 10000";

/** Tables with their columns, in the order stored. */
export function readTables(database: DatabaseSync): { name: string; columns: string[] }[] {
  return readRows(database, list, []).map((row) => {
    const name = String(row.name);
    return { name, columns: readColumns(database, name) };
  });
}

function readColumns(database: DatabaseSync, table: string): string[] {
  try {
    const rows = readRows(database, "SELECT name FROM pragma_table_info(?) ORDER BY cid", [table]);
    return rows.map((row) => String(row.name));
  } catch (error) {
    // A virtual table of a module that is not loaded here has no columns to show.
    if (error instanceof Error && error.message.startsWith("no such module")) return [];
    throw error;
  }
}
