import type { DatabaseSync } from "node:sqlite";
import type { SqlRow, SqlValue } from "../../contracts/driver.ts";
import { AppError } from "../../domain/errors.ts";

const mostRows = 100_000;
const mostBytes = 64 * 1024 * 1024;

/**
 * All rows of one statement; whole numbers beyond 2^53 as bigint, others as number.
 * Throws `too_large` beyond 100,000 rows or 64 MB.
 */
export function readRows(database: DatabaseSync, sql: string, parameters: readonly SqlValue[]): SqlRow[] {
  const statement = database.prepare(sql);
  statement.setReadBigInts(true);
  const rows: SqlRow[] = [];
  let bytes = 0;
  for (const row of statement.iterate(...parameters)) {
    for (const name in row) {
      const value = row[name];
      if (typeof value === "bigint") row[name] = toSafeNumber(value);
      else if (typeof value === "string" || value instanceof Uint8Array) bytes += value.length;
    }
    rows.push(row);
    if (rows.length > mostRows || bytes > mostBytes) throw tooLarge();
  }
  return rows;
}

function toSafeNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function tooLarge(): AppError {
  return new AppError("too_large", "sqlite: the answer is too large", {
    remedy: "Ask for fewer rows with LIMIT, or for parts of long values with substr().",
    details: { rows: mostRows, bytes: mostBytes },
  });
}
