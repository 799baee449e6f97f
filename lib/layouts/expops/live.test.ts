import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { OpenSlots } from "../../contracts/layout.ts";
import { openMemoryBlobDriver } from "../../drivers/memory/memory-blob-driver.ts";
import {
  type MemoryKeyValueDriver,
  type MemoryValue,
  openMemoryKeyValueDriver,
} from "../../drivers/memory/memory-key-value-driver.ts";
import { expopsLayout } from "./index.ts";
import { entryIdOf, runIdOf } from "./paths.ts";
import { FactStore, gatherFacts } from "./testing/collect-facts.ts";
import { hashes, StoredProject } from "./testing/stored-project.ts";
import { watchLayout } from "./testing/watch-layout.ts";

const now = Date.UTC(2026, 10, 21, 12, 0, 30);
const seconds = now / 1000;

const watchAll = (slots: OpenSlots) => watchLayout(slots, now);

function newProject(): { stored: StoredProject; run: string } {
  const stored = new StoredProject();
  const run = stored.runName("20261121110000");
  stored.status(run, "completed", { end: seconds - 600 });
  stored.use(run, "train", null, {
    status: "completed",
    execution_time: 3,
    cache_path: stored.resultPath("train"),
    run_id: run,
  });
  stored.metrics(run, "train", null, { loss: { "1": 1, "2": 0.5 } });
  stored.entry("train", null, { status: "completed", cache_path: stored.resultPath("train"), run_id: run });
  return { stored, run };
}
const entryId = entryIdOf("lab", "lab", StoredProject.xpath("train"), null, hashes);

describe("SQLite", () => {
  let folder: string;
  let path: string;
  let writer: DatabaseSync;
  const write = (stored: StoredProject, at: number) => {
    const put = writer.prepare("INSERT OR REPLACE INTO kv VALUES (?, ?, ?)");
    for (const [key, text] of stored.rows) put.run(key, text, at);
  };
  const open = async (stored: StoredProject) => {
    folder = await mkdtemp(join(tmpdir(), "expops-"));
    path = join(folder, "lab/.lab/metrics.sqlite");
    onTestFinished(async () => {
      writer.close();
      await rm(folder, { recursive: true });
    });
    const slots = await stored.sqliteSlots(folder, seconds - 60);
    writer = new DatabaseSync(path);
    writer.exec("PRAGMA journal_mode = WAL");
    return slots;
  };

  test("a second scan reads nothing anew: every run, entry and file is only told to be there", async () => {
    const slots = await open(newProject().stored);
    const store = new FactStore(now);
    const layout = await expopsLayout.open(slots, store.context);
    const signal = new AbortController().signal;
    const first = await gatherFacts(layout.scan(store.context, signal), store);
    const second = await gatherFacts(layout.scan(store.context, signal), store);
    expect([first.runs.size, first.entries.length, first.seen]).toEqual([1, 1, 0]);
    expect([second.runs.size, second.entries.length, second.seen]).toEqual([0, 0, 2]);
  });

  test("a run is seen from its begin to its end, with its series growing", async () => {
    const { told, lastRun } = await watchAll(await open(newProject().stored));
    const live = new StoredProject();
    const run = live.runName("20261121120000", "00000001");
    live.status(run, "running", { start: seconds - 30 });
    live.use(run, "train", null, { status: "running", started_at: seconds - 20, execution_time: 0 });
    write(live, seconds);
    await vi.waitFor(() => expect(lastRun(run)).toMatchObject({ status: "running", metrics: [] }), 5_000);

    live.metrics(run, "train", null, { loss: { "1": 3, "2": 2 } });
    write(live, seconds + 1);
    await vi.waitFor(() => expect(lastRun(run)?.metrics[0]).toMatchObject({ count: 2, last: 2 }), 5_000);

    live.metrics(run, "train", null, { loss: { "1": 3, "2": 2, "3": 1 } });
    live.use(run, "train", null, {
      status: "completed",
      execution_time: 20,
      cache_path: live.resultPath("train"),
      run_id: run,
    });
    live.status(run, "completed", { end: seconds + 2 });
    write(live, seconds + 2);
    await vi.waitFor(() => expect(lastRun(run)).toMatchObject({ status: "completed", endedAt: now + 2000 }), 5_000);
    const series = told.flatMap((fact) => (fact.kind === "series" ? [fact.series] : [])).at(-1);
    expect([...(series?.values ?? [])]).toEqual([3, 2, 1]);
  });

  test("an entry that is removed is gone, and comes back when it is put back with its old time", async () => {
    const { told } = await watchAll(await open(newProject().stored));
    const row = writer.prepare("SELECT * FROM kv WHERE key LIKE 'process:%'").get() as Record<string, string | number>;
    writer.exec("DELETE FROM kv WHERE key LIKE 'process:%'");
    await vi.waitFor(() => expect(told).toContainEqual({ kind: "gone", of: "entry", id: entryId }), 5_000);
    writer.prepare("INSERT INTO kv VALUES (?, ?, ?)").run(row.key ?? "", row.value ?? "", row.updated_at ?? 0);
    await vi.waitFor(() => expect(told.at(-1)).toMatchObject({ kind: "entry", entry: { id: entryId } }), 5_000);
  });

  test("a run that is removed is gone", async () => {
    const { stored, run } = newProject();
    const { told } = await watchAll(await open(stored));
    writer.prepare("DELETE FROM kv WHERE key LIKE ? OR key LIKE ?").run(`runs:${run}:%`, `metric:${run}:%`);
    await vi.waitFor(
      () => expect(told).toContainEqual({ kind: "gone", of: "run", id: runIdOf("lab", "lab", run) }),
      5_000,
    );
  });

  test("a result that is deleted before it is watched is gone without waiting for a sweep", async () => {
    const { stored } = newProject();
    const slots = await open(stored);
    const result = stored.resultPath("train").slice("/srv/ws/".length);
    const files = new Map([[result, "x"]]);
    const blobs = await openMemoryBlobDriver({ files });
    slots.blobs = [
      {
        driver: {
          ...blobs,
          async watch() {
            files.delete(result);
            return async () => undefined;
          },
        },
        scope: null,
      },
    ];
    const { first, told } = await watchAll(slots);
    const [id] = first.artifacts.keys();
    await vi.waitFor(() => expect(told).toContainEqual({ kind: "gone", of: "artifact", id }), 5_000);
  });

  test("a result that is deleted is gone without waiting for a sweep", async () => {
    const { stored } = newProject();
    const slots = await open(stored);
    const result = stored.resultPath("train").slice("/srv/ws/".length);
    const files = new Map([[result, "x"]]);
    const blobs = await openMemoryBlobDriver({ files });
    slots.blobs = [{ driver: blobs, scope: null }];
    const { first, told } = await watchAll(slots);
    const [id] = first.artifacts.keys();
    files.delete(result);
    await vi.waitFor(() => {
      blobs.announce(null);
      expect(told).toContainEqual({ kind: "gone", of: "artifact", id });
    }, 5_000);
  });
});

describe("a key-value store", () => {
  let values: Map<string, MemoryValue>;
  let driver: MemoryKeyValueDriver;
  const open = async (stored: StoredProject, notifies: boolean): Promise<OpenSlots> => {
    values = new Map(stored.redisRows());
    driver = await openMemoryKeyValueDriver({ values });
    if (!notifies) driver.watchKeys = async () => null;
    return { index: [{ driver, scope: null }] };
  };
  const write = (stored: StoredProject) => {
    const rows = stored.redisRows();
    for (const [key, text] of rows) values.set(key, text);
    driver.announce([...rows.keys()]);
  };

  test("a second scan does not read runs that ended and entries that are the same", async () => {
    const slots = await open(newProject().stored, true);
    const store = new FactStore(now);
    const layout = await expopsLayout.open(slots, store.context);
    const signal = new AbortController().signal;
    await gatherFacts(layout.scan(store.context, signal), store);
    const second = await gatherFacts(layout.scan(store.context, signal), store);
    expect([second.runs.size, second.entries.length, second.seen]).toEqual([0, 0, 2]);
  });

  test("notifications tell of runs and entries as they come and go", async () => {
    const { layout, told, lastRun } = await watchAll(await open(newProject().stored, true));
    expect(layout.sweepSeconds).toBeNull();
    const live = new StoredProject();
    const run = live.runName("20261121120000", "00000001");
    write(
      live.status(run, "running", { start: seconds - 30 }).metrics(run, "train", null, { loss: { "1": 3, "2": 2 } }),
    );
    await vi.waitFor(() => expect(lastRun(run)).toMatchObject({ status: "running", metrics: [{ last: 2 }] }), 5_000);

    const key = [...values.keys()].find((one) => one.includes(":process:")) as string;
    values.delete(key);
    driver.announce([key]);
    await vi.waitFor(() => expect(told).toContainEqual({ kind: "gone", of: "entry", id: entryId }), 5_000);
  });

  test("without notifications a run at work is read again with the keys that runs of its project had before", async () => {
    const { stored } = newProject();
    const run = stored.runName("20261121120000", "00000001");
    stored.status(run, "running", { start: seconds - 30 });
    const { layout, told, lastRun } = await watchAll(await open(stored, false));
    expect(layout.sweepSeconds).toBeGreaterThan(0);
    const live = new StoredProject();
    const parts = { ...hashes, config: "d".repeat(64) };
    live.use(run, "train", null, {
      status: "completed",
      execution_time: 5,
      cache_path: live.resultPath("train", null, parts),
      run_id: run,
    });
    live.metrics(run, "train", null, { loss: { "1": 9 } });
    live.entry(
      "train",
      null,
      { status: "completed", cache_path: live.resultPath("train", null, parts), run_id: run },
      parts,
    );
    for (const [key, text] of live.redisRows()) values.set(key, text);
    await vi.waitFor(
      () => expect(lastRun(run)).toMatchObject({ steps: [{ origin: "executed" }], metrics: [{ last: 9 }] }),
      10_000,
    );
    const id = entryIdOf("lab", "lab", StoredProject.xpath("train"), null, parts);
    expect(told).toContainEqual(expect.objectContaining({ kind: "entry", entry: expect.objectContaining({ id }) }));
  });

  test("without notifications a run is told as ended with all its steps, be it the first with them", async () => {
    const { stored } = newProject();
    const run = stored.runName("20261121120000", "00000001");
    stored.status(run, "running", { start: seconds - 30 });
    const { told, lastRun } = await watchAll(await open(stored, false));
    const live = new StoredProject();
    live.status(run, "completed", { end: seconds });
    live.use(run, "a new process", null, { status: "completed", execution_time: 5, run_id: run });
    for (const [key, text] of live.redisRows()) values.set(key, text);
    await vi.waitFor(() => expect(lastRun(run)).toMatchObject({ status: "completed" }), 10_000);
    const ended = told.filter((fact) => fact.kind === "run" && fact.run.status === "completed");
    expect(ended).toMatchObject([{ run: { steps: [{ process: "a new process", origin: "executed" }] } }]);
  });

  test.each([
    { what: "with", notifies: true },
    { what: "without", notifies: false },
  ])("$what notifications a run that ends behind a scan is told with all its steps", async ({ notifies }) => {
    const { stored } = newProject();
    const run = stored.runName("20261121120000", "00000001");
    stored.status(run, "running", { start: seconds - 30 });
    const { layout, store, told, lastRun } = await watchAll(await open(stored, notifies));
    const { scan } = driver;
    driver.scan = async (request) => {
      driver.scan = scan;
      const page = await scan(request);
      const live = new StoredProject();
      live.status(run, "completed", { end: seconds });
      live.use(run, "a new process", null, { status: "completed", execution_time: 5, run_id: run });
      write(live);
      return page;
    };
    const scanned = await gatherFacts(layout.scan(store.context, new AbortController().signal), store);
    expect([scanned.runs.size, scanned.seen]).toEqual([0, 3]);
    await vi.waitFor(() => expect(lastRun(run)).toMatchObject({ status: "completed" }), 10_000);
    const ended = told.filter((fact) => fact.kind === "run" && fact.run.status === "completed");
    expect(ended).toMatchObject([{ run: { steps: [{ process: "a new process", origin: "executed" }] } }]);
  });

  test("without notifications other runs are read while a large store is searched for what an ended one has", async () => {
    const { stored } = newProject();
    const run = stored.runName("20261121120000", "00000001");
    const other = stored.runName("20261121120001", "00000002");
    for (const name of [run, other]) stored.status(name, "running", { start: seconds - 30 });
    const slots = await open(stored, false);
    const { told, lastRun } = await watchAll(slots);
    const { scan } = driver;
    driver.scan = async (request) => {
      await sleep(3_000);
      return scan(request);
    };
    const live = new StoredProject();
    live.status(run, "completed", { end: seconds });
    live.use(run, "a new process", null, { status: "completed", execution_time: 5, run_id: run });
    live.metrics(other, "train", null, { loss: { "1": 9 } });
    for (const [key, text] of live.redisRows()) values.set(key, text);
    await vi.waitFor(() => expect(lastRun(other)).toMatchObject({ metrics: [{ last: 9 }] }), 10_000);
    expect(lastRun(run)?.status).not.toBe("completed");
    await vi.waitFor(() => expect(lastRun(run)).toMatchObject({ status: "completed" }), 10_000);
    expect(told.at(-1)).toMatchObject({ run: { steps: [{ process: "a new process" }] } });
  });

  test("without notifications an entry that a later run makes anew is told anew", async () => {
    const { stored } = newProject();
    const { told } = await watchAll(await open(stored, false));
    const made = (time: string) => {
      const live = new StoredProject();
      const run = live.runName(time, "00000001");
      const record = { status: "completed", execution_time: 5, cache_path: live.resultPath("train"), run_id: run };
      live.status(run, "completed", { end: seconds }).use(run, "train", null, record).entry("train", null, record);
      for (const [key, text] of live.redisRows()) values.set(key, text);
      return { run, begun: JSON.stringify({ type: "pipeline.started", run_id: run, status: "running" }) };
    };
    const entryTold = ({ run }: { run: string }) =>
      told.some((fact) => fact.kind === "entry" && fact.entry.producerRunId === runIdOf("lab", "lab", run));
    for (const time of ["20261121120000", "20261121120010"]) {
      const live = made(time);
      await vi.waitFor(() => {
        driver.publish("mlops:projects:lab:events", live.begun);
        expect(entryTold(live)).toBe(true);
      }, 10_000);
    }
  });

  test("an entry names its result although the bucket was empty a moment before", async () => {
    const slots = await open(newProject().stored, true);
    const bucket = new Map<string, string>();
    slots.blobs = [{ driver: await openMemoryBlobDriver({ files: bucket, engine: "gcs" }), scope: null }];
    const { told } = await watchAll(slots);
    const live = new StoredProject();
    const parts = { ...hashes, config: "d".repeat(64) };
    const path = live.resultPath("train", null, parts).replace("/srv/ws/lab/.lab/", "gs://bucket/lab/");
    bucket.set(path.slice("gs://bucket/".length), "result");
    write(live.entry("train", null, { status: "completed", cache_path: path }, parts));
    const id = entryIdOf("lab", "lab", StoredProject.xpath("train"), null, parts);
    const entry = () =>
      told.flatMap((fact) => (fact.kind === "entry" && fact.entry.id === id ? [fact.entry] : [])).at(-1);
    await vi.waitFor(() => expect(entry()?.payloads).toHaveLength(1), 5_000);
    const files = told.flatMap((fact) => (fact.kind === "artifact" ? [fact.artifact.id] : []));
    expect(files).toContain(entry()?.payloads[0]?.artifactId);
  });

  test("without notifications the log of a new run makes it known", async () => {
    const { stored } = newProject();
    const slots = await open(stored, false);
    const files = new Map<string, string>();
    const blobs = await openMemoryBlobDriver({ files: files.set("lab/.lab/logs/none.txt", "") });
    slots.blobs = [{ driver: blobs, scope: null }];
    const { lastRun } = await watchAll(slots);
    const live = new StoredProject();
    const run = live.runName("20261121120000", "00000001");
    const begun = `2026-11-21 12:00:00,100 - root - INFO - Executing project 'lab' with run_id: ${run}\n`;
    for (const [key, text] of live.status(run, "running", { start: seconds }).redisRows()) values.set(key, text);
    files.set("lab/.lab/logs/lab_20261121_120000.log", begun);
    await vi.waitFor(() => {
      blobs.announce(null);
      expect(lastRun(run)).toMatchObject({ status: "running", warnings: [] });
    }, 10_000);
  });

  test("the events of versions up to 0.1.9 tell that a run began", async () => {
    const { stored } = newProject();
    const { lastRun } = await watchAll(await open(stored, false));
    const live = new StoredProject();
    const run = live.runName("20261121120000", "00000001");
    for (const [key, text] of live.status(run, "running", { start: seconds }).redisRows()) values.set(key, text);
    await vi.waitFor(() => {
      driver.publish(
        "mlops:projects:lab:events",
        JSON.stringify({ type: "pipeline.started", run_id: run, status: "running" }),
      );
      expect(lastRun(run)).toMatchObject({ status: "running" });
    }, 10_000);
  });
});
