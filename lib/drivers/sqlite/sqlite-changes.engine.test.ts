import { spawn } from "node:child_process";
import { readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Receipt, StoreChanges } from "../../contracts/changes.ts";
import type { DriverBase } from "../../contracts/driver.ts";
import { rowLocator } from "../../contracts/row-locator.ts";
import { describeStoreChanges } from "../../contracts/testing/changes-suite.ts";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { makeScratchFolder } from "../../contracts/testing/scratch-folder.ts";
import { openSqliteDriver, type SqliteOptions } from "./sqlite-driver.ts";

const kv = (key: string) => rowLocator({ table: "kv", key: { key } });

function changesOf({ changes }: DriverBase): StoreChanges {
  if (!changes) throw new Error("the driver was opened for reading only");
  return changes;
}

/** A database as ExpOps makes it. */
function createDatabase(path: string, mode: "wal" | "delete"): DatabaseSync {
  const writer = new DatabaseSync(path, { timeout: 5_000 });
  writer.exec(`PRAGMA journal_mode = ${mode}; PRAGMA synchronous = OFF`);
  writer.exec("CREATE TABLE kv (key TEXT PRIMARY KEY, value TEXT, updated_at REAL)");
  return writer;
}

async function openChanges(options: Partial<SqliteOptions> & { mode?: "wal" | "delete" } = {}) {
  const folder = await makeScratchFolder();
  const path = join(folder, "metrics.sqlite");
  const writer = createDatabase(path, options.mode ?? "wal");
  onTestFinished(() => {
    if (writer.isOpen) writer.close();
  });
  const driver = await openSqliteDriver({ path, mayChange: true, ...options });
  onTestFinished(() => driver.close());
  const put = (key: string, value: string) => writer.prepare("REPLACE INTO kv VALUES (?, ?, ?)").run(key, value, 1 / 3);
  return { folder, path, writer, driver, changes: changesOf(driver), put };
}

async function setAside(changes: StoreChanges, locators: readonly string[], meanwhile: () => unknown = () => {}) {
  const things = await changes.stat(locators);
  const requests = locators.map((locator, index) => ({
    locator,
    token: things[index]?.token ?? "",
    receiptId: `receipt ${index}`,
  }));
  let kept: Receipt[] = [];
  const outcomes = await changes.setAside(requests, async (receipts) => {
    kept = structuredClone(receipts);
    await meanwhile();
  });
  return { outcomes, kept };
}

describe.skipIf(!isEngineWanted("sqlite"))("sqlite", () => {
  for (const mode of ["wal", "delete"] as const) {
    describeStoreChanges({
      name: `sqlite in ${mode} mode`,
      async start() {
        let remove = async () => {};
        const folder = await makeScratchFolder((given) => {
          remove = given;
        });
        const path = join(folder, "metrics.sqlite");
        const writer = createDatabase(path, mode);
        const driver = await openSqliteDriver({ path, mayChange: true });
        const rowOf = (name: string) => writer.prepare("SELECT * FROM kv WHERE key = ?").get(name);
        let writes = 0;
        return {
          changes: changesOf(driver),
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
            await remove();
          },
        };
      },
    });
  }

  it("may only be read unless it is said", async () => {
    const { path } = await openChanges();
    const driver = await openSqliteDriver({ path });
    expect(driver.changes).toBeUndefined();
    await driver.close();
  });

  it("loses no value to a writer in another process", async () => {
    const { path, changes, writer } = await openChanges();
    writer.exec("INSERT INTO kv VALUES ('raced', '0', 0)");
    const script = `
      const { DatabaseSync } = require("node:sqlite");
      const writer = new DatabaseSync(${JSON.stringify(path)}, { timeout: 20000 });
      writer.exec("PRAGMA synchronous = OFF");
      for (let n = 1; n <= 400; n++) {
        writer.exec("BEGIN IMMEDIATE");
        const before = writer.prepare("SELECT value FROM kv WHERE key = 'raced'").get()?.value ?? null;
        writer.prepare("REPLACE INTO kv VALUES ('raced', ?, ?)").run(String(n), n);
        writer.exec("COMMIT");
        console.log(JSON.stringify({ n, before }));
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.random() * 4);
      }`;
    const other = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    other.stdout.on("data", (chunk) => {
      said += chunk;
    });
    const ended = new Promise((resolve) => other.once("close", resolve));
    const aside = new Set<string>();
    let refused = 0;
    while (other.exitCode === null) {
      const { outcomes, kept } = await setAside(changes, [kv("raced")]);
      if (outcomes[0]?.outcome !== "set-aside") refused += 1;
      else if (kept[0] && "content" in kept[0].kept)
        aside.add(Buffer.from(JSON.parse(Buffer.from(kept[0].kept.content).toString())[1][2], "base64").toString());
    }
    await ended;
    const written = said
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { n: number; before: string | null });
    expect(written).toHaveLength(400);
    // What the writer did not find when it wrote the next one must have been set aside.
    const lost = written.filter(({ n, before }) => before !== String(n - 1) && !aside.has(String(n - 1)));
    expect(lost).toEqual([]);
    expect([aside.size > 0, refused > 0]).toEqual([true, true]);
  });

  it("keeps every kind of value to the bit, and texts that are no text", async () => {
    const { writer, changes } = await openChanges();
    writer.exec(`CREATE TABLE odd ("a ""b" TEXT, n INTEGER, r REAL, x, y, twice AS (n * 2), PRIMARY KEY ("a ""b", n)) WITHOUT ROWID;
      INSERT INTO odd VALUES ('k', 9007199254740993, -0.0, x'00ff', CAST(x'ff00fe' AS TEXT)), ('k', 2, 1e308, 'text', NULL)`);
    const read = () => {
      const statement = writer.prepare(
        "SELECT *, typeof(x) AS tx, typeof(y) AS ty, hex(y) AS hy, printf('%!.17g', r) AS hr FROM odd ORDER BY n",
      );
      statement.setReadBigInts(true);
      return statement.all();
    };
    const before = read();
    const { outcomes, kept } = await setAside(changes, [rowLocator({ table: "odd", key: { 'a "b': "k", n: 2 } })]);
    expect(outcomes).toEqual([{ outcome: "set-aside" }]);
    expect(read()).toHaveLength(1);
    expect(await changes.putBack(kept)).toEqual([{ outcome: "restored" }]);
    writer.exec("UPDATE odd SET n = 3 WHERE n = 9007199254740993");
    const other = await setAside(changes, [rowLocator({ table: "odd", key: { 'a "b': "k", n: 3 } })]);
    expect(await changes.putBack(other.kept)).toEqual([{ outcome: "restored" }]);
    writer.exec("UPDATE odd SET n = 9007199254740993 WHERE n = 3");
    expect(read()).toEqual(before);
  });

  it("removes nothing when one statement could remove more than one row, or more than rows", async () => {
    const { writer, changes } = await openChanges();
    writer.exec(`CREATE TABLE several (key TEXT, value TEXT); INSERT INTO several VALUES ('a', '1'), ('a', '2');
      CREATE TABLE triggered (key TEXT PRIMARY KEY); INSERT INTO triggered VALUES ('a');
      CREATE TRIGGER t AFTER DELETE ON triggered BEGIN DELETE FROM several; END;
      CREATE TABLE parent (key TEXT PRIMARY KEY); INSERT INTO parent VALUES ('a');
      CREATE TABLE child (key TEXT REFERENCES parent ON DELETE CASCADE); INSERT INTO child VALUES ('a');
      CREATE VIEW seen AS SELECT * FROM several`);
    for (const table of ["several", "triggered", "parent", "seen", "none", "sqlite_schema"]) {
      const request = { locator: rowLocator({ table, key: { key: "a" } }), token: "x", receiptId: table };
      const [outcome] = await changes.setAside([request], async () => {});
      expect(outcome).toMatchObject({ outcome: "failed", failure: { remedy: expect.any(String) } });
    }
    expect(writer.prepare("SELECT count(*) AS n FROM several").get()).toMatchObject({ n: 2 });
    expect(writer.prepare("SELECT count(*) AS n FROM child").get()).toMatchObject({ n: 1 });
  });

  it("fails rather than forces its way while a writer holds the lock, and changes nothing", async () => {
    const { writer, changes, put } = await openChanges({ busyMs: 100 });
    put("a", "1");
    const { outcomes, kept } = await setAside(changes, [kv("a")], () => writer.exec("BEGIN IMMEDIATE"));
    writer.exec("ROLLBACK");
    expect(outcomes).toMatchObject([
      { outcome: "failed", failure: { code: "source_timeout", message: expect.stringContaining("locked") } },
    ]);
    expect(await changes.putBack(kept)).toEqual([{ outcome: "same" }]);
  });

  it("waits for a writer that finishes in time", async () => {
    const { writer, changes, put } = await openChanges();
    put("a", "1");
    const { outcomes } = await setAside(changes, [kv("a")], () => {
      writer.exec("BEGIN IMMEDIATE");
      setTimeout(() => writer.exec("COMMIT"), 100);
    });
    expect(outcomes).toEqual([{ outcome: "set-aside" }]);
  });

  it("does not touch a file that took the place of the one that was read, nor makes one that is gone", async () => {
    const { folder, path, writer, changes, put } = await openChanges();
    put("a", "1");
    writer.close();
    const { outcomes, kept } = await setAside(changes, [kv("a")], async () => {
      await rename(path, join(folder, "old.sqlite"));
      const other = createDatabase(path, "wal");
      other.exec("INSERT INTO kv VALUES ('a', '1', 1.0 / 3)");
      other.close();
    });
    expect(outcomes).toMatchObject([{ outcome: "failed", failure: { code: "conflict", remedy: expect.any(String) } }]);
    for (const name of [path, join(folder, "old.sqlite")]) {
      const visitor = new DatabaseSync(name);
      expect(visitor.prepare("SELECT count(*) AS n FROM kv").get()).toMatchObject({ n: 1 });
      visitor.close();
    }
    await rm(path);
    await expect(changes.putBack(kept)).rejects.toMatchObject({ code: "source_unavailable" });
    expect(await readdir(folder)).toEqual(["old.sqlite"]);
  });

  it.each(["wal", "delete"] as const)(
    "leaves nothing beside a %s database at rest, nor a table in it",
    async (mode) => {
      const { folder, path, writer, changes, put } = await openChanges({ mode });
      put("a", "1");
      writer.close();
      const { kept } = await setAside(changes, [kv("a")]);
      expect(await readdir(folder)).toEqual(["metrics.sqlite"]);
      expect(await changes.putBack(kept)).toEqual([{ outcome: "restored" }]);
      expect(await readdir(folder)).toEqual(["metrics.sqlite"]);
      const visitor = new DatabaseSync(path);
      expect(visitor.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()).toEqual([{ name: "kv" }]);
      expect(visitor.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: mode });
      visitor.close();
    },
  );

  it("says of a row that no longer fits its table that it cannot go back, and puts back the others", async () => {
    const { writer, changes } = await openChanges();
    writer.exec("CREATE TABLE fit (key TEXT PRIMARY KEY, old TEXT); INSERT INTO fit VALUES ('a', '1')");
    writer.exec("INSERT INTO kv VALUES ('a', '1', 1)");
    const { kept } = await setAside(changes, [rowLocator({ table: "fit", key: { key: "a" } }), kv("a")]);
    writer.exec("DROP TABLE fit; CREATE TABLE fit (key TEXT PRIMARY KEY, old TEXT CHECK (old > '1'))");
    expect(await changes.putBack(kept.slice(0, 1))).toMatchObject([
      { outcome: "failed", failure: { message: expect.stringContaining("CHECK constraint") } },
    ]);
    writer.exec("ALTER TABLE fit RENAME COLUMN old TO new");
    expect(await changes.putBack(kept)).toMatchObject([
      { outcome: "failed", failure: { code: "unsupported", remedy: expect.any(String) } },
      { outcome: "restored" },
    ]);
  });

  it("refuses a locator that names no row", async () => {
    const { changes, folder } = await openChanges();
    await writeFile(join(folder, "other.txt"), "");
    for (const locator of ["", "kv", "[]", '["kv"]', '["kv",{}]', '["kv",{"key":null}]', '["kv",["a"]]'])
      await expect(changes.stat([locator])).rejects.toMatchObject({ code: "bad_request" });
  });
});
