import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { onTestFinished } from "vitest";
import type { SqlDriver } from "../../../contracts/driver.ts";
import { makeScratchFolder } from "../../../contracts/testing/scratch-folder.ts";
import { openSqliteDriver, type SqliteOptions } from "../sqlite-driver.ts";

type Mode = "wal" | "delete";

/** A database with one table `kv`, and the writer that made it. */
export async function makeDatabase(
  mode: Mode,
  rows = 3,
): Promise<{ folder: string; path: string; writer: DatabaseSync }> {
  const folder = await makeScratchFolder();
  const path = join(folder, "metrics.sqlite");
  const writer = new DatabaseSync(path);
  onTestFinished(() => {
    if (writer.isOpen) writer.close();
  });
  // Nobody cuts the power here, and waiting for a disk that others use too takes long.
  writer.exec(
    `PRAGMA journal_mode = ${mode}; PRAGMA synchronous = OFF; CREATE TABLE kv (key TEXT PRIMARY KEY, value TEXT)`,
  );
  const insert = writer.prepare("INSERT INTO kv VALUES (?, ?)");
  writer.exec("BEGIN");
  for (let row = 0; row < rows; row++) insert.run(`key ${row}`, "value ".repeat(100));
  writer.exec("COMMIT");
  return { folder, path, writer };
}

/** A driver that is closed after the test. */
export async function openDriver(options: SqliteOptions): Promise<SqlDriver> {
  const driver = await openSqliteDriver(options);
  onTestFinished(() => driver.close());
  return driver;
}

/** Rows of `kv`. */
export const count = "SELECT count(*) AS n FROM kv";
