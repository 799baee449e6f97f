import { cp } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Receipt } from "../../contracts/changes.ts";
import type { BlobDriver, DocumentDriver, KeyValueDriver } from "../../contracts/driver.ts";
import type { ChangeableLayout, LayoutContext, OpenSlots, Subject, ToldSubject } from "../../contracts/layout.ts";
import { makeScratchFolder } from "../../contracts/testing/scratch-folder.ts";
import { AppError } from "../../domain/errors.ts";
import type { EntryFact, Fact } from "../../domain/facts.ts";
import { openMemoryBlobDriver } from "../../drivers/memory/memory-blob-driver.ts";
import { openMemoryDocumentDriver } from "../../drivers/memory/memory-document-driver.ts";
import { openMemoryKeyValueDriver } from "../../drivers/memory/memory-key-value-driver.ts";
import { openSqliteDriver } from "../../drivers/sqlite/sqlite-driver.ts";
import { expopsLayout } from "./index.ts";
import { FactStore, fixtures, gatherFacts, readRecordedRedis } from "./testing/collect-facts.ts";
import { StoredProject } from "./testing/stored-project.ts";

const now = Date.UTC(2026, 10, 21, 12, 0, 30);

/** A source that was read once, as the product knows it. */
async function openRead(slots: OpenSlots) {
  onTestFinished(async () => {
    for (const { driver } of Object.values(slots).flat()) await driver.close();
  });
  const { context } = new FactStore(now);
  const layout = await expopsLayout.open(slots, context);
  const found = await gatherFacts(layout.scan(context, new AbortController().signal));
  const { changing } = layout;
  if (!changing) throw new Error("nothing of this source may be changed");
  return { changing, context, found, layout };
}

const toldOf = ({ locator, token }: { locator: string; token: string }, of: "entry" | "artifact" = "entry") => ({
  of,
  locator,
  token,
});

/** Sets aside what is as told, and answers what is needed to put it back. */
async function setAside(changing: ChangeableLayout, context: LayoutContext, told: readonly ToldSubject[]) {
  const subjects = await changing.subjects(context, told);
  const receipts: Receipt[] = [];
  const places: string[] = [];
  let store = "";
  for (const [index, subject] of subjects.entries()) {
    if (subject.state !== "as-told") throw new Error(`${told[index]?.locator} is ${subject.state}`);
    store = subject.store;
    const { locator, thing } = subject;
    places.push(locator);
    const request = { locator, token: thing.token, receiptId: `receipt ${index}` };
    const outcomes = await changing.changesOf(store).setAside([request], async (kept) => void receipts.push(...kept));
    expect(outcomes).toEqual([{ outcome: "set-aside" }]);
  }
  return { store, places, receipts };
}

const statesOf = (subjects: readonly Subject[]) => subjects.map(({ state }) => state);
const entriesIn = (facts: readonly Fact[]) => facts.flatMap((fact) => (fact.kind === "entry" ? [fact.entry] : []));
const byId = (entries: readonly EntryFact[]) => entries.toSorted((a, b) => (a.id < b.id ? -1 : 1));

describe("recorded runs in SQLite", () => {
  test("every entry is set aside and put back, its rows identical to the last column", async () => {
    const folder = await makeScratchFolder();
    await cp(join(fixtures, "sqlite-local/wine-lab/.wine-lab/metrics.sqlite"), join(folder, "metrics.sqlite"));
    const path = join(folder, "metrics.sqlite");
    const rows = () => {
      const database = new DatabaseSync(path, { readOnly: true });
      const all = database
        .prepare("SELECT key, value, updated_at, typeof(updated_at) AS type FROM kv ORDER BY key")
        .all();
      database.close();
      return all;
    };
    const before = rows();
    const driver = await openSqliteDriver({ path, mayChange: true });
    const { changing, context, found } = await openRead({ index: [{ driver, scope: "wine-lab" }] });
    expect(found.entries.length).toBeGreaterThan(20);

    const { store, places, receipts } = await setAside(
      changing,
      context,
      found.entries.map((entry) => toldOf(entry)),
    );
    const left = rows();
    expect(left).toEqual(before.filter(({ key }) => !/^(process|steps):/.test(String(key))));
    expect(await changing.factsAt(context, store, places)).toEqual(
      found.entries.map(({ id }) => ({ kind: "gone", of: "entry", id })),
    );
    expect(
      statesOf(
        await changing.subjects(
          context,
          found.entries.map((entry) => toldOf(entry)),
        ),
      ),
    ).toEqual(found.entries.map(() => "gone"));

    await changing.changesOf(store).putBack(receipts);
    expect(rows()).toEqual(before);
    expect(byId(entriesIn(await changing.factsAt(context, store, places)))).toEqual(byId(found.entries));
  });
});

describe("recorded runs in Redis", () => {
  test("every entry is set aside and put back, with the life that it had left", async () => {
    const values = await readRecordedRedis("redis.jsonl", Date.now());
    const before = new Map(values);
    const driver = await openMemoryKeyValueDriver({ values, mayChange: true });
    const { changing, context, found } = await openRead({ index: [{ driver, scope: null }] });
    const { store, places, receipts } = await setAside(
      changing,
      context,
      found.entries.map((entry) => toldOf(entry)),
    );
    expect([...values.keys()].filter((key) => key.includes(":idx:"))).toEqual([]);
    await changing.changesOf(store).putBack(receipts);
    expect(values).toEqual(before);
    const again = entriesIn(await changing.factsAt(context, store, places));
    expect(byId(again)).toEqual(byId(found.entries));
  });

  test("an entry whose life was prolonged is still the one that was told of", async () => {
    const values = await readRecordedRedis("redis.jsonl", Date.now());
    const driver = await openMemoryKeyValueDriver({ values, mayChange: true });
    const { changing, context, found } = await openRead({ index: [{ driver, scope: null }] });
    const mortal = found.entries.filter(({ expiresAt }) => expiresAt !== null);
    for (const [key, value] of values) {
      if (typeof value === "object" && "expiresAt" in value && value.expiresAt !== null)
        values.set(key, { ...value, expiresAt: value.expiresAt + 90_000 });
    }
    const subjects = await changing.subjects(
      context,
      mortal.map((entry) => toldOf(entry)),
    );
    expect(mortal.length).toBeGreaterThan(0);
    expect(statesOf(subjects)).toEqual(mortal.map(() => "as-told"));
    // Its references were not read when it was told, or are by now.
    expect(
      statesOf(await changing.subjects(context, [toldOf({ ...mortal[0]!, token: `${mortal[0]!.token}~` })])),
    ).toEqual(["as-told"]);
  });
});

/** One entry and its file, in stores that nobody else has. */
async function openMade() {
  const stored = new StoredProject();
  stored.entry("train", null, { status: "completed", cache_path: stored.resultPath("train"), run_id: "r" });
  const values = new Map<string, string>(stored.redisRows());
  const path = stored.resultPath("train").replace("/srv/ws/", "");
  const files = new Map<string, string>([[path, "result"]]);
  const blobs = await openMemoryBlobDriver({ files, mayChange: true });
  return { stored, values, files, path, blobs };
}

describe("what facts told of", () => {
  test("is changed or gone when it is no longer so", async () => {
    const { values, files, path, blobs } = await openMade();
    const index = await openMemoryKeyValueDriver({ values, mayChange: true });
    const { changing, context, found } = await openRead({
      index: [{ driver: index, scope: null }],
      blobs: [{ driver: blobs, scope: null }],
    });
    const [entry] = found.entries;
    const [file] = found.artifacts.values();
    const told = [toldOf(entry!), toldOf(file!, "artifact")];
    expect(statesOf(await changing.subjects(context, told))).toEqual(["as-told", "as-told"]);
    const [key] = values.keys();
    values.set(key!, '{"status":"completed"}');
    files.set(path, "another");
    expect(statesOf(await changing.subjects(context, told))).toEqual(["changed", "changed"]);
    values.clear();
    files.clear();
    // The place goes with it, so that the catalog is told.
    expect(await changing.subjects(context, told)).toMatchObject([
      { state: "gone", at: { locator: key } },
      { state: "gone", at: { locator: path } },
    ]);
    expect(statesOf(await changing.subjects(context, [toldOf({ locator: "none", token: "" })]))).toEqual(["gone"]);
  });

  test("is not removed when it was written between the proof and the reading", async () => {
    const { values } = await openMade();
    const driver = await openMemoryKeyValueDriver({ values, mayChange: true });
    let beforeReading = () => {};
    const raced: KeyValueDriver = {
      ...driver,
      async read(...asked) {
        beforeReading();
        return driver.read(...asked);
      },
    };
    const { changing, context, found } = await openRead({ index: [{ driver: raced, scope: null }] });
    const [[key, text]] = [...values] as [[string, string]];
    values.set(key, "unseen");
    beforeReading = () => void values.set(key, text);
    const [subject] = await changing.subjects(context, [toldOf(found.entries[0]!)]);
    if (subject?.state !== "as-told") throw new Error("the record says what was told");
    const request = { locator: subject.locator, token: subject.thing.token, receiptId: "1" };
    expect(await changing.changesOf(subject.store).setAside([request], async () => {})).toEqual([
      { outcome: "changed" },
    ]);
    expect(values.get(key)).toBe(text);
  });

  test("a file comes back as it was, and the catalog is told of both", async () => {
    const { files, path, blobs } = await openMade();
    const { changing, context, found } = await openRead({ blobs: [{ driver: blobs, scope: null }] });
    const [file] = found.artifacts.values();
    const { store, places, receipts } = await setAside(changing, context, [toldOf(file!, "artifact")]);
    expect(files.has(path)).toBe(false);
    expect(await changing.factsAt(context, store, places)).toEqual([{ kind: "gone", of: "artifact", id: file?.id }]);
    await changing.changesOf(store).putBack(receipts);
    expect(await changing.factsAt(context, store, places)).toEqual([{ kind: "artifact", artifact: file }]);
  });

  test("in documents it is found by its path", async () => {
    const { stored } = await openMade();
    const parts = ["a", "b", "c"].map((letter) => letter.repeat(64));
    const process = Buffer.from(StoredProject.xpath("train")).toString("base64url");
    const path = `mlops_projects/lab/process_indices/p_${process}:${parts.join(":")}`;
    const record = { status: "completed", cache_path: stored.resultPath("train"), run_id: "r", ended_at: 1.5 };
    const driver = await openMemoryDocumentDriver({ [path]: record }, { mayChange: true });
    const { changing, context, found } = await openRead({ index: [{ driver, scope: null }] });
    const { store, places, receipts } = await setAside(changing, context, [toldOf(found.entries[0]!)]);
    expect(await documentAt(driver, path)).toBeNull();
    expect(await changing.factsAt(context, store, places)).toEqual([
      { kind: "gone", of: "entry", id: found.entries[0]?.id },
    ]);
    await changing.changesOf(store).putBack(receipts);
    expect((await documentAt(driver, path))?.fields).toEqual(record);
    expect(entriesIn(await changing.factsAt(context, store, places))).toEqual(found.entries);
  });
});

async function documentAt(driver: DocumentDriver, path: string) {
  const [found] = await driver.get([path]);
  return found ?? null;
}

test("a record that is too long to be read whole is refused: its end may have changed", async () => {
  const { values } = await openMade();
  const [[key]] = [...values] as [[string, string]];
  values.set(key, JSON.stringify({ status: "completed", note: "x".repeat(300_000) }));
  const driver = await openMemoryKeyValueDriver({ values, mayChange: true });
  const { changing, context, found } = await openRead({ index: [{ driver, scope: null }] });
  expect(await changing.subjects(context, [toldOf(found.entries[0]!)])).toMatchObject([
    { state: "refused", failure: { code: "too_large", remedy: expect.any(String) } },
  ]);
});

describe("a store", () => {
  test("that may only be read is refused, and its files may go all the same", async () => {
    const { values, blobs } = await openMade();
    const index = await openMemoryKeyValueDriver({ values });
    const { changing, context, found } = await openRead({
      index: [{ driver: index, scope: null }],
      blobs: [{ driver: blobs, scope: null }],
    });
    const [file] = found.artifacts.values();
    expect(await changing.subjects(context, [toldOf(found.entries[0]!), toldOf(file!, "artifact")])).toMatchObject([
      { state: "refused", failure: { code: "forbidden", remedy: expect.any(String) } },
      { state: "as-told" },
    ]);
    expect(changing.stores()).toHaveLength(1);
  });

  test("is nothing to change when all are opened for reading", async () => {
    const driver = await openMemoryKeyValueDriver({ values: new Map() });
    const layout = await expopsLayout.open({ index: [{ driver, scope: null }] }, new FactStore().context);
    expect(layout.changing).toBeUndefined();
  });

  test("out of reach fails for what is in it alone", async () => {
    const { values, blobs } = await openMade();
    const index = await openMemoryKeyValueDriver({ values, mayChange: true });
    const lost: BlobDriver = {
      ...blobs,
      changes: {
        ...blobs.changes!,
        stat: async () => {
          throw new AppError("source_unavailable", "out of reach", { remedy: "Wait." });
        },
      },
    };
    const { changing, context, found } = await openRead({
      index: [{ driver: index, scope: null }],
      blobs: [{ driver: lost, scope: null }],
    });
    const [file] = found.artifacts.values();
    const told = [toldOf(file!, "artifact"), toldOf(found.entries[0]!)];
    expect(await changing.subjects(context, told)).toMatchObject([
      { state: "refused", failure: { code: "source_unavailable" } },
      { state: "as-told" },
    ]);
  });

  test("has a name that stays and tells no path; one that is not there any more is gone", async () => {
    const folder = await makeScratchFolder();
    const slots = async (): Promise<OpenSlots> => {
      const path = join(folder, "lab.sqlite");
      new StoredProject().entry("train", null, {}).saveSqlite(path, 1);
      return { index: [{ driver: await openSqliteDriver({ path, mayChange: true }), scope: "lab" }] };
    };
    const [first, second] = [await openRead(await slots()), await openRead(await slots())];
    const [[one], [other]] = [first.changing.stores(), second.changing.stores()];
    expect(one?.store).toBe(other?.store);
    expect(one?.store).toMatch(/^index:sqlite:[\w-]{10}$/);
    expect(() => first.changing.changesOf("index:sqlite:none")).toThrowError(/no such store/);
  });
});

describe("while a run is at work in SQLite", () => {
  const openAtWork = async (writtenAt: number) => {
    const path = join(await makeScratchFolder(), "lab.sqlite");
    const stored = new StoredProject();
    stored.entry("train", null, { status: "completed", cache_path: stored.resultPath("train"), run_id: "r" });
    const run = stored.runName("20261121110000");
    stored.status(run, "running", { start: writtenAt });
    stored.saveSqlite(path, writtenAt);
    const driver = await openSqliteDriver({ path, mayChange: true });
    return openRead({ index: [{ driver, scope: "lab" }] });
  };

  test("nothing of it is set aside, and it is said when it can be", async () => {
    const { changing, context, found } = await openAtWork(now / 1000 - 60);
    expect(await changing.subjects(context, [toldOf(found.entries[0]!)])).toMatchObject([
      {
        state: "refused",
        failure: {
          code: "conflict",
          message: expect.stringContaining("project-lab-20261121110000"),
          remedy: expect.stringContaining("15 minutes"),
        },
      },
    ]);
  });

  test("a run that was killed long ago does not count", async () => {
    const { changing, context, found } = await openAtWork(now / 1000 - 7_200);
    expect(statesOf(await changing.subjects(context, [toldOf(found.entries[0]!)]))).toEqual(["as-told"]);
  });
});
