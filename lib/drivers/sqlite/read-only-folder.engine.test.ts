import { execFileSync } from "node:child_process";
import { chmod, copyFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { rowLocator } from "../../contracts/row-locator.ts";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { makeScratchFolder } from "../../contracts/testing/scratch-folder.ts";

const nobody = 65_534;

/** What a driver answers in a process without write right: as `nobody` when the tests run as root, who may write anywhere. */
function countAsReader(path: string): unknown {
  return askAsReader(path, `(await driver.query("SELECT count(*) AS n FROM kv"))[0]`);
}

/** What becomes of a row that such a process is to set aside. */
function setAsideAsReader(path: string): unknown {
  const locator = JSON.stringify(rowLocator({ table: "kv", key: { key: "a" } }));
  return askAsReader(
    path,
    `await (async () => {
      const [{ token }] = await driver.changes.stat([${locator}]);
      const [answer] = await driver.changes.setAside([{ locator: ${locator}, token, receiptId: "1" }], async () => {});
      return { ...answer, code: answer.failure?.code, failure: answer.failure?.message };
    })()`,
  );
}

function askAsReader(path: string, question: string): unknown {
  const script = `
    const { openSqliteDriver } = await import(${JSON.stringify(new URL("./sqlite-driver.ts", import.meta.url).href)});
    try {
      const driver = await openSqliteDriver({ path: ${JSON.stringify(path)}, mayChange: true });
      console.log(JSON.stringify(${question}));
      await driver.close();
    } catch (error) {
      console.log(JSON.stringify({ code: error.code, message: error.message }));
    }`;
  const owner = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  const answer = execFileSync(process.execPath, ["--input-type=module", "-e", script], { ...owner, encoding: "utf8" });
  return JSON.parse(answer);
}

async function makeFolder(): Promise<{ folder: string; path: string; writer: DatabaseSync }> {
  const folder = await makeScratchFolder();
  const path = join(folder, "metrics.sqlite");
  const writer = new DatabaseSync(path);
  onTestFinished(async () => {
    if (writer.isOpen) writer.close();
    await chmod(folder, 0o755);
  });
  writer.exec("PRAGMA journal_mode = wal; CREATE TABLE kv (key TEXT); INSERT INTO kv VALUES ('a'), ('b')");
  return { folder, path, writer };
}

describe.skipIf(!isEngineWanted("sqlite"))("a WAL database in a folder where the reader may not write", () => {
  it("is read while nobody has it open", async () => {
    const { folder, path, writer } = await makeFolder();
    writer.close();
    await chmod(folder, 0o555);
    expect(countAsReader(path)).toEqual({ n: 2 });
    expect(await readdir(folder)).toEqual(["metrics.sqlite"]);
  });

  it("is read with what is in its -wal while a writer has it open", async () => {
    const { folder, path } = await makeFolder();
    await chmod(folder, 0o555);
    expect(countAsReader(path)).toEqual({ n: 2 });
  });

  it("is read from a copy when its -shm may not be read", async () => {
    const { folder, path } = await makeFolder();
    await chmod(`${path}-shm`, 0o600);
    await chmod(folder, 0o555);
    expect(countAsReader(path)).toEqual({ n: 2 });
  });

  it("is read from a copy when a crash left a -wal without -shm", async () => {
    const { folder, path } = await makeFolder();
    const left = join(folder, "left.sqlite");
    await copyFile(path, left);
    await copyFile(`${path}-wal`, `${left}-wal`);
    await chmod(folder, 0o555);
    expect(countAsReader(left)).toEqual({ n: 2 });
  });

  it.each(["wal", "delete"])("is not changed, in %s mode, and it is said why", async (mode) => {
    const { folder, path, writer } = await makeFolder();
    writer.exec(`PRAGMA journal_mode = ${mode}`);
    writer.close();
    await chmod(path, 0o666);
    await chmod(folder, 0o555);
    const refused = { outcome: "failed", code: "forbidden", failure: expect.stringContaining("may not write") };
    expect(setAsideAsReader(path)).toEqual(refused);
    await chmod(path, 0o644);
    await chmod(folder, 0o777);
    expect(setAsideAsReader(path)).toEqual(refused);
    expect(countAsReader(path)).toEqual({ n: 2 });
    expect(await readdir(folder)).toEqual(["metrics.sqlite"]);
  });

  it("says what may not be read", async () => {
    const { path } = await makeFolder();
    await chmod(path, 0o600);
    expect(countAsReader(path)).toEqual({
      code: "forbidden",
      message: "sqlite: the server may not read metrics.sqlite",
    });
  });
});
