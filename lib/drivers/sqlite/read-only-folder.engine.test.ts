import { execFileSync } from "node:child_process";
import { chmod, copyFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { makeScratchFolder } from "../../contracts/testing/scratch-folder.ts";

const nobody = 65_534;

/** What a driver answers in a process without write right: as `nobody` when the tests run as root, who may write anywhere. */
function countAsReader(path: string): unknown {
  const script = `
    const { openSqliteDriver } = await import(${JSON.stringify(new URL("./sqlite-driver.ts", import.meta.url).href)});
    try {
      const driver = await openSqliteDriver({ path: ${JSON.stringify(path)} });
      const [row] = await driver.query("SELECT count(*) AS n FROM kv");
      console.log(JSON.stringify(row));
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

  it("says what may not be read", async () => {
    const { path } = await makeFolder();
    await chmod(path, 0o600);
    expect(countAsReader(path)).toEqual({
      code: "forbidden",
      message: "sqlite: the server may not read metrics.sqlite",
    });
  });
});
