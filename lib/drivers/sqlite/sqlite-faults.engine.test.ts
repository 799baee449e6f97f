import { open, rename, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, vi } from "vitest";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { makeScratchFolder } from "../../contracts/testing/scratch-folder.ts";
import { openSqliteDriver } from "./sqlite-driver.ts";
import { count, makeDatabase, openDriver } from "./testing/make-database.ts";

describe.skipIf(!isEngineWanted("sqlite"))("sqlite with faults", () => {
  it("says that a writer keeps it locked, and reads on when it is through", async () => {
    const { path, writer } = await makeDatabase("delete");
    const driver = await openDriver({ path, busyMs: 100 });
    writer.exec("BEGIN EXCLUSIVE");
    await expect(driver.query(count)).rejects.toMatchObject({
      code: "source_timeout",
      message: "sqlite metrics.sqlite: a writer keeps the database locked",
      remedy: expect.any(String),
    });
    const patient = driver.query(count).catch(() => driver.query(count));
    writer.exec("COMMIT");
    expect(await patient).toMatchObject([{ n: 3 }]);
  });

  it("waits for a lock without holding up the rest of the thread", async () => {
    const { path, writer } = await makeDatabase("delete");
    const driver = await openDriver({ path, busyMs: 5_000 });
    writer.exec("BEGIN EXCLUSIVE");
    const waiting = driver.query(count);
    await new Promise((resolve) => setImmediate(resolve));
    writer.exec("COMMIT");
    expect(await waiting).toMatchObject([{ n: 3 }]);
  });

  it("reads the new file when it was replaced by another", async () => {
    const { folder, path } = await makeDatabase("delete");
    const driver = await openDriver({ path, watchEveryMs: 50 });
    const identity = await driver.identity();
    await driver.query(count);
    const onChange = vi.fn();
    await driver.watch?.(onChange);
    const other = new DatabaseSync(join(folder, "new.sqlite"));
    other.exec("CREATE TABLE kv (key TEXT, value TEXT); INSERT INTO kv VALUES ('only', 'one')");
    other.close();
    await rename(join(folder, "new.sqlite"), path);
    expect(await driver.query(count)).toMatchObject([{ n: 1 }]);
    expect(await driver.identity()).not.toBe(identity);
    await vi.waitFor(() => expect(onChange).toHaveBeenCalled());
  });

  it("says that the file is gone, tells watchers, and finds it again", async () => {
    const { path, writer } = await makeDatabase("delete");
    writer.close();
    const driver = await openDriver({ path, watchEveryMs: 50 });
    await driver.query(count);
    const onChange = vi.fn();
    await driver.watch?.(onChange);
    await rename(path, `${path}.away`);
    await expect(driver.query(count)).rejects.toMatchObject({
      code: "source_unavailable",
      message: "sqlite metrics.sqlite: the file is gone",
    });
    await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(1));
    await rename(`${path}.away`, path);
    expect(await driver.query(count)).toMatchObject([{ n: 3 }]);
    await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(2));
  });

  describe("files that are broken", () => {
    it.each([
      ["text", "hello, this is not a database\n".repeat(100)],
      ["a short text", "x"],
      ["another magic", "SQLite format 2\0".padEnd(4096)],
    ])("says of %s that it is no SQLite file", async (_what, content) => {
      const path = join(await makeScratchFolder(), "x.sqlite");
      await writeFile(path, content);
      await expect(openSqliteDriver({ path })).rejects.toMatchObject({
        code: "unsupported",
        message: expect.stringContaining("not a SQLite file"),
        remedy: expect.any(String),
      });
    });

    it("says of a folder that it is no SQLite file", async () => {
      const path = await makeScratchFolder();
      await expect(openSqliteDriver({ path })).rejects.toMatchObject({ code: "unsupported" });
    });

    it("takes an empty file for a database without tables", async () => {
      const path = join(await makeScratchFolder(), "empty.sqlite");
      await writeFile(path, "");
      const driver = await openDriver({ path });
      expect(await driver.tables()).toEqual([]);
      expect((await stat(path)).size).toBe(0);
    });

    it.each(["wal", "delete"] as const)("says that a %s database was cut off", async (mode) => {
      const { path, writer } = await makeDatabase(mode, 500);
      writer.close();
      const { size } = await stat(path);
      await truncate(path, size / 2);
      const driver = await openDriver({ path });
      await expect(driver.query(count)).rejects.toMatchObject({
        code: "source_unavailable",
        message: "sqlite metrics.sqlite: the file is cut off",
        details: { promisedBytes: size },
      });
    });

    it.each(["wal", "delete"] as const)(
      "says that a page of a %s database is damaged, and still reads others",
      async (mode) => {
        const { path, writer } = await makeDatabase(mode, 500);
        writer.exec("CREATE TABLE fine (a); INSERT INTO fine VALUES (1)");
        writer.close();
        const file = await open(path, "r+");
        const page = 4096;
        for (let number = 3; number < 8; number++) await file.write(Buffer.alloc(page, 0x5a), 0, page, number * page);
        await file.close();
        const driver = await openDriver({ path });
        await expect(driver.query("SELECT sum(length(value)) FROM kv")).rejects.toMatchObject({
          code: "source_unavailable",
          message: "sqlite metrics.sqlite: the database is damaged",
          remedy: expect.any(String),
        });
        expect(await driver.query("SELECT a FROM fine")).toMatchObject([{ a: 1 }]);
      },
    );
  });
});
