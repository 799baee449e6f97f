import { cp, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ChangeableLayout, OpenSlots } from "../../contracts/layout.ts";
import type { FoundRevival, LostResult } from "../../contracts/revive.ts";
import { makeScratchFolder } from "../../contracts/testing/scratch-folder.ts";
import type { ArtifactFact, EntryFact, RunFact } from "../../domain/facts.ts";
import { openFilesDriver } from "../../drivers/files/files-driver.ts";
import { openMemoryBlobDriver } from "../../drivers/memory/memory-blob-driver.ts";
import { openMemoryDocumentDriver } from "../../drivers/memory/memory-document-driver.ts";
import { openMemoryKeyValueDriver } from "../../drivers/memory/memory-key-value-driver.ts";
import { openSqliteDriver } from "../../drivers/sqlite/sqlite-driver.ts";
import { expopsLayout } from "./index.ts";
import { FactStore, fixtures, gatherFacts, readRecordedRedis } from "./testing/collect-facts.ts";
import { readRecordedBucket, readRecordedDocuments } from "./testing/recorded-firestore.ts";
import { hashes, StoredProject } from "./testing/stored-project.ts";

const now = Date.UTC(2026, 10, 21, 12, 0, 30);

async function openRead(slots: OpenSlots) {
  onTestFinished(async () => {
    for (const { driver } of Object.values(slots).flat()) await driver.close();
  });
  const store = new FactStore(now);
  const { context } = store;
  const layout = await expopsLayout.open(slots, context);
  const found = await gatherFacts(layout.scan(context, new AbortController().signal), store);
  if (!layout.changing?.revivals) throw new Error("nothing of this source can be revived");
  const { changing } = layout;
  return { changing, found, ask: (lost: readonly LostResult[]) => changing.revivals!(context, lost) };
}

/** What the catalog asks of an entry that is gone: who made it. */
function lostOf(entry: EntryFact, runs: ReadonlyMap<string, RunFact>): LostResult {
  const makers = [...runs.values()].filter(({ steps }) =>
    steps.some(({ origin, entry: used }) => origin === "executed" && used && "id" in used && used.id === entry.id),
  );
  const { process, step } = entry;
  return { experimentName: "wine-lab", runNames: makers.map(({ name }) => name), process: process!, step, at: now };
}

/** Entries whose results are among the files. */
const servedIn = (entries: readonly EntryFact[], artifacts: ReadonlyMap<string, ArtifactFact>) =>
  entries.filter(({ state, payloads }) => state === "usable" && artifacts.has(payloads[0]?.artifactId ?? ""));

async function create(changing: ChangeableLayout, revivals: readonly FoundRevival[]) {
  for (const { store, thing } of revivals) {
    const changes = changing.changesOf(store);
    expect(await changes.putBack([changes.describeNew!(thing, "r")])).toEqual([{ outcome: "restored" }]);
    expect(await changes.putBack([changes.describeNew!(thing, "r")])).toEqual([{ outcome: "same" }]);
  }
}

/** The recorded workspace on SQLite in a folder of its own, its entries gone. */
async function openEmptied() {
  const folder = await makeScratchFolder();
  await cp(join(fixtures, "sqlite-local/wine-lab"), join(folder, "wine-lab"), { recursive: true });
  const path = join(folder, "wine-lab/.wine-lab/metrics.sqlite");
  const query = (sql: string) => {
    const database = new DatabaseSync(path);
    const rows = database.prepare(sql).all();
    database.close();
    return rows as { key: string; value: string }[];
  };
  const entries = "FROM kv WHERE key GLOB 'process:*' OR key GLOB 'steps:*'";
  const rows = () => query(`SELECT key, value ${entries} ORDER BY key`);
  const source = await openRead({
    index: [{ driver: await openSqliteDriver({ path, mayChange: true }), scope: "wine-lab" }],
    blobs: [{ driver: await openFilesDriver({ path: folder }), scope: null }],
  });
  const before = new Map(rows().map(({ key, value }) => [key, value]));
  query(`DELETE ${entries}`);
  const lost = servedIn(source.found.entries, source.found.artifacts);
  return { ...source, folder, rows, before, lost };
}

describe("recorded runs", () => {
  test("every entry of a SQLite file comes back as the tool had written it, to the byte", async () => {
    const { changing, found, ask, rows, before, lost } = await openEmptied();
    expect(lost.length).toBeGreaterThan(20);
    const revivals = await ask(lost.map((entry) => lostOf(entry, found.runs)));
    const revived = revivals.filter((one) => one.state === "revivable");
    expect(revivals.flatMap((one) => ("why" in one ? [one.why] : []))).toEqual([]);
    expect(revived.map(({ entryId }) => entryId)).toEqual(lost.map(({ id }) => id));
    expect(revived.every(({ lifeSeconds }) => lifeSeconds === null)).toBe(true);
    await create(changing, revived);
    for (const { key, value } of rows()) expect([key, value]).toEqual([key, before.get(key)]);
    expect(rows()).toHaveLength(lost.length);
  });

  test("a result whose model is missing, or was written again by a later run, stays away", async () => {
    const { found, ask, folder, lost } = await openEmptied();
    const naming = lost.filter(({ payloads }) => payloads.some(({ role }) => role === "model"));
    expect(naming.length).toBeGreaterThan(0);
    const named = naming.flatMap(({ payloads }) => payloads.filter(({ role }) => role === "model"));
    const models = named.map(({ artifactId }) => join(folder, found.artifacts.get(artifactId)!.name));
    const whys = async () =>
      (await ask(naming.map((entry) => lostOf(entry, found.runs)))).map((one) => "why" in one && one.why);
    const later = new Date(Date.now() + 60_000);
    for (const model of models) await utimes(model, later, later);
    expect(await whys()).toEqual(naming.map(() => expect.stringMatching(/model .* was written again since/)));
    for (const model of new Set(models)) await rm(model);
    expect(await whys()).toEqual(naming.map(() => "A model of its result is missing."));
  });

  test("every entry of a Redis comes back with a life of its own", async () => {
    const values = await readRecordedRedis("redis.jsonl");
    const { changing, found, ask } = await openRead({
      index: [{ driver: await openMemoryKeyValueDriver({ values, mayChange: true }), scope: null }],
      blobs: [{ driver: await openFilesDriver({ path: join(fixtures, "redis-files") }), scope: null }],
    });
    const lost = servedIn(found.entries, found.artifacts);
    expect(lost.length).toBeGreaterThan(5);
    const before = new Map(values);
    for (const key of before.keys()) if (key.includes(":idx:")) values.delete(key);
    const revivals = await ask(lost.map((entry) => lostOf(entry, found.runs)));
    const revived = revivals.filter((one) => one.state === "revivable");
    expect(revived).toHaveLength(lost.length);
    // Its config asks for three days.
    const life = revived[0]!.lifeSeconds!;
    expect(life).toBeGreaterThanOrEqual(24 * 3600);
    for (const { key, thing } of revived) {
      expect(thing).toEqual({ locator: key, content: { text: before.get(key) }, expiresAt: now + life * 1000 });
    }
    expect(changing.changesOf(revived[0]!.store).describeNew).toBeDefined();
  });
});

test("every entry of a Firestore comes back with its fields, and an end that nobody obeys", async () => {
  const documents = readRecordedDocuments();
  const isEntry = (path: string) => /\/(process|step)_indices\//.test(path);
  const driver = await openMemoryDocumentDriver(documents, { mayChange: true });
  const bucket = await openMemoryBlobDriver({ files: await readRecordedBucket(), engine: "gcs" });
  const { changing, found, ask } = await openRead({
    index: [{ driver, scope: null }],
    blobs: [{ driver: bucket, scope: null }],
  });
  const lost = servedIn(found.entries, found.artifacts);
  expect(lost.length).toBeGreaterThan(5);
  for (const path of Object.keys(documents).filter(isEntry)) driver.remove(path);
  const revivals = await ask(lost.map((entry) => lostOf(entry, found.runs)));
  const revived = revivals.filter((one) => one.state === "revivable");
  expect(revivals.flatMap((one) => ("why" in one ? [one.why] : []))).toEqual([]);
  await create(changing, revived);
  for (const { thing } of revived) {
    const [stored] = await driver.get([thing.locator]);
    const { expires_at: end, ...fields } = stored!.fields;
    const { expires_at: _end, ...before } = documents[thing.locator]!;
    expect(fields).toEqual(before);
    expect(end).toBeGreaterThan(now / 1000 + 3600);
  }
});

/** A run that made one result, whose entry is gone. */
function lostResult(said: { record?: Record<string, unknown>; entry?: Record<string, unknown> } = {}) {
  const stored = new StoredProject();
  const run = stored.runName("20261121100000");
  const recorded = stored.resultPath("train");
  const record = { status: "completed", run_id: run, cache_path: recorded, ended_at: 5, execution_time: 0.0 };
  stored.status(run, "completed").use(run, "train", null, { ...record, ...said.record });
  if (said.entry) stored.entry("train", null, said.entry);
  const lost: LostResult = { experimentName: "lab", runNames: [run], process: "train", step: null, at: now };
  return { stored, run, path: recorded.replace("/srv/ws/", ""), lost };
}

async function askLost(made: ReturnType<typeof lostResult>, files: Map<string, string>, lost: LostResult = made.lost) {
  const { ask } = await openRead({
    index: [
      {
        driver: await openMemoryKeyValueDriver({ values: new Map(made.stored.redisRows()), mayChange: true }),
        scope: null,
      },
    ],
    blobs: [{ driver: await openMemoryBlobDriver({ files }), scope: null }],
  });
  const [revival] = await ask([lost]);
  return revival!;
}

/** `None`, as Python pickles it. */
const pickle = "N.";

describe("what is not certain is left, with the reason", () => {
  test("a whole result is revived under the key that its name tells", async () => {
    const made = lostResult();
    const revival = await askLost(made, new Map([[made.path, pickle]]));
    expect(revival).toMatchObject({
      state: "revivable",
      runName: made.run,
      key: `mlops:projects:lab:process://process[@name='train']:idx:${hashes.input}:${hashes.config}:${hashes.function}`,
      lifeSeconds: 24 * 3600,
    });
  });

  test.each<[string, Parameters<typeof lostResult>[0] & object, string, string]>([
    ["a result that ends early", {}, "N", "cannot be read to its end"],
    ["a run that failed there", { record: { status: "failed" } }, pickle, "does not record that"],
    ["a record of another run", { record: { run_id: "another" } }, pickle, "does not record that"],
    ["an entry that stands there", { entry: { status: "failed" } }, pickle, "An entry stands there (failed)"],
    ["a record without a result", { record: { cache_path: null } }, pickle, "does not record that"],
  ])("%s", async (_what, said, content, why) => {
    const made = lostResult(said);
    expect(await askLost(made, new Map([[made.path, content]]))).toEqual({
      state: said.entry ? "occupied" : "refused",
      why: expect.stringContaining(why),
    });
  });

  test("a file that is gone, and a run that is not recorded", async () => {
    const made = lostResult();
    expect(await askLost(made, new Map([["lab/.lab/cache/other", "x"]]))).toMatchObject({ why: /not there any more/ });
    const files = new Map([[made.path, pickle]]);
    expect(await askLost(made, files, { ...made.lost, runNames: [] })).toMatchObject({ why: /No run is recorded/ });
    expect(
      await askLost(made, files, { ...made.lost, runNames: ["project-lab-20261121100001-0123abcd"] }),
    ).toMatchObject({
      why: /not recorded in a store/,
    });
  });
});
