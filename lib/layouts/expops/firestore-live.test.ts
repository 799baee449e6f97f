import { describe, expect, onTestFinished, test, vi } from "vitest";
import { AppError } from "../../domain/errors.ts";
import type { Fact } from "../../domain/facts.ts";
import { openMemoryBlobDriver } from "../../drivers/memory/memory-blob-driver.ts";
import { openMemoryDocumentDriver } from "../../drivers/memory/memory-document-driver.ts";
import { collectionsOfRun, entryPath, runsIn } from "./document-rows.ts";
import { expopsLayout } from "./index.ts";
import { encodeProbePath, processMark } from "./names.ts";
import { entryIdOf, runIdOf } from "./paths.ts";
import { FactStore, gatherFacts } from "./testing/collect-facts.ts";
import { openRecordedFirestore, readRecordedDocuments } from "./testing/recorded-firestore.ts";
import { hashes, StoredProject, version } from "./testing/stored-project.ts";
import { watchLayout } from "./testing/watch-layout.ts";

const now = Date.UTC(2026, 10, 21, 12, 0, 30);
const seconds = now / 1000;
const run = "project-lab-20261121120000-00000001";
const fit = StoredProject.xpath("fit");
const at = collectionsOfRun("lab", run);
const resultPath = `gs://bucket/lab/cache/${version}/${encodeProbePath(fit)}/steps/${run}/stable_process____process[@name='fit']_${hashes.input}_${hashes.config}_${hashes.function}.pkl`;

type MemoryStore = Awaited<ReturnType<typeof openMemoryDocumentDriver>>;

/** A layout that was scanned once and is watched until the test ends. */
async function watchAll(driver: MemoryStore, bucket: Map<string, string> | null = null) {
  const blobs = bucket && [{ driver: await openMemoryBlobDriver({ files: bucket, engine: "gcs" }), scope: null }];
  const slots = { index: [{ driver, scope: null }], ...(blobs && { blobs }) };
  const watched = await watchLayout(slots, now);
  return { ...watched, lastRun: () => watched.lastRun(run) };
}

function begin(driver: MemoryStore): void {
  driver.put(`${runsIn("lab")}/${run}`, {
    status: "running",
    timestamps: { start: seconds - 30 },
    last_updated: seconds - 30,
  });
  driver.put(`${at.steps}/${encodeProbePath(fit)}.${encodeProbePath(processMark)}`, {
    status: "running",
    process_name: fit,
    step_name: processMark,
    started_at: seconds - 20,
  });
}

test("a run is followed from its begin to its end, its points one after the other, with the entry that it made", async () => {
  const driver = await openMemoryDocumentDriver({
    "mlops_projects/lab/runs/other": { status: "completed", last_updated: 1 },
  });
  const { told, lastRun } = await watchAll(driver);
  begin(driver);
  await vi.waitFor(
    () => expect(lastRun()).toMatchObject({ status: "running", startedAt: now - 30_000, metrics: [] }),
    5_000,
  );

  const metrics = `${at.metrics}/${encodeProbePath(fit)}`;
  driver.put(metrics, { loss: { "1": 3, "2": 2 } });
  await vi.waitFor(() => expect(lastRun()?.metrics[0]).toMatchObject({ count: 2, last: 2 }), 5_000);

  driver.put(metrics, { loss: { "10": 1, "2": 2, "1": 3 } });
  const record = { status: "completed", run_id: run, process_name: fit, execution_time: 20, cache_path: resultPath };
  driver.put(`${at.steps}/${encodeProbePath(fit)}.${encodeProbePath(processMark)}`, {
    ...record,
    step_name: processMark,
  });
  driver.put(entryPath("lab", fit, null, hashes), { ...record, ended_at: seconds, expires_at: seconds + 86_400.2 });
  driver.put(`${runsIn("lab")}/${run}`, {
    status: "completed",
    timestamps: { start: seconds - 30, end: seconds + 2 },
    last_updated: seconds + 2,
  });
  await vi.waitFor(() => expect(lastRun()).toMatchObject({ status: "completed", endedAt: now + 2000 }), 5_000);
  const series = told.flatMap((fact) => (fact.kind === "series" ? [fact.series] : [])).at(-1);
  expect([...(series?.steps ?? [])]).toEqual([1, 2, 10]);
  expect([...(series?.values ?? [])]).toEqual([3, 2, 1]);
  const entries = told.flatMap((fact) => (fact.kind === "entry" ? [fact.entry] : []));
  expect(entries.map(({ id, ttl }) => [id, ttl])).toEqual([
    [entryIdOf("lab", "lab", fit, null, hashes), { seconds: 86_400, enforced: false }],
  ]);
});

test("an entry that a later run makes anew is told anew", async () => {
  const driver = await openMemoryDocumentDriver();
  begin(driver);
  const { told } = await watchAll(driver);
  const makers = () => told.flatMap((fact) => (fact.kind === "entry" ? [fact.entry.producerRunId] : []));
  const made = [run, "project-lab-20261121120100-00000002"];
  for (const [index, name] of made.entries()) {
    const record = { status: "completed", run_id: name, process_name: fit, execution_time: 20, cache_path: resultPath };
    driver.put(entryPath("lab", fit, null, hashes), { ...record, ended_at: seconds });
    driver.put(`${collectionsOfRun("lab", name).steps}/${encodeProbePath(fit)}.${encodeProbePath(processMark)}`, {
      ...record,
      step_name: processMark,
    });
    driver.put(`${runsIn("lab")}/${name}`, { status: "completed", timestamps: {}, last_updated: seconds + index });
    await vi.waitFor(() => expect(makers().at(-1)).toBe(runIdOf("lab", "lab", name)), 5_000);
  }
});

test("a run that has ended is read once, though it is looked at for a while", async () => {
  const driver = await openMemoryDocumentDriver();
  begin(driver);
  const { told, lastRun } = await watchAll(driver);
  await vi.waitFor(() => expect(lastRun()).toMatchObject({ status: "running" }), 5_000);
  driver.put(`${runsIn("lab")}/${run}`, { status: "completed", timestamps: { end: seconds }, last_updated: seconds });
  await vi.waitFor(() => expect(lastRun()).toMatchObject({ status: "completed" }), 5_000);
  const { used } = driver.budget();
  driver.put("mlops_projects/lab/runs/another", { status: "completed", last_updated: seconds + 1 });
  const isTold = () => told.some((fact) => fact.kind === "run" && fact.run.name === "another");
  await vi.waitFor(() => expect(isTold()).toBe(true), 5_000);
  expect(driver.budget().used).toBe(used);
});

test("an entry names its result although the bucket was empty a moment before", async () => {
  const driver = await openMemoryDocumentDriver();
  const bucket = new Map<string, string>();
  begin(driver);
  const { told } = await watchAll(driver, bucket);
  const record = { status: "completed", run_id: run, process_name: fit, execution_time: 20, cache_path: resultPath };
  bucket.set(resultPath.slice("gs://bucket/".length), "result");
  driver.put(`${at.steps}/${encodeProbePath(fit)}.${encodeProbePath(processMark)}`, {
    ...record,
    step_name: processMark,
  });
  driver.put(entryPath("lab", fit, null, hashes), { ...record, ended_at: seconds });
  const payloads = () => told.flatMap((fact) => (fact.kind === "entry" ? [fact.entry.payloads.length] : []));
  await vi.waitFor(() => expect(payloads()).toEqual([1]), 5_000);
  expect(told.some((fact) => fact.kind === "artifact" && fact.artifact.role === "result")).toBe(true);
});

test("a run that is removed is gone", async () => {
  const driver = await openMemoryDocumentDriver();
  begin(driver);
  const { told, first } = await watchAll(driver);
  await vi.waitFor(() => expect(told.length).toBeGreaterThan(0), 5_000);
  driver.remove(`${runsIn("lab")}/${run}`);
  const id = first.runs.get(run)?.id as string;
  await vi.waitFor(() => expect(told).toContainEqual({ kind: "gone", of: "run", id }), 5_000);
});

test("what is known to be the same is not read again: a second scan reads each run and each entry once", async () => {
  const driver = await openRecordedFirestore();
  const store = new FactStore(now);
  const layout = await expopsLayout.open({ index: [{ driver, scope: null }] }, store.context);
  const { signal } = new AbortController();
  await gatherFacts(layout.scan(store.context, signal), store);
  const before = driver.budget().used;
  const second = await gatherFacts(layout.scan(store.context, signal), store);
  expect([second.runs.size, second.entries.length, second.seen]).toEqual([0, 0, 30]);
  const paths = Object.keys(readRecordedDocuments());
  const read = paths.filter((path) => /\/(process_indices|step_indices)\/[^/]+$|\/runs\/[^/]+$/.test(path)).length;
  const projects = 1;
  expect(driver.budget().used - before).toBe(read + projects);
});

test("a first page of two thousand runs comes before two hundred documents are read, the latest first", async () => {
  const runs = Array.from({ length: 2_000 }, (_, at) => [
    `${runsIn("lab")}/project-lab-20261121${String(100_000 + at)}-0000000a`,
    { status: "completed", last_updated: at },
  ]);
  const driver = await openMemoryDocumentDriver(Object.fromEntries(runs));
  const store = new FactStore(now);
  const layout = await expopsLayout.open({ index: [{ driver, scope: null }] }, store.context);
  for await (const facts of layout.scan(store.context, new AbortController().signal)) {
    const told = facts.flatMap((fact) => (fact.kind === "run" ? [fact.run.name] : []));
    if (told.length === 0) continue;
    expect(told).toHaveLength(100);
    expect(told[0]).toContain(String(100_000 + 1_999));
    break;
  }
  expect(driver.budget().used).toBeLessThanOrEqual(200);
});

test("what a late merge wrote again in parts, after it was deleted, is not taken for whole", async () => {
  const driver = await openMemoryDocumentDriver();
  driver.put(entryPath("lab", fit, null, hashes), { execution_time: 20, ended_at: seconds });
  driver.put(`${runsIn("lab")}/${run}`, { last_updated: seconds - 5 });
  const store = new FactStore(now);
  const layout = await expopsLayout.open({ index: [{ driver, scope: null }] }, store.context);
  const { entries, runs } = await gatherFacts(layout.scan(store.context, new AbortController().signal), store);
  expect(entries).toMatchObject([{ process: "fit", state: "unknown", status: "unreadable", payloads: [] }]);
  expect(runs.get(run)).toMatchObject({ status: "unknown", statusReason: "no status is stored" });
});

test("files are told although the hour's documents are used up and the index has to wait", async () => {
  const driver = await openMemoryDocumentDriver({
    [`${runsIn("lab")}/${run}`]: { status: "completed", last_updated: 1 },
  });
  const refuse = () => Promise.reject(new AppError("too_many", "The hour's documents are used up."));
  const budget = () => ({ read: 5_000, used: 5_000, most: 5_000, freeAt: Date.now() + 3_600_000 });
  const spent = { ...driver, list: refuse, ids: refuse, get: refuse, count: refuse, budget };
  const files = new Map([[resultPath.slice("gs://bucket/".length), "result"]]);
  const blobs = [{ driver: await openMemoryBlobDriver({ files, engine: "gcs" }), scope: null }];
  const store = new FactStore(now);
  const layout = await expopsLayout.open({ index: [{ driver: spent, scope: null }], blobs }, store.context);
  const names: string[] = [];
  for await (const facts of layout.scan(store.context, new AbortController().signal)) {
    for (const fact of facts) if (fact.kind === "artifact") names.push(fact.artifact.name);
    if (names.length > 0) break;
  }
  expect(names).toEqual([resultPath.slice("gs://bucket/".length)]);
});

describe("while no more may be read within the hour", () => {
  const other = "project-lab-20261120120000-00000002";
  const atOther = collectionsOfRun("lab", other);
  const probe = encodeProbePath(fit);

  /** A store whose heads were read and whose budget is used up, but for what is kept for people. */
  async function openSpent() {
    const driver = await openMemoryDocumentDriver({
      [`${runsIn("lab")}/${run}`]: { status: "completed", last_updated: 2 },
      [`${runsIn("lab")}/${other}`]: { status: "completed", last_updated: 1 },
      [`${atOther.metrics}/${probe}`]: { loss: { "1": 3, "2": 2 } },
    });
    const { list } = driver;
    const budget = () => ({ read: 4_500, used: 4_500, most: 5_000, freeAt: Date.UTC(2026, 10, 21, 13, 5) });
    const shares: number[] = [];
    const spent: MemoryStore = {
      ...driver,
      list: (request) =>
        request.collection === runsIn("lab")
          ? list(request)
          : Promise.reject(new AppError("too_many", "The hour's documents are used up.")),
      forPerson(share) {
        shares.push(share);
        return driver;
      },
      budget,
    };
    const store = new FactStore(now);
    const layout = await expopsLayout.open({ index: [{ driver: spent, scope: null }] }, store.context);
    const ending = new AbortController();
    const told: Fact[] = [];
    const gather = async (batches: AsyncIterable<Fact[]> | undefined) => {
      for await (const facts of batches ?? []) told.push(...facts);
    };
    const working = [layout.scan(store.context, ending.signal), layout.watch?.(store.context, ending.signal)].map(
      gather,
    );
    onTestFinished(async () => {
      ending.abort();
      await Promise.allSettled(working);
    });
    const lastRun = (name: string) =>
      told.flatMap((fact) => (fact.kind === "run" && fact.run.name === name ? [fact.run] : [])).at(-1);
    const isPartial = (name: string) => lastRun(name)?.warnings.some(({ code }) => code === "not-read-yet");
    await vi.waitFor(() => expect(isPartial(run) && isPartial(other)).toBe(true), 5_000);
    return { driver, layout, shares, lastRun, isPartial };
  }

  test("a run that is opened is read whole, out of what is kept for that, and the source says how far it is", async () => {
    const { layout, shares, lastRun, isPartial } = await openSpent();
    const hints = async () => (await layout.describe()).hints.at(-1);
    await vi.waitFor(async () => expect(await hints()).toContain("0 of 2 runs are read as a whole"), 5_000);
    expect(await hints()).toMatch(/4,500 documents were read within the hour.* at 13:05 UTC/);
    shares.length = 0;
    layout.lookAt?.(other, "lab", "listed");
    await vi.waitFor(() => expect(lastRun(other)?.metrics[0]).toMatchObject({ name: "loss", count: 2 }), 5_000);
    expect([isPartial(other), isPartial(run), shares]).toEqual([false, true, [0.5]]);
    expect(await hints()).toContain("1 of 2 runs are read as a whole");
    layout.lookAt?.(run, "lab", "opened");
    await vi.waitFor(() => expect(isPartial(run)).toBe(false), 5_000);
    expect(shares).toEqual([0.5, 1]);
  });

  test("runs are followed although the first reading is not through", async () => {
    const { driver, lastRun } = await openSpent();
    const fresh = "project-lab-20261121120000-00000003";
    driver.put(`${runsIn("lab")}/${fresh}`, {
      status: "running",
      timestamps: { start: seconds },
      last_updated: seconds,
    });
    driver.put(`${collectionsOfRun("lab", fresh).metrics}/${probe}`, { loss: { "1": 3 } });
    await vi.waitFor(() => expect(lastRun(fresh)?.metrics[0]).toMatchObject({ count: 1 }), 5_000);
    driver.put(`${collectionsOfRun("lab", fresh).metrics}/${probe}`, { loss: { "1": 3, "2": 1 } });
    await vi.waitFor(() => expect(lastRun(fresh)?.metrics[0]).toMatchObject({ count: 2, last: 1 }), 5_000);
  });
});

test("what a page shows of stored records costs nothing while its run is followed, and is read once when it has ended", async () => {
  const driver = await openMemoryDocumentDriver();
  begin(driver);
  const { layout, store, lastRun } = await watchAll(driver);
  await vi.waitFor(() => expect(lastRun()).toMatchObject({ status: "running" }), 5_000);
  const before = driver.budget().used;
  for (let times = 0; times < 3; times++)
    expect(Object.keys(await layout.readRawRun(store.context, run, "lab"))).toHaveLength(2);
  expect(driver.budget().used).toBe(before);
  driver.put(`${runsIn("lab")}/${run}`, { status: "completed", timestamps: { end: seconds }, last_updated: seconds });
  await vi.waitFor(() => expect(lastRun()).toMatchObject({ status: "completed" }), 5_000);
  const ended = driver.budget().used;
  for (let times = 0; times < 3; times++) await layout.readRawRun(store.context, run, "lab");
  expect(driver.budget().used).toBe(ended);
});
