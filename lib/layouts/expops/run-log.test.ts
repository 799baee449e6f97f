import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { BlobDriver } from "../../contracts/driver.ts";
import { openFilesDriver } from "../../drivers/files/files-driver.ts";
import { openMemoryBlobDriver } from "../../drivers/memory/memory-blob-driver.ts";
import { openLogBook } from "./run-log.ts";
import type { ProjectPlace, Runtime } from "./seams.ts";
import { fixedPlaces, openMemoryContext } from "./testing/memory-context.ts";

const fixtures = join(import.meta.dirname, "../../../e2e/fixtures/expops");
const failedRun = "project-wine-lab-20261120233435-df2c2e70";

const placeOf = (driver: BlobDriver, project: string, folder: string, era: Runtime["era"] = "local"): ProjectPlace => ({
  project,
  runtimes: [{ era, driver, folder, namePrefix: "" }],
  logs: { driver, folder, namePrefix: "" },
  code: [],
});

async function openFixture(path: string, project: string, folder = `.${project}`) {
  const driver = await openFilesDriver({ path: join(fixtures, path) });
  return openLogBook(fixedPlaces(placeOf(driver, project, folder)), openMemoryContext());
}

/** A log of one run, two hours ahead of UTC. */
function writeLog(lines: string[]): string {
  const stamp = (second: number) => `2026-11-21 03:00:${String(second).padStart(2, "0")},250 - root - `;
  return [
    `=== Preparing ===`,
    `${stamp(0)}INFO - Executing project 'p' with run_id: project-p-20261121010000-0123abcd`,
    ...lines.map((line, index) => (line.startsWith(" ") ? line : `${stamp(index + 1)}${line}`)),
    "",
  ].join("\n");
}
const madeRun = "project-p-20261121010000-0123abcd";

async function openMade(files: Map<string, string | Uint8Array>, memo?: Map<string, never>) {
  const driver = await openMemoryBlobDriver({ files });
  return openLogBook(fixedPlaces(placeOf(driver, "p", "")), openMemoryContext({ memo }));
}
const logPath = "logs/p_20261121_030000.log";

describe("logs of real runs", () => {
  it("join all twelve runs of a project, the killed one without an end", async () => {
    const book = await openFixture("versions/workspace/spill-lab", "spill-lab");
    const logs = await book.ofProject("spill-lab");
    const { runs } = JSON.parse(readFileSync(join(fixtures, "versions/EXPECTED.json"), "utf8"));
    for (const { run_id, status } of runs) {
      const outcome = { completed: "completed", failed: "failed", running: "unknown" }[status as string];
      expect([run_id, logs.get(run_id)?.outcome]).toEqual([run_id, outcome]);
    }
    expect(logs.size).toBe(12);
  });

  it("tell why each process failed, and which one is to blame", async () => {
    const book = await openFixture("sqlite-local/wine-lab", "wine-lab");
    const log = (await book.ofProject("wine-lab")).get(failedRun);
    const message =
      "The 'n_estimators' parameter of RandomForestClassifier must be an int in the range [1, inf). Got 0 instead.";
    const blamed = "//process[@name='train_forest']";
    expect(Object.fromEntries(log?.errors ?? [])).toEqual({
      "//process[@name='train_forest']": { message, causedBy: null },
      "//process[@name='evaluate']": { message, causedBy: blamed },
      "//process[@name='score_bars']": { message, causedBy: blamed },
    });
    expect(log).toMatchObject({
      outcome: "failed",
      fellBackToMemory: false,
      startedAt: Date.UTC(2026, 10, 20, 23, 34, 35),
    });
    expect(log?.endedAt).toBe(Date.UTC(2026, 10, 20, 23, 34, 40, 968));
  });

  it("keep a traceback with its line and what was printed before logging began", async () => {
    const book = await openFixture("sqlite-local/wine-lab", "wine-lab");
    const { lines, nextOffset, complete } = await book.read(failedRun, "wine-lab", { offset: 0, limit: 1_000 });
    expect(lines.find(({ text }) => text.includes("Traceback"))?.text).toMatch(
      /^distributed\.batched: Batched Comm Closed .*\nTraceback[\s\S]*CommClosedError$/,
    );
    expect(lines[1]).toEqual({
      at: null,
      level: null,
      text: expect.stringContaining("=== Preparing project interpreter"),
    });
    expect(lines.find(({ level }) => level === "error")).toMatchObject({ at: "2026-11-20T23:34:40.968Z" });
    expect({ nextOffset, complete }).toEqual({ nextOffset: null, complete: true });
  });

  it("read page by page are the same lines", async () => {
    const book = await openFixture("redis-0.1.9-files/projects/wine-old", "wine-old", "");
    const [runName = ""] = [...(await book.ofProject("wine-old")).keys()];
    const whole = await book.read(runName, "wine-old", { offset: 0, limit: 10_000 });
    const paged: typeof whole.lines = [];
    for (let offset: number | null = 0; offset !== null; ) {
      const page = await book.read(runName, "wine-old", { offset, limit: 7 });
      paged.push(...page.lines);
      offset = page.nextOffset;
    }
    expect(paged).toEqual(whole.lines);
    expect(whole.lines.length).toBeGreaterThan(50);
  });
});

describe("logs in general", () => {
  it("get their times from the run's name, whatever clock the machine had", async () => {
    const book = await openMade(new Map([[logPath, writeLog(["INFO - Run ID: x"])]]));
    expect((await book.ofProject("p")).get(madeRun)).toMatchObject({
      startedAt: Date.UTC(2026, 10, 21, 1),
      endedAt: Date.UTC(2026, 10, 21, 1, 0, 1, 250),
    });
  });

  it("keep an error of several lines whole", async () => {
    const book = await openMade(
      new Map([[logPath, writeLog(["ERROR - Process //process[@name='a'] failed: first", "  second", "  third"])]]),
    );
    expect((await book.ofProject("p")).get(madeRun)?.errors.get("//process[@name='a']")?.message).toBe(
      "first\n  second\n  third",
    );
  });

  it("tell an error as soon as it is first said, before the run ends", async () => {
    const line =
      "WARNING - Process '//process[@name='b']' failed (propagating to downstream): Dependency //process[@name='a'] failed: boom failed: x";
    const book = await openMade(new Map([[logPath, writeLog([line])]]));
    expect([...((await book.ofProject("p")).get(madeRun)?.errors ?? [])]).toEqual([
      ["//process[@name='b']", { message: "boom failed: x", causedBy: "//process[@name='a']" }],
    ]);
  });

  it("tell that nothing was stored, that the tool gave up, and which results had too long a name", async () => {
    const unwritten =
      "WARNING - [w] Failed to cache manifest stable_process____process[@name='long'].pkl: [Errno 36] File name too long: '/srv/p/.p/cache/v/p_Ly9wcm9jZXNzW0BuYW1lPSdsb25nJ10/steps/stable.pkl'";
    const lines = [
      "WARNING - KV backend redis init failed; falling back to in-memory: refused",
      unwritten,
      "ERROR - Error running pipeline: no such script",
    ];
    const log = (await (await openMade(new Map([[logPath, writeLog(lines)]]))).ofProject("p")).get(madeRun);
    expect(log).toMatchObject({ fellBackToMemory: true, outcome: "failed" });
    expect([...(log?.neverCached ?? [])]).toEqual(["//process[@name='long']"]);
  });

  it("are read on when they grow, also after a restart", async () => {
    const files = new Map([[logPath, writeLog(["ERROR - Process a failed: one"])]]);
    const memo = new Map<string, never>();
    const book = await openMade(files, memo);
    expect((await book.ofProject("p")).get(madeRun)).toMatchObject({ outcome: "failed", endedAt: null });
    files.set(logPath, `${files.get(logPath)}  two\n2026-11-21 03:00:09,000 - root - INFO - Run ID: ${madeRun}\n`);
    for (const reader of [book, await openMade(files, memo)]) {
      const log = (await reader.ofProject("p")).get(madeRun);
      expect(log?.endedAt).toBe(Date.UTC(2026, 10, 21, 1, 0, 9));
      expect(log?.errors.get("a")?.message).toBe("one\n  two");
    }
  });

  it("of forty megabytes are read at both ends only", async () => {
    const filler = `2026-11-21 03:00:02,000 - root - INFO - ${"x".repeat(1_000)}\n`;
    const log = Buffer.from(
      `${writeLog([]) + filler.repeat(40_000)}2026-11-21 03:10:00,000 - root - ERROR - Process a failed: at last\n`,
    );
    const driver = await openMemoryBlobDriver({ files: new Map([[logPath, log]]) });
    let read = 0;
    const counting: BlobDriver = {
      ...driver,
      stat: async () => null,
      list: async () => ({ items: [{ path: logPath, bytes: log.length, modifiedAt: null, token: "1" }], cursor: null }),
      read: async (path, range) => {
        read += range.length;
        return driver.read(path, range);
      },
    };
    const book = openLogBook(fixedPlaces(placeOf(counting, "p", "")), openMemoryContext());
    expect((await book.ofProject("p")).get(madeRun)?.errors.get("a")?.message).toBe("at last");
    expect(read).toBeLessThan(12 * 1024 * 1024);
    const tail = await book.read(madeRun, "p", { offset: -2_000, limit: 100 });
    expect(tail.lines.at(-1)?.text).toBe("Process a failed: at last");
    expect(tail.lines.length).toBeLessThan(4);
  });

  it("survive bytes that are no text and a line without end", async () => {
    const log = Buffer.concat([Buffer.from(writeLog(["INFO - \x1b[31mred\x1b[0m"])), Buffer.alloc(3_000_000, 0xff)]);
    const book = await openMade(new Map([[logPath, log]]));
    const { lines } = await book.read(madeRun, "p", { offset: 0, limit: 100 });
    expect(lines[2]?.text).toBe("red");
    expect(lines.at(-1)?.text.length).toBeLessThanOrEqual(64 * 1024);
  });

  it("of another project, another run or none are not taken for this one's", async () => {
    const book = await openMade(
      new Map([
        ["logs/other_20261121_030000.log", writeLog([])],
        ["logs/p_20261121_040000.log", "Environment setup failed: no conda\n"],
      ]),
    );
    expect((await book.ofProject("p")).size).toBe(0);
    await expect(book.read(madeRun, "p", { offset: 0, limit: 10 })).rejects.toMatchObject({ code: "not_found" });
  });
});
