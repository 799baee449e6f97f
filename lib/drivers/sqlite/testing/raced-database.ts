import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { rowLocator } from "../../../contracts/row-locator.ts";
import type { ChangesStore } from "../../../contracts/testing/changes-suite.ts";
import { openSqliteDriver } from "../sqlite-driver.ts";

export const kv = (key: string) => rowLocator({ table: "kv", key: { key } });

/** A database as ExpOps makes it. */
export function createDatabase(path: string, mode: "wal" | "delete"): DatabaseSync {
  const writer = new DatabaseSync(path, { timeout: 5_000 });
  writer.exec(`PRAGMA journal_mode = ${mode}; PRAGMA synchronous = OFF`);
  writer.exec("CREATE TABLE kv (key TEXT PRIMARY KEY, value TEXT, updated_at REAL)");
  return writer;
}

/** A database of its own, with a second writer. */
export async function openRacedDatabase(mode: "wal" | "delete"): Promise<ChangesStore> {
  const folder = await mkdtemp(join(tmpdir(), "trialdeck-test-"));
  const path = join(folder, "metrics.sqlite");
  const writer = createDatabase(path, mode);
  const driver = await openSqliteDriver({ path, mayChange: true });
  if (!driver.changes) throw new Error("the driver was opened for reading only");
  const rowOf = (name: string) => writer.prepare("SELECT * FROM kv WHERE key = ?").get(name);
  let writes = 0;
  return {
    changes: driver.changes,
    locator: kv,
    async put(name, content) {
      writes += 1;
      writer.prepare("REPLACE INTO kv VALUES (?, ?, ?)").run(name, content, writes + 1 / 3);
    },
    read: async (name) => (rowOf(name)?.value as string | undefined) ?? null,
    restOf: async (name) => rowOf(name),
    newContent: (key, value) => ({ row: { key, value, updated_at: 1 / 3 } }),
    remove: async (name) => void writer.prepare("DELETE FROM kv WHERE key = ?").run(name),
    changeMs: 3,
    async stop() {
      await driver.close();
      writer.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
