import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openCatalogReader } from "./reader.ts";
import { everything } from "./testing/open-catalog.ts";
import { factOf, sampleEntry, sampleRun, sampleUse } from "./testing/sample-facts.ts";
import { openCatalogWriter } from "./writer.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "catalog-"));
  path = join(folder, "catalog.sqlite");
});
afterEach(() => rmSync(folder, { recursive: true }));

const list = { sources: ["src"], scope: everything, limit: 1000 };

async function countRuns(): Promise<number> {
  const reader = openCatalogReader({ path });
  const { total } = await reader.runs(list);
  await reader.close();
  return total?.value ?? -1;
}

async function fill(): Promise<void> {
  const writer = openCatalogWriter({ path });
  await writer.put("src", null, [factOf.run(sampleRun("a"))]);
  await writer.close();
}

test("what was written is there after a restart", async () => {
  await fill();
  await openCatalogWriter({ path }).close();
  expect(await countRuns()).toBe(1);
});

test("a writer killed in the midst of its batches leaves whole batches only", async () => {
  const script = fileURLToPath(new URL("./testing/write-without-end.ts", import.meta.url));
  for (const delay of [0, 15, 60]) {
    const writer = spawn(process.execPath, [script, path], { stdio: ["ignore", "pipe", "inherit"] });
    await once(writer.stdout, "data");
    await vi.waitFor(() => expect(existsSync(path)).toBe(true));
    const begun = performance.now();
    await vi.waitFor(() => expect(performance.now() - begun).toBeGreaterThanOrEqual(delay));
    writer.kill("SIGKILL");
    await once(writer, "exit");

    const again = openCatalogWriter({ path });
    await again.put("src", null, [factOf.entry(sampleEntry("after"))]);
    await again.close();
    const check = new DatabaseSync(path);
    expect(check.prepare("pragma integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
    // Each batch holds ten runs, ten entries that they use, and what is derived of both.
    const { runs, entries } = check.prepare("select runs, entries from sources").get() as {
      runs: number;
      entries: number;
    };
    expect(runs % 10).toBe(0);
    expect(check.prepare("select count(*) as n from runs").get()).toEqual({ n: runs });
    expect(check.prepare("select count(*) as n from entries").get()).toEqual({ n: entries });
    expect(check.prepare("select sum(entries) as n from tallies").get()).toEqual({ n: entries });
    expect(check.prepare("select count(*) as n from entries where producer is not null").get()).toEqual({ n: runs });
    check.close();
  }
});

test("a catalog of another version, a damaged one and a file that is none are begun anew", async () => {
  const spoil: (() => void)[] = [
    () => {
      const db = new DatabaseSync(path);
      db.exec("pragma user_version = 999");
      db.close();
    },
    () => writeFileSync(path, "no database at all, but long enough to look like something".repeat(100)),
    () => writeFileSync(path, readFileSync(path).subarray(0, 5000)),
    () => {
      const file = openSync(path, "r+");
      writeSync(file, Buffer.alloc(100, 0xff), 0, 100, 0);
      closeSync(file);
    },
    () => {
      rmSync(path);
      const db = new DatabaseSync(path);
      db.exec("create table someone_elses (x)");
      db.close();
    },
    () => writeFileSync(`${path}.damaged`, ""),
  ];
  for (const damage of spoil) {
    await fill();
    expect(await countRuns()).toBe(1);
    damage();
    const writer = openCatalogWriter({ path });
    await writer.put("src", null, [factOf.run(sampleRun("b", { steps: [sampleUse("train")] }))]);
    await writer.close();
    expect(await countRuns()).toBe(1);
    expect(existsSync(`${path}.damaged`)).toBe(false);
    rmSync(path);
  }
});

test("damage that shows while writing is marked, and the next start begins anew", async () => {
  await fill();
  const db = new DatabaseSync(path);
  const { rootpage } = db.prepare("select rootpage from sqlite_schema where name = 'runs'").get() as {
    rootpage: number;
  };
  db.close();
  const file = openSync(path, "r+");
  writeSync(file, Buffer.alloc(4096, 0xee), 0, 4096, (rootpage - 1) * 4096);
  closeSync(file);
  const writer = openCatalogWriter({ path });
  await expect(writer.put("src", null, [factOf.run(sampleRun("b"))])).rejects.toThrow("malformed");
  await writer.close();
  expect(existsSync(`${path}.damaged`)).toBe(true);
  await fill();
  expect(await countRuns()).toBe(1);
});

test("a catalog that another process holds is not thrown away", async () => {
  await fill();
  const holder = new DatabaseSync(path);
  holder.exec("pragma locking_mode = exclusive; begin exclusive");
  const impatient = new DatabaseSync(path, { timeout: 1 });
  expect(() => impatient.exec("begin immediate")).toThrow("locked");
  impatient.close();
  expect(() => openCatalogWriter({ path, patience: 1 })).toThrow("cannot be opened for writing");
  holder.close();
  expect(await countRuns()).toBe(1);
});

test("a reader without a catalog says what to do", () => {
  expect(() => openCatalogReader({ path })).toThrow("cannot be opened");
});
