import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { SqlDriver } from "../../contracts/driver.ts";
import { openGitDriver } from "../../drivers/git/git-driver.ts";
import { openSqliteDriver } from "../../drivers/sqlite/sqlite-driver.ts";
import { openLineageBook, type ReadRun } from "./lineage-book.ts";
import { collectRun, type RunRecords } from "./run-records.ts";
import type { VersionBook } from "./seams.ts";
import { readRunRecords, toRunRows } from "./sql-rows.ts";
import { fixedPlaces, openMemoryContext } from "./testing/memory-context.ts";
import { openVersionBook } from "./versions.ts";

const fixtures = join(import.meta.dirname, "../../../e2e/fixtures/expops/versions");
const { runs } = JSON.parse(readFileSync(join(fixtures, "EXPECTED.json"), "utf8")) as {
  runs: { n: number; run_id: string; version_hash: string; version_recorded: boolean }[];
};
const staleHit = {
  code: "stale-hit",
  sentence:
    "join_fits was reused although mix_rows changed since its result was made: ExpOps does not see changes there.",
};

const scratch = mkdtempSync(join(tmpdir(), "lineage-book-"));
let driver: SqlDriver;
let versions: VersionBook;
let read: string[];
const readRun: ReadRun = async (runName) => {
  read.push(runName);
  const rows = toRunRows(await readRunRecords(driver, runName));
  return rows.length > 0 ? collectRun("spill-lab", runName, rows) : null;
};

beforeAll(async () => {
  execFileSync("git", ["clone", "-q", join(fixtures, "history.bundle"), join(scratch, "clone")], { stdio: "ignore" });
  cpSync(join(fixtures, "workspace/spill-lab/.spill-lab/metrics.sqlite"), join(scratch, "metrics.sqlite"));
  driver = await openSqliteDriver({ path: join(scratch, "metrics.sqlite") });
  const code = [{ driver: await openGitDriver({ path: join(scratch, "clone") }), folder: "", namePrefix: "" }];
  versions = openVersionBook(
    fixedPlaces({ project: "spill-lab", runtimes: [], logs: null, code }),
    openMemoryContext(),
  );
  read = [];
});
afterAll(async () => {
  await driver.close();
  rmSync(scratch, { recursive: true, force: true });
});

it("warns of the one stale hit in twelve stored runs, once the run's version is known", async () => {
  const book = openLineageBook(versions);
  for (const run of runs) {
    const records = (await readRun(run.run_id)) as RunRecords;
    expect(await book.warningsOf(records, run.version_hash, readRun)).toEqual(run.n === 8 ? [staleHit] : []);
    const recorded = run.version_recorded ? run.version_hash : null;
    expect(await book.warningsOf(records, recorded, readRun)).toEqual([]);
  }
});

it("reads a producer that has ended once, and none for a run that reused nothing", async () => {
  const book = openLineageBook(versions);
  const [first, second] = [await readRun(runs[0]?.run_id ?? ""), await readRun(runs[1]?.run_id ?? "")];
  read = [];
  await book.warningsOf(first as RunRecords, null, readRun);
  expect(read).toEqual([]);
  for (const _ of [1, 2]) await book.warningsOf(second as RunRecords, null, readRun);
  expect(read).toEqual([runs[0]?.run_id]);
});
