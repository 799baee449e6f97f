import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, readdir, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, vi } from "vitest";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { makeScratchFolder } from "../../contracts/testing/scratch-folder.ts";
import { describeSqlDriver } from "../../contracts/testing/sql-suite.ts";
import { openFilesDriver } from "../files/files-driver.ts";
import { openSqliteDriver } from "./sqlite-driver.ts";
import { count, makeDatabase, openDriver } from "./testing/make-database.ts";

describe.skipIf(!isEngineWanted("sqlite"))("sqlite", () => {
  for (const mode of ["wal", "delete"] as const) {
    describeSqlDriver({
      name: `sqlite in ${mode} mode`,
      async start(schema) {
        let remove = async () => {};
        const folder = await makeScratchFolder((given) => {
          remove = given;
        });
        const path = join(folder, "metrics.sqlite");
        const writer = new DatabaseSync(path);
        writer.exec(`PRAGMA journal_mode = ${mode}`);
        for (const statement of schema) writer.exec(statement);
        const driver = await openSqliteDriver({ path, watchEveryMs: 50 });
        return {
          driver,
          change: async (sql) => writer.exec(sql),
          async stop() {
            await driver.close();
            writer.close();
            await remove();
          },
        };
      },
    });
  }

  describe("reading without a trace", () => {
    const listing = async (folder: string) =>
      Promise.all(
        (await readdir(folder)).map(async (name) => {
          const { size, mtimeMs } = await stat(join(folder, name));
          return { name, size, mtimeMs };
        }),
      );

    it.each(["wal", "delete"] as const)("creates and changes nothing beside a %s database at rest", async (mode) => {
      const { folder, path, writer } = await makeDatabase(mode);
      writer.close();
      const before = await listing(folder);
      const driver = await openDriver({ path });
      expect(await driver.query(count)).toMatchObject([{ n: 3 }]);
      expect(await driver.tables()).toEqual([{ name: "kv", columns: ["key", "value"] }]);
      await driver.close();
      expect(await listing(folder)).toEqual(before);
    });

    it.each(["-wal", "-shm"])("creates nothing more where only an empty %s file was left", async (suffix) => {
      const { folder, path, writer } = await makeDatabase("wal");
      writer.close();
      await writeFile(path + suffix, "");
      const driver = await openDriver({ path });
      expect(await driver.query(count)).toMatchObject([{ n: 3 }]);
      expect((await readdir(folder)).sort()).toEqual(["metrics.sqlite", `metrics.sqlite${suffix}`]);
    });

    it("creates no database where there is none", async () => {
      const folder = await makeScratchFolder();
      const path = join(folder, "none.sqlite");
      await expect(openSqliteDriver({ path })).rejects.toMatchObject({ code: "source_unavailable" });
      expect(await readdir(folder)).toEqual([]);
    });

    it("does not keep a writer from tidying up its -wal file when it ends", async () => {
      const { folder, path, writer } = await makeDatabase("wal");
      const driver = await openDriver({ path });
      await driver.query(count);
      writer.close();
      await vi.waitFor(
        async () => {
          const visitor = new DatabaseSync(path);
          visitor.exec("UPDATE kv SET value = ''");
          visitor.close();
          expect(await readdir(folder)).toEqual(["metrics.sqlite"]);
        },
        { timeout: 5_000 },
      );
    });
  });

  describe("a database in WAL mode", () => {
    it("shows what is only in the -wal file", async () => {
      const { path, writer } = await makeDatabase("wal", 1_000);
      const driver = await openDriver({ path });
      expect(await driver.query(count)).toMatchObject([{ n: 1_000 }]);
      writer.exec("DELETE FROM kv WHERE key > 'key 5'");
      const [{ n }] = writer.prepare(count).all() as [{ n: number }];
      expect(await driver.query(count)).toMatchObject([{ n }]);
    });

    it("shows each commit while a writer opens and closes the file again and again", async () => {
      const { path, writer } = await makeDatabase("wal", 0);
      writer.close();
      const driver = await openDriver({ path });
      for (let row = 1; row <= 30; row++) {
        const visitor = new DatabaseSync(path);
        visitor.exec(`INSERT INTO kv VALUES (${row}, 'x')`);
        if (row % 3 === 0) expect(await driver.query(count)).toMatchObject([{ n: row }]);
        visitor.close();
        expect(await driver.query(count)).toMatchObject([{ n: row }]);
      }
    });

    it("reads what a crashed writer left behind: a -wal file without -shm", async () => {
      const { folder, path } = await makeDatabase("wal", 50);
      const left = join(folder, "left.sqlite");
      await copyFile(path, left);
      await copyFile(`${path}-wal`, `${left}-wal`);
      const driver = await openDriver({ path: left });
      expect(await driver.query(count)).toMatchObject([{ n: 50 }]);
      expect((await readdir(folder)).filter((name) => name.startsWith("left"))).toEqual([
        "left.sqlite",
        "left.sqlite-wal",
      ]);
      const more = new DatabaseSync(left);
      more.exec("INSERT INTO kv VALUES ('later', '')");
      expect(await driver.query(count)).toMatchObject([{ n: 51 }]);
      more.close();
    });

    it("shows only whole commits while another process opens, writes and closes, and others read the same file", async () => {
      const { path, writer } = await makeDatabase("wal", 200);
      writer.exec("ALTER TABLE kv ADD COLUMN balance INTEGER NOT NULL DEFAULT 100");
      writer.close();
      const script = `
        const { DatabaseSync } = require("node:sqlite");
        for (let visit = 0; ; visit++) {
          const writer = new DatabaseSync(${JSON.stringify(path)}, { timeout: 5000 });
          writer.exec("PRAGMA synchronous = OFF");
          for (let i = 0; i <= visit % 5; i++) {
            writer.exec("BEGIN IMMEDIATE");
            writer.exec("UPDATE kv SET balance = balance - 1, value = hex(randomblob(300)) WHERE rowid = " + (1 + visit % 200));
            writer.exec("UPDATE kv SET balance = balance + 1 WHERE rowid = " + (1 + visit * 7 % 200));
            writer.exec("COMMIT");
          }
          writer.close();
        }`;
      const visitor = spawn(process.execPath, ["-e", script], { stdio: "ignore" });
      const driver = await openDriver({ path, busyMs: 10_000 });
      const files = await openFilesDriver({ path: dirname(path) });
      let isReading = true;
      const reading = (async () => {
        while (isReading) {
          for (const suffix of ["", "-wal", "-shm"]) {
            await files.read(`metrics.sqlite${suffix}`, { offset: 0, length: 4096 });
          }
        }
      })();
      const sums = new Set<unknown>();
      for (let round = 0; round < 300; round++) {
        const [row] = await driver.query("SELECT sum(balance) AS sum, sum(length(value)) > 0 AS whole FROM kv");
        sums.add(row?.sum);
      }
      isReading = false;
      await reading;
      visitor.kill("SIGKILL");
      await once(visitor, "close");
      expect([...sums]).toEqual([20_000]);
    });

    it("follows a link to the database, whose -wal file lies beside the real one", async () => {
      const { path } = await makeDatabase("wal", 7);
      const link = join(await makeScratchFolder(), "link.sqlite");
      await symlink(path, link);
      const driver = await openDriver({ path: link });
      expect(await driver.query(count)).toMatchObject([{ n: 7 }]);
    });
  });

  it("reads what a crash left of a rollback journal: the state before the transaction", async () => {
    const { folder, path, writer } = await makeDatabase("delete", 500);
    writer.exec("PRAGMA cache_size = 1; BEGIN; UPDATE kv SET value = 'half done'");
    const left = join(folder, "left.sqlite");
    await copyFile(path, left);
    await copyFile(`${path}-journal`, `${left}-journal`);
    const driver = await openDriver({ path: left });
    expect(await driver.query("SELECT count(*) AS n FROM kv WHERE value = 'half done'")).toMatchObject([{ n: 0 }]);
    expect(await driver.query(count)).toMatchObject([{ n: 500 }]);
    expect(await readdir(folder)).toContain("left.sqlite-journal");
  });

  describe("a hostile schema", () => {
    it("does not run a view that never ends", async () => {
      const { path, writer } = await makeDatabase("delete");
      writer.exec(
        "CREATE VIEW v AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n",
      );
      const driver = await openDriver({ path });
      await expect(driver.query("SELECT * FROM v")).rejects.toMatchObject({ code: "forbidden" });
    });

    it("does not open another file", async () => {
      const { folder, path } = await makeDatabase("delete");
      const driver = await openDriver({ path });
      await expect(driver.query(`ATTACH '${join(folder, "other.sqlite")}' AS other`)).rejects.toMatchObject({
        code: expect.stringMatching(/forbidden|unsupported/),
      });
      expect(await readdir(folder)).toEqual(["metrics.sqlite"]);
    });

    it("lists a table of a module that is not there, without columns", async () => {
      const { path, writer } = await makeDatabase("delete");
      writer.enableDefensive(false);
      writer.exec(`PRAGMA writable_schema = ON;
        INSERT INTO sqlite_schema VALUES ('table', 'vectors', 'vectors', 0, 'CREATE VIRTUAL TABLE vectors USING vec0(a)');
        PRAGMA writable_schema = OFF`);
      writer.close();
      const driver = await openDriver({ path });
      expect(await driver.tables()).toEqual([
        { name: "kv", columns: ["key", "value"] },
        { name: "vectors", columns: [] },
      ]);
    });
  });

  it("refuses an answer that does not fit in memory", async () => {
    const { path, writer } = await makeDatabase("delete", 400);
    const driver = await openDriver({ path });
    await expect(driver.query("SELECT a.key FROM kv a, kv b")).rejects.toMatchObject({ code: "too_large" });
    writer.exec("DELETE FROM kv WHERE rowid > 40; UPDATE kv SET value = hex(zeroblob(1000000))");
    await expect(driver.query("SELECT value FROM kv")).rejects.toMatchObject({ code: "too_large" });
    expect(await driver.query("SELECT substr(value, 1, 4) AS head FROM kv LIMIT 1")).toMatchObject([{ head: "0000" }]);
  });

  it("removes its private copies when it is closed", async () => {
    const { folder, path } = await makeDatabase("wal");
    const left = join(folder, "left.sqlite");
    await copyFile(path, left);
    await copyFile(`${path}-wal`, `${left}-wal`);
    vi.stubEnv("TMPDIR", await makeScratchFolder());
    const driver = await openSqliteDriver({ path: left });
    await driver.query(count);
    expect(await readdir(String(process.env.TMPDIR))).toHaveLength(1);
    await driver.close();
    expect(await readdir(String(process.env.TMPDIR))).toEqual([]);
    await expect(driver.query(count)).rejects.toMatchObject({ code: "source_unavailable" });
  });
});
