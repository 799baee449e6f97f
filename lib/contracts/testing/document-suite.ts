import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { DocumentChange, DocumentDriver, DocumentPage, StoredDocument } from "../driver.ts";
import { naughtyNames } from "./naughty-names.ts";

/** A value to store: plain, a time (`Date`) or bytes. */
export type SeedValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Date
  | Uint8Array
  | SeedValue[]
  | { [name: string]: SeedValue };

/** A store under test, empty at first, and the way to change it past the driver. */
export interface DocumentStore {
  driver: DocumentDriver;
  /** Writes a document anew. */
  put(path: string, fields: Record<string, SeedValue>): Promise<void>;
  remove(path: string): Promise<void>;
  stop(): Promise<void>;
}

export interface DocumentSubject {
  name: string;
  start(options?: { readsPerHour?: number }): Promise<DocumentStore>;
}

/** Names that every document store takes for ids and fields; `__…__` is the stores' own. */
export const documentNames = naughtyNames.filter((name) => !/^__.*__$/.test(name));

/** Every document that all pages of a list give. */
export async function listAll(
  driver: DocumentDriver,
  request: Omit<Parameters<DocumentDriver["list"]>[0], "cursor">,
): Promise<StoredDocument[]> {
  const items: StoredDocument[] = [];
  let cursor: string | null = null;
  do {
    const page: DocumentPage = await driver.list({ ...request, cursor });
    items.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== null);
  return items;
}

/** Follows a collection as its user would: what it holds by what was told, and everything that was told. */
export async function follow(driver: DocumentDriver, collection: string, after?: { field: string; value: number }) {
  const calls: DocumentChange[][] = [];
  const troubles: (string | null)[] = [];
  const held = new Map<string, StoredDocument>();
  const stop = await driver.watch?.(
    collection,
    {
      onChanges(changes) {
        calls.push(changes);
        for (const change of changes) {
          if (change.kind === "gone") held.delete(change.path);
          else held.set(change.document.path, change.document);
        }
      },
      onTrouble: (failure) => troubles.push(failure?.code ?? null),
    },
    after && { after },
  );
  if (!stop) throw new Error("the store under test must tell of changes");
  return { calls, troubles, held, stop };
}

/** What every document driver promises, on the real store. */
export function describeDocumentDriver(subject: DocumentSubject): void {
  describe(`${subject.name} as a document driver`, () => {
    let store: DocumentStore;
    let driver: DocumentDriver;

    beforeAll(async () => {
      store = await subject.start();
      driver = store.driver;
      const numbers = Array.from({ length: 60 }, (_, index) => index);
      await Promise.all([
        ...numbers.map((index) => store.put(`many/${String(index).padStart(2, "0")}`, { index, tie: index % 5 })),
        ...documentNames.map((name) => store.put(`naughty/${name}`, { name, [name]: name, inner: { [name]: name } })),
        store.put("many/lacks the field", { other: 1 }),
        store.put("parents/missing/below/a", { a: 1 }),
        store.put("parents/there", { a: 1 }),
        store.put("parents/there/below/a", { a: 1 }),
        store.put("parents/there/beside/a", { a: 1 }),
      ]);
    });
    afterAll(() => store?.stop());

    it("lists every document once and in the order of ids, page by page", async () => {
      const ids = (await listAll(driver, { collection: "many", limit: 7 })).map(({ id }) => id);
      expect(ids).toHaveLength(61);
      expect(ids).toEqual([...ids].sort());
    });

    it.each([1, 4, 1_000])("lists and counts hostile ids once, %i at a time", async (limit) => {
      const items = await listAll(driver, { collection: "naughty", limit });
      expect(items.map(({ id }) => id).sort()).toEqual([...documentNames].sort());
      for (const { id, path, fields } of items) expect([path, fields.name]).toEqual([`naughty/${id}`, id]);
      expect(await driver.count("naughty")).toBe(documentNames.length);
    });

    it("gives no cursor where nothing follows", async () => {
      expect(await driver.list({ collection: "nothing", cursor: null })).toEqual({ items: [], cursor: null });
      expect((await driver.list({ collection: "many", cursor: null, limit: 100 })).cursor).toBeNull();
    });

    it("refuses a cursor that it did not give", async () => {
      const wrong = { code: "bad_request", remedy: expect.any(String) };
      for (const cursor of ["", "x", "{}", "[1]", '["a/b"]', "[]"])
        await expect(driver.list({ collection: "many", cursor })).rejects.toMatchObject(wrong);
      const orderBy = { field: "index", descending: false };
      const { cursor } = await driver.list({ collection: "many", cursor: null, limit: 1 });
      await expect(driver.list({ collection: "many", cursor, orderBy })).rejects.toMatchObject(wrong);
    });

    it.each([
      { descending: false, first: 0, last: 59 },
      { descending: true, first: 59, last: 0 },
    ])("lists in the order of a field, without those that lack it (%o)", async ({ descending, first, last }) => {
      const items = await listAll(driver, { collection: "many", limit: 9, orderBy: { field: "index", descending } });
      expect(items).toHaveLength(60);
      expect([items[0]?.fields.index, items.at(-1)?.fields.index]).toEqual([first, last]);
    });

    it.each([true, false])(
      "pages through equal values of a field without losing or doubling any (%s)",
      async (descending) => {
        const items = await listAll(driver, { collection: "many", limit: 7, orderBy: { field: "tie", descending } });
        expect(new Set(items.map(({ id }) => id)).size).toBe(60);
        expect(items).toHaveLength(60);
      },
    );

    it("begins after a value of the field, with a mask and over pages", async () => {
      const orderBy = { field: "tie", descending: false, after: 2 };
      const items = await listAll(driver, { collection: "many", limit: 5, orderBy, fields: ["index"] });
      expect(items).toHaveLength(24);
      for (const { fields } of items) expect(Object.keys(fields)).toEqual(["index"]);
      const down = await listAll(driver, {
        collection: "many",
        orderBy: { field: "index", descending: true, after: 3 },
      });
      expect(down.map(({ fields }) => fields.index)).toEqual([2, 1, 0]);
    });

    it("orders by and begins after times, in the spelling in which they are answered", async () => {
      const times = [1, 2, 3].map((day) => new Date(Date.UTC(2026, 0, day, 1, 2, 3, 4)));
      await Promise.all(times.map((at, index) => store.put(`times/${index}`, { at })));
      const after = times[0]?.toISOString();
      const items = await listAll(driver, {
        collection: "times",
        limit: 1,
        orderBy: { field: "at", descending: false, after },
      });
      expect(items.map(({ fields }) => fields.at)).toEqual(times.slice(1).map((at) => at.toISOString()));
    });

    it("orders by a field with a hostile name", async () => {
      for (const field of documentNames) {
        const items = await listAll(driver, { collection: "naughty", orderBy: { field, descending: false } });
        expect(items.map(({ fields }) => fields[field])).toContain(field);
      }
    });

    it.each(documentNames)("reads and masks the field %j", async (name) => {
      const [whole] = await driver.get([`naughty/${name}`]);
      expect(whole).toMatchObject({ id: name, path: `naughty/${name}`, fields: { inner: { [name]: name } } });
      const [masked] = await driver.get([`naughty/${name}`], { fields: [name, "none", "", "__reserved__"] });
      expect(masked?.fields).toEqual({ [name]: name });
      const listed = await driver.list({ collection: "naughty", cursor: null, fields: [name] });
      expect(listed.items.find(({ id }) => id === name)?.fields).toEqual({ [name]: name });
    });

    it("gets documents in the order asked, null where there is none", async () => {
      const found = await driver.get(["many/02", "many/none", "many/01", "many/02", "parents/missing"]);
      expect(found.map((document) => document?.id ?? null)).toEqual(["02", null, "01", "02", null]);
      expect(await driver.get([])).toEqual([]);
      expect((await driver.get(["many/01"], { fields: [] }))[0]?.fields).toEqual({});
    });

    it("says when a document was written, with a token that changes with it", async () => {
      await store.put("written/a", { value: 1 });
      const [first] = await driver.get(["written/a"]);
      const [again] = await driver.get(["written/a"]);
      await store.put("written/a", { value: 2 });
      const [changed] = (await driver.list({ collection: "written", cursor: null })).items;
      expect(again?.token).toBe(first?.token);
      expect(changed?.token).not.toBe(first?.token);
      expect(Math.abs((changed?.updatedAt ?? 0) - Date.now())).toBeLessThan(60_000);
      expect(changed?.updatedAt).toBeGreaterThanOrEqual(first?.updatedAt ?? 0);
    });

    it("keeps values as they are", async () => {
      const at = new Date(Date.UTC(2026, 10, 20, 23, 33, 28, 120));
      const numbers = [Number.NaN, Infinity, -Infinity, -0, 1.5, 3, 2 ** 53 - 1, 2n ** 53n, -(2n ** 62n)];
      const plain = { text: "a\u0000b", yes: true, none: null, map: { a: { b: [] } }, list: [{ a: 1 }, "x"] };
      await store.put("values/a", { ...plain, numbers, at, bytes: Uint8Array.from([0, 255, 128]) });
      const [document] = await driver.get(["values/a"]);
      expect(document?.fields).toEqual({ ...plain, numbers, at: at.toISOString(), bytes: "AP+A" });
    });

    it("finds ids of documents that do not exist but hold collections, page by page", async () => {
      const found: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<DocumentDriver["ids"]>> = await driver.ids({
          collection: "parents",
          cursor,
          limit: 1,
        });
        found.push(...page.ids);
        cursor = page.cursor;
      } while (cursor !== null);
      expect(found).toEqual(["missing", "there"]);
      expect((await driver.list({ collection: "parents", cursor: null })).items).toHaveLength(1);
      expect(await driver.count("parents")).toBe(1);
      const { ids } = await driver.ids({ collection: "naughty", cursor: null });
      expect([...ids].sort()).toEqual([...documentNames].sort());
    });

    it("names the collections below the root and below documents, there or missing", async () => {
      expect(await driver.collections("")).toEqual(expect.arrayContaining(["many", "naughty", "parents"]));
      expect((await driver.collections("parents/there")).sort()).toEqual(["below", "beside"]);
      expect(await driver.collections("parents/missing")).toEqual(["below"]);
      expect(await driver.collections("many/01")).toEqual([]);
    });

    it("knows without asking that nothing has an impossible path", async () => {
      const { used } = driver.budget();
      const odd = ["", "/", "many/", "many//a", "many/.", "many/..", "many/\ud800", `many/${"x".repeat(70_000)}`];
      expect(await driver.get([...odd, "many", "many/01/x"])).toEqual(Array(odd.length + 2).fill(null));
      for (const path of [...odd, "many/01"]) {
        expect(await driver.list({ collection: path, cursor: null })).toEqual({ items: [], cursor: null });
        expect(await driver.ids({ collection: path, cursor: null })).toEqual({ ids: [], cursor: null });
        expect(await driver.count(path)).toBe(0);
        const { calls, stop } = await follow(driver, path);
        expect(calls).toEqual([[]]);
        await stop();
      }
      for (const path of [...odd.slice(1), "many"]) expect(await driver.collections(path)).toEqual([]);
      expect(driver.budget().used).toBe(used);
    });

    it("is the same store as long as it is, and another one is another", async () => {
      const other = await subject.start();
      try {
        expect(await driver.identity()).toBe(await driver.identity());
        expect(await other.driver.identity()).not.toBe(await driver.identity());
      } finally {
        await other.stop();
      }
    });

    it("tells of a collection as it is, then of what comes, changes and goes", async () => {
      await store.put("watched/a", { value: 1 });
      const { calls, held, stop } = await follow(driver, "watched");
      await vi.waitFor(() =>
        expect(calls).toMatchObject([[{ kind: "put", document: { id: "a", fields: { value: 1 } } }]]),
      );
      await store.put("watched/b", { value: 1 });
      await vi.waitFor(() => expect(held.get("watched/b")?.fields).toEqual({ value: 1 }));
      await store.put("watched/a", { value: 2 });
      await vi.waitFor(() => expect(held.get("watched/a")?.fields).toEqual({ value: 2 }));
      await store.put("watched/a/below/c", { value: 1 });
      await store.remove("watched/b");
      await vi.waitFor(() => expect(calls.at(-1)).toEqual([{ kind: "gone", path: "watched/b" }]));
      expect(calls).toHaveLength(4);
      await stop();
    });

    it("tells only of what comes after a value, where that is asked for", async () => {
      await store.put("rising/old", { at: 1 });
      const { calls, held, stop } = await follow(driver, "rising", { field: "at", value: 5 });
      await vi.waitFor(() => expect(calls).toEqual([[]]));
      await store.put("rising/older", { at: 2 });
      await store.put("rising/new", { at: 6 });
      await vi.waitFor(() => expect([...held.keys()]).toEqual(["rising/new"]));
      await store.put("rising/old", { at: 7 });
      await vi.waitFor(() => expect([...held.keys()].sort()).toEqual(["rising/new", "rising/old"]));
      await stop();
    });

    it("gives who joins late the present state, and costs the store no more", async () => {
      await Promise.all([1, 2, 3].map((index) => store.put(`shared/${index}`, { index })));
      const first = await follow(driver, "shared");
      await vi.waitFor(() => expect(first.held.size).toBe(3));
      const { used } = driver.budget();
      const others = await Promise.all(Array.from({ length: 100 }, () => follow(driver, "shared")));
      for (const { held } of others) expect([...held.keys()].sort()).toEqual([...first.held.keys()].sort());
      await store.put("shared/4", { index: 4 });
      await vi.waitFor(() => {
        for (const { held } of [first, ...others]) expect(held.get("shared/4")?.fields).toEqual({ index: 4 });
      });
      expect(driver.budget().used).toBe(used + 1);
      await first.stop();
      await store.put("shared/5", { index: 5 });
      await vi.waitFor(() => expect(others[0]?.held.size).toBe(5));
      expect(first.held.size).toBe(4);
      await Promise.all(others.map(({ stop }) => stop()));
    });

    it("tells nothing any more once stopped, and begins anew after that", async () => {
      const first = await follow(driver, "stopped");
      await vi.waitFor(() => expect(first.calls).toEqual([[]]));
      await first.stop();
      await first.stop();
      await store.put("stopped/a", { value: 1 });
      const again = await follow(driver, "stopped");
      await vi.waitFor(() => expect(again.held.size).toBe(1));
      expect(first.calls).toHaveLength(1);
      await again.stop();
    });

    describe("within its budget", () => {
      let small: DocumentStore;
      beforeAll(async () => {
        small = await subject.start({ readsPerHour: 12 });
        await Promise.all([1, 2, 3, 4, 5].map((index) => small.put(`few/${index}`, { index })));
      });
      afterAll(() => small?.stop());

      it("counts what is read, stops questions when it is used up, and goes on watching", async () => {
        const opened = small.driver.budget();
        expect(opened).toMatchObject({ most: 12, freeAt: null });
        await small.driver.list({ collection: "few", cursor: null });
        expect(small.driver.budget().used).toBe(opened.used + 5);
        await small.driver.count("few");
        await small.driver.get(["few/none"]);
        expect(small.driver.budget().used).toBe(opened.used + 7);
        const rest = await small.driver.list({ collection: "few", cursor: null });
        expect(rest.items).toHaveLength(11 - 7 - opened.used);
        const { used, freeAt } = small.driver.budget();
        expect(used).toBe(11);
        expect(freeAt).toBeGreaterThan(Date.now());
        const over = { code: "too_many", remedy: expect.stringContaining("UTC") };
        await expect(small.driver.list({ collection: "few", cursor: rest.cursor })).rejects.toMatchObject(over);
        await expect(small.driver.get(["few/1"])).rejects.toMatchObject(over);
        await expect(small.driver.ids({ collection: "few", cursor: null })).rejects.toMatchObject(over);
        await expect(small.driver.count("few")).rejects.toMatchObject(over);
        await expect(small.driver.collections("")).rejects.toMatchObject(over);
        const person = small.driver.forPerson(1);
        expect(await person.get(["few/1"])).toMatchObject([{ id: "1" }]);
        await expect(person.get(["few/1"])).rejects.toMatchObject(over);
        const { held, stop } = await follow(small.driver, "few");
        await vi.waitFor(() => expect(held.size).toBe(5));
        await small.put("few/6", { index: 6 });
        await vi.waitFor(() => expect(held.size).toBe(6));
        expect(small.driver.budget().used).toBe(18);
        await stop();
      });
    });
  });
}
