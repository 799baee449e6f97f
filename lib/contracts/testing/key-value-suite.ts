import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { KeyValueDriver, ScanPage, StoredKey } from "../driver.ts";
import { naughtyNames } from "./naughty-names.ts";

export type SeedValue = string | Uint8Array | Map<string, string | Uint8Array>;

/** A store under test, empty at first, and the way to change it past the driver. */
export interface KeyValueStore {
  driver: KeyValueDriver;
  put(key: string | Uint8Array, value: SeedValue, options?: { expiresAt?: number }): Promise<void>;
  /** Stores a value of a type that the contract does not know, named `list`. */
  putList(key: string): Promise<void>;
  remove(key: string): Promise<void>;
  publish?(channel: string, message: string): Promise<void>;
  stop(): Promise<void>;
}

export interface KeyValueSubject {
  name: string;
  start(): Promise<KeyValueStore>;
  /** Keys may be any bytes. */
  takesBytes: boolean;
}

/** Every key that a whole scan gives, once. */
export async function scanAll(driver: KeyValueDriver, prefix: string, count?: number): Promise<StoredKey[]> {
  const found = new Map<string, StoredKey>();
  let cursor: string | null = null;
  do {
    const page: ScanPage = await driver.scan({ prefix, cursor, count });
    for (const key of page.keys) found.set(Buffer.from(key.bytes).toString("hex"), key);
    cursor = page.cursor;
  } while (cursor !== null);
  return [...found.values()];
}

/** What every key-value driver promises, on the real store. */
export function describeKeyValueDriver(subject: KeyValueSubject): void {
  describe(`${subject.name} as a key-value driver`, () => {
    let store: KeyValueStore;
    const textsBelow = async (prefix: string) => (await scanAll(store.driver, prefix)).map((key) => key.text).sort();

    beforeAll(async () => {
      store = await subject.start();
      for (let index = 0; index < 300; index++) await store.put(`many:${index}`, String(index));
      for (const name of naughtyNames) await store.put(`naughty:${name}`, name);
    });
    afterAll(() => store?.stop());

    it("finds every key below a prefix, in pages", async () => {
      const found = await scanAll(store.driver, "many:", 20);
      expect(found).toHaveLength(300);
      expect(await textsBelow("")).toHaveLength(await store.driver.size());
    });

    it("gives empty pages and an end for a prefix that nothing has", async () => {
      expect(await textsBelow("nothing:")).toEqual([]);
    });

    it.each(naughtyNames)("takes the prefix %j literally", async (name) => {
      expect(await textsBelow(`naughty:${name}`)).toContain(`naughty:${name}`);
      for (const found of await textsBelow(`naughty:${name}`)) expect(found?.startsWith(`naughty:${name}`)).toBe(true);
    });

    it("reads values in the order asked, null where there is none", async () => {
      const read = await store.driver.read(["many:2", "none", "many:1", "none"]);
      expect(read.map((value) => value?.type === "string" && Buffer.from(value.bytes).toString())).toEqual([
        "2",
        false,
        "1",
        false,
      ]);
      expect(read[1]).toBeNull();
      expect(await store.driver.read([])).toEqual([]);
    });

    it("reads each naughty name back under its own key", async () => {
      const read = await store.driver.read(naughtyNames.map((name) => `naughty:${name}`));
      const texts = read.map((value) => (value?.type === "string" ? Buffer.from(value.bytes).toString() : null));
      expect(texts).toEqual(naughtyNames);
    });

    it("cuts a long value and still says how long it is", async () => {
      await store.put("long", "x".repeat(10_000));
      const [cut, whole, none] = [
        ...(await store.driver.read(["long"], { maxBytes: 10 })),
        ...(await store.driver.read(["long"], { maxBytes: 10_000 })),
        ...(await store.driver.read(["long"], { maxBytes: 0 })),
      ];
      expect(cut).toMatchObject({ type: "string", length: 10_000, bytes: { length: 10 } });
      expect(whole).toMatchObject({ type: "string", length: 10_000, bytes: { length: 10_000 } });
      expect(none).toMatchObject({ type: "string", length: 10_000, bytes: { length: 0 } });
    });

    it("keeps bytes as they are, and an empty value apart from none", async () => {
      const bytes = Uint8Array.from([0, 255, 128, 10, 13]);
      await store.put("bytes", bytes);
      await store.put("empty", "");
      const [found, empty] = await store.driver.read(["bytes", "empty"]);
      expect(found?.type === "string" && [...found.bytes]).toEqual([...bytes]);
      expect(empty).toEqual({
        type: "string",
        bytes: expect.objectContaining({ length: 0 }),
        length: 0,
        expiresAt: null,
      });
    });

    it("reads a hash with all its fields", async () => {
      const fields = new Map(naughtyNames.map((name) => [name, `value of ${name}`]));
      await store.put("hash", fields);
      const [hash] = await store.driver.read(["hash"]);
      expect(hash?.type).toBe("hash");
      const read =
        hash?.type === "hash" ? [...hash.fields].map(([name, value]) => [name, Buffer.from(value).toString()]) : [];
      expect(new Map(read as [string, string][])).toEqual(fields);
    });

    it("names a type it does not know, without failing the others", async () => {
      await store.putList("list");
      const [list, other] = await store.driver.read(["list", "many:1"]);
      expect(list).toMatchObject({ type: "other", name: "list" });
      expect(other).toMatchObject({ type: "string" });
    });

    it("says when a value expires, the same each time", async () => {
      const expiresAt = Date.now() + 3_600_000;
      await store.put("mortal", "soon gone", { expiresAt });
      const [first, again, lasting] = await store.driver.read(["mortal", "mortal", "many:1"]);
      expect(first?.expiresAt).toBe(expiresAt);
      expect(again?.expiresAt).toBe(expiresAt);
      expect(lasting?.expiresAt).toBeNull();
    });

    it("takes a key of 64 KB", async () => {
      const key = `huge:${"k".repeat(65_536)}`;
      await store.put(key, "found");
      expect(await textsBelow("huge:")).toEqual([key]);
      expect(await store.driver.read([key])).toMatchObject([{ length: 5 }]);
    });

    it.runIf(subject.takesBytes)("finds and reads keys that are not UTF-8", async () => {
      const bytes = Uint8Array.from([...Buffer.from("raw:"), 0xff, 0, 0xfe]);
      await store.put(bytes, "raw");
      const [key] = await scanAll(store.driver, "raw:");
      expect(key?.text).toBeNull();
      expect(key && [...key.bytes]).toEqual([...bytes]);
      expect(key && (await store.driver.read([key]))).toMatchObject([{ type: "string", length: 3 }]);
    });

    it("is the same store as long as it is, and another one is another", async () => {
      const other = await subject.start();
      try {
        expect(await store.driver.identity()).toBe(await store.driver.identity());
        expect(await other.driver.identity()).not.toBe(await store.driver.identity());
      } finally {
        await other.stop();
      }
    });

    it("tells of changed keys below a prefix, and no longer once stopped", async () => {
      const seen: (string[] | null)[] = [];
      const stop = await store.driver.watchKeys?.("watched:", ({ keys }) => seen.push(keys));
      if (!stop) throw new Error("the store under test must send key notifications");
      await store.put("unwatched", "1");
      await store.put("watched:a", "1");
      await vi.waitFor(() => expect(seen.flat()).toContain("watched:a"));
      await store.remove("watched:a");
      await vi.waitFor(() => expect(seen.length).toBeGreaterThan(1));
      expect(seen.flat()).not.toContain("unwatched");
      await stop();
      const before = seen.length;
      await store.put("watched:b", "1");
      const marker = await store.driver.watchKeys?.("marker:", ({ keys }) => seen.push(keys));
      await store.put("marker:", "1");
      await vi.waitFor(() => expect(seen.length).toBeGreaterThan(before));
      expect(seen.flat()).not.toContain("watched:b");
      await marker?.();
    });

    it("passes on what is published on a channel", async () => {
      const heard: string[] = [];
      const stop = await store.driver.watchChannel?.("events:*", (channel, message) =>
        heard.push(`${channel} ${message}`),
      );
      await store.publish?.("other", "no");
      await store.publish?.("events:1", '{"type":"started"}');
      await vi.waitFor(() => expect(heard).toEqual(['events:1 {"type":"started"}']));
      await stop?.();
    });
  });
}
