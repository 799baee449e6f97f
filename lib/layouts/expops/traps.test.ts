import { beforeEach, describe, expect, test } from "vitest";
import { expopsLayout } from "./index.ts";
import { entryIdOf, runIdOf } from "./paths.ts";
import { FactStore, gatherFacts, stepUse } from "./testing/collect-facts.ts";
import { type ScanOptions, scanStored } from "./testing/scan-stored.ts";
import { hashes, StoredProject } from "./testing/stored-project.ts";
import { hashVersion } from "./version-hash.ts";

/** One test a trap of the stored forms; each names the answer that a naive reader gives. */
const started = Date.UTC(2026, 10, 21, 12) / 1000;
const minutes = 60;
let store: StoredProject;
let run: string;
beforeEach(() => {
  store = new StoredProject();
  run = store.runName("20261121120000");
});

const scanRun = (options: ScanOptions = {}) => scanStored(store, run, { now: started, ...options });

describe("a step that hit", () => {
  test("joins its entry through its producer: its own record has no path, which is not 'no entry'", async () => {
    const producer = store.runName("20261120120000");
    store.status(run, "completed");
    store.use(run, "train", null, {
      status: "completed",
      execution_time: 0.01,
      started_at: started,
      ended_at: started + 1,
    });
    store.use(run, "train", "fit", {
      status: "cached",
      cache_path: null,
      cached_run_id: producer,
      started_at: started - 86_400,
      ended_at: started - 86_390,
      execution_time: 0,
    });
    const use = stepUse((await scanRun()).run, "train", "fit");
    expect(use).toMatchObject({
      origin: "reused",
      startedAt: null,
      executionSeconds: null,
      entry: { viaProducer: true },
    });
    expect(use?.producer).toEqual({
      runId: runIdOf("lab", "lab", producer),
      startedAt: (started - 86_400) * 1000,
      executionSeconds: 10,
    });
  });

  test("leaves an entry that will miss next time: 'cached' is not 'usable'", async () => {
    store.entry("train", "fit", {
      status: "cached",
      cache_path: null,
      run_id: run,
      cached_run_id: "project-lab-20261120120000-00000000",
    });
    const [entry] = (await scanRun()).entries;
    expect(entry).toMatchObject({ state: "not-served", warnings: [{ code: "next-lookup-misses" }] });
    expect(entry?.producerRunId).toBe(runIdOf("lab", "lab", "project-lab-20261120120000-00000000"));
  });
});

describe("entries", () => {
  test.each([
    ["failed", undefined],
    ["running", undefined],
    ["completed", undefined],
  ])("%s without a path are not served", async (status, cache_path) => {
    store.entry("train", null, { status, cache_path, run_id: run });
    expect((await scanRun()).entries).toMatchObject([{ state: "not-served" }]);
  });

  test("an entry of a process that completes again and again without a result has a name too long for a file", async () => {
    store.entry("train_the_largest_forest", null, { status: "completed", run_id: run });
    store.entry("short_enough_21_bytes", null, { status: "completed", run_id: run });
    const warnings = Object.fromEntries(
      (await scanRun()).entries.map((entry) => [entry.process, entry.warnings.map(({ code }) => code)]),
    );
    expect(warnings).toEqual({ train_the_largest_forest: ["never-cached-name-too-long"], short_enough_21_bytes: [] });
  });

  test("a step's duration is the time between its start and end, not the 0.0 that is stored", async () => {
    store.entry("train", "fit", {
      status: "completed",
      execution_time: 0.0,
      started_at: 5,
      ended_at: 7.5,
      cache_path: store.resultPath("train", "fit"),
    });
    expect((await scanRun()).entries[0]?.executionSeconds).toBe(2.5);
  });

  test("a damaged row is an entry that says so, and the rest is read", async () => {
    store.entry("train", null, {}).entry("score", null, { status: "completed", cache_path: store.resultPath("score") });
    const [key] = [...store.rows.keys()];
    store.rows.set(key as string, '{"status": "completed", "cache_pa');
    const { entries } = await scanRun();
    expect(entries.map(({ process, state, status }) => [process, state, status])).toEqual([
      ["score", "usable", "completed"],
      ["train", "unknown", "completed"],
    ]);
    expect(entries[1]?.warnings[0]?.sentence).toContain("damaged");
  });

  test("names with colons, blanks, slashes and any letters are whole", async () => {
    store.entry("données: 1/2", "fit: stage a", {
      status: "completed",
      cache_path: store.resultPath("données: 1/2", "fit: stage a"),
    });
    store.status(run, "completed").use(run, "données: 1/2", "fit: stage a", {
      status: "completed",
      cache_path: store.resultPath("données: 1/2", "fit: stage a"),
    });
    const found = await scanRun();
    expect(found.entries[0]).toMatchObject({ process: "données: 1/2", step: "fit: stage a" });
    expect(stepUse(found.run, "données: 1/2", "fit: stage a")?.entry).toEqual({ id: found.entries[0]?.id });
  });
});

describe("a failed run", () => {
  beforeEach(() => {
    store.status(run, "failed", { end: started + 9 });
    store.use(run, "train", null, {
      status: "failed",
      execution_time: 0.03,
      started_at: started,
      ended_at: started + 1,
      run_id: run,
    });
    store.use(run, "train", "fit", { status: "running", started_at: started, execution_time: 0 });
    store.use(run, "score", null, {
      status: "failed",
      execution_time: 0.0,
      started_at: started + 2,
      ended_at: started + 2,
      run_id: run,
    });
  });

  test("what stands behind a failure never ran, though it is stored as failed too", async () => {
    const found = await scanRun();
    expect(stepUse(found.run, "train")).toMatchObject({ origin: "failed", executionSeconds: 0.03 });
    expect(stepUse(found.run, "score")).toMatchObject({
      origin: "never-ran",
      startedAt: null,
      executionSeconds: null,
      error: { from: "store", caused: { process: "train" } },
    });
  });

  test("the step that raised failed with its process; it is not still running", async () => {
    expect(stepUse((await scanRun()).run, "train", "fit")?.origin).toBe("failed");
  });
});

describe("a run that says running", () => {
  beforeEach(() => {
    store.status(run, "running", { start: started });
    store.use(run, "train", null, { status: "running", started_at: started, execution_time: 0 });
  });

  test.each([
    [4, {}, "running", undefined],
    [12, {}, "running", "quiet for 12 min"],
    [16, {}, "stalled", "nothing was written since 2026-11-21 12:00 UTC; the run was probably killed"],
    [25, { train: 40 * minutes }, "running", "quiet for 25 min, usually takes 40 min"],
    [119, { train: 40 * minutes }, "running", "quiet for 119 min, usually takes 40 min"],
    [
      121,
      { train: 40 * minutes },
      "stalled",
      "nothing was written since 2026-11-21 12:00 UTC; the run was probably killed",
    ],
    [
      121,
      { score: 40 * minutes },
      "stalled",
      "nothing was written since 2026-11-21 12:00 UTC; the run was probably killed",
    ],
  ])("and is quiet for %i minutes (longest: %j) is %s", async (quiet, longest, status, statusReason) => {
    const { run: fact } = await scanRun({ now: started + quiet * minutes, longest, sqliteAt: started });
    expect(fact).toMatchObject({ status, startedAt: started * 1000, endedAt: null });
    expect(fact.statusReason).toBe(statusReason);
    expect(stepUse(fact, "train")?.origin).toBe("running");
  });

  test("is not called dead at the first look where rows have no times: it may log without any step ending", async () => {
    const slots = await store.redisSlots();
    const clock = { now: (started + 16 * minutes) * 1000 };
    const facts = new FactStore(() => clock.now);
    const layout = await expopsLayout.open(slots, facts.context);
    const look = async () => {
      const found = await gatherFacts(layout.scan(facts.context, new AbortController().signal), facts);
      return found.runs.get(run);
    };
    expect(await look()).toMatchObject({ status: "running" });
    clock.now += 61_000;
    expect(await look()).toMatchObject({ status: "stalled" });
  });

  test("is called dead at the first look when it is older than a day by its own records", async () => {
    expect((await scanRun({ now: started + 25 * 60 * minutes })).run).toMatchObject({ status: "stalled" });
  });

  test("and was killed has no record of what it never began: the graph of its version knows", async () => {
    const config =
      "metadata: {name: lab}\nscripts: {main: src/a.py}\nexperiment:\n  pipeline:\n    process_adjlist: |\n      load train\n      train score\n    processes: [{name: load}, {name: train}, {name: score}]\n";
    const script = "x = 1\n";
    const hash = hashVersion(Buffer.from(config), new Map([["main", Buffer.from(script)]]));
    store.use(run, "load", null, {
      status: "completed",
      execution_time: 1,
      cache_path: store.resultPath("load", null, hashes, hash),
    });
    const files = { "lab/configs/project_config.yaml": config, "lab/src/a.py": script };
    const killed = await scanRun({ now: started + 3600, files, sqliteAt: started });
    expect(killed.run.version).toMatchObject({ hash, found: "workspace" });
    expect(stepUse(killed.run, "score")).toMatchObject({ origin: "never-ran", entry: null });
    const atWork = await scanRun({ now: started + 60, files });
    expect(stepUse(atWork.run, "score")).toBeUndefined();
  });
});

describe("the start of a run", () => {
  test("is in its name once the stored one was emptied; it is not 'unknown'", async () => {
    store.status(run, "completed", { start: null, end: started + 9 });
    expect((await scanRun()).run.startedAt).toBe(started * 1000);
  });

  test("of a run with another name is that of the first thing it did itself, not of what it reused", async () => {
    run = "by hand";
    store.status(run, "completed");
    store.use(run, "load", null, { status: "cached", started_at: 1, cached_run_id: "x" });
    store.use(run, "train", null, { status: "completed", started_at: 50, ended_at: 60, execution_time: 10 });
    expect((await scanRun()).run.startedAt).toBe(50_000);
  });
});

describe("a run without its rows", () => {
  const log = [
    "2026-11-21 12:00:00,100 - root - INFO - Executing project 'lab' with run_id: project-lab-20261121120000-0123abcd",
    "2026-11-21 12:00:05,000 - root - INFO - Pipeline completed successfully.",
    "2026-11-21 12:00:05,001 - root - INFO - Run ID: project-lab-20261121120000-0123abcd",
    "",
  ].join("\n");

  const files = { "lab/.lab/logs/lab_20261121_120000.log": log };

  test("is told from its log, as not recorded", async () => {
    const { run: fact, experiments } = await scanRun({ files, now: started + 120 });
    expect(experiments).toEqual(["lab"]);
    expect(fact).toMatchObject({ status: "completed", statusReason: "according to its log", steps: [], params: null });
    expect(fact.warnings[0]).toMatchObject({ code: "not-recorded" });
  });

  test("is not told before its first rows can have come", async () => {
    expect((await scanRun({ files, now: started + 10 })).run).toBeUndefined();
  });

  test("but with metrics alone has no status that anyone could know", async () => {
    store.metrics(run, "train", null, { loss: { "1": 1 } });
    expect((await scanRun()).run).toMatchObject({ status: "unknown", statusReason: "no status is stored" });
  });
});

test("counters are no cache statistics: they leave out processes, so they are not read", async () => {
  store.status(run, "completed").set(`runs:${run}:stats:cache_hit_count`, 99);
  store.use(run, "train", null, { status: "completed" });
  const { run: fact } = await scanRun();
  expect(fact.steps).toHaveLength(1);
  expect(fact.tags).toEqual({});
});

test("a run's use and its entry have one id, whichever store or slot tells", async () => {
  store
    .status(run, "completed")
    .use(run, "train", null, { status: "completed", cache_path: store.resultPath("train") });
  store.entry("train", null, { status: "completed", cache_path: store.resultPath("train"), run_id: run });
  const found = await scanRun();
  expect(found.entries[0]?.id).toBe(entryIdOf("lab", "lab", StoredProject.xpath("train"), null, hashes));
  expect(stepUse(found.run, "train")?.entry).toEqual({ id: found.entries[0]?.id });
});
