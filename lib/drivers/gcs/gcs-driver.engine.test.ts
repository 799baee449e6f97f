import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeBlobDriver, listAll } from "../../contracts/testing/blob-suite.ts";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { buildMillis, type ObjectStore, startObjectStore } from "../../contracts/testing/object-store.ts";
import { type GcsDriver, type GcsOptions, openGcsDriver } from "./gcs-driver.ts";

describe.skipIf(!isEngineWanted("gcs"))("gcs", () => {
  let store: ObjectStore;
  let made = 0;
  beforeAll(async () => {
    store = await startObjectStore();
  }, buildMillis);
  afterAll(() => store?.stop());

  /** A bucket of its own with these objects, and a driver on it. */
  async function openBucketOf(
    files: Record<string, string | Uint8Array>,
    options: Partial<GcsOptions> = {},
  ): Promise<{ bucket: string; driver: GcsDriver }> {
    const bucket = `bucket-${++made}`;
    await store.makeBucket(bucket);
    await Promise.all(Object.entries(files).map(([name, content]) => store.put(bucket, name, content)));
    return { bucket, driver: await openGcsDriver({ bucket, emulatorHost: store.url, ...options }) };
  }

  describeBlobDriver({
    name: "gcs",
    // No object can have a line break in its name; U+FFFD comes in another order (below).
    canHold: (name) => !/[\r\n\uFFFD]/.test(name),
    async start(files) {
      const inFolder = Object.entries(files).map(([path, content]) => [`team/runs/${path}`, content]);
      const options = { prefix: "team/runs", watchEveryMs: 50 };
      const { bucket, driver } = await openBucketOf({ ...Object.fromEntries(inFolder), "team/other": "" }, options);
      return {
        driver,
        put: (path, content) => store.put(bucket, `team/runs/${path}`, content),
        stop: () => driver.close(),
      };
    },
  });

  describe("names", () => {
    it("lists in the order of UTF-8, which puts U+E000 to U+FFFF before what UTF-16 writes as a pair", async () => {
      const { driver } = await openBucketOf({ "a/\u{1F9EA}": "pair", "a/\uFFFD": "single", "a/z": "z" });
      const listed = await listAll(driver, "", 1);
      expect(listed.map((item) => item.path)).toEqual(["a/z", "a/\uFFFD", "a/\u{1F9EA}"]);
      expect(Buffer.from((await driver.read("a/\uFFFD", { offset: 0, length: 9 })) ?? "").toString()).toBe("single");
    });

    it("tells apart names that differ only in how they are encoded", async () => {
      const twins = ["caf\u00e9", "cafe\u0301", "caf%C3%A9", "a b", "a+b", "a%20b", "a%2Fb", "a/b"];
      const { driver } = await openBucketOf(Object.fromEntries(twins.map((name) => [name, `of ${name}`])));
      const listed = await listAll(driver, "");
      expect(listed.map((item) => item.path).sort()).toEqual([...twins].sort());
      for (const name of twins) {
        const bytes = await driver.read(name, { offset: 0, length: 99 });
        expect(Buffer.from(bytes ?? "").toString()).toBe(`of ${name}`);
      }
    });

    it("leaves out folder markers and names that are no path", async () => {
      const odd = ["folder/", "a//b", "/rooted", "a/../b", "./c", "a/.", "a/b/"];
      const { driver } = await openBucketOf(
        Object.fromEntries([...odd, "a/b/c", "folder/d"].map((name) => [name, ""])),
      );
      expect((await listAll(driver, "", 2)).map((item) => item.path)).toEqual(["a/b/c", "folder/d"]);
      expect(await driver.folders("")).toEqual(["a", "folder"]);
      expect(await driver.folders("a")).toEqual(["b"]);
    });

    it("finds nothing at a path that no name can have", async () => {
      const { driver } = await openBucketOf({ a: "" });
      expect(await driver.stat("lone \uD800 surrogate")).toBeNull();
      expect(await driver.read("x".repeat(1_025), { offset: 0, length: 1 })).toBeNull();
    });

    it.each(["gs://bucket", "bucket/folder", "../b", "Upper", ""])("does not take %j for a bucket", async (bucket) => {
      const refused = { code: "bad_request", remedy: expect.any(String) };
      await expect(openGcsDriver({ bucket, emulatorHost: store.url })).rejects.toMatchObject(refused);
    });

    it.each(["../above", "a/../../b", "a\0b"])("does not take the prefix %j", async (prefix) => {
      await expect(openBucketOf({}, { prefix })).rejects.toMatchObject({ code: "forbidden" });
    });
  });

  it("shows what is below its prefix alone", async () => {
    const files = { "team/runs/a": "1", "team/runs2/b": "2", "team/c": "3" };
    const { bucket, driver } = await openBucketOf(files, { prefix: "/team/runs/" });
    expect(driver.location).toBe(`gs://${bucket}/team/runs`);
    expect(driver.bucket).toBe(`gs://${bucket}`);
    expect((await listAll(driver, "")).map((item) => item.path)).toEqual(["a"]);
    expect(await driver.stat("b")).toBeNull();
    await expect(driver.stat("../runs2/b")).rejects.toMatchObject({ code: "forbidden" });
  });

  it("lists a thousand objects and more, and folders, through many pages", async () => {
    const names = Array.from({ length: 1_200 }, (_, index) => `runs/${String(index).padStart(4, "0")}/log`);
    const { driver } = await openBucketOf(Object.fromEntries(names.map((name) => [name, ""])));
    expect((await listAll(driver, "runs", 5_000)).map((item) => item.path)).toEqual(names);
    expect((await listAll(driver, "runs", 400)).map((item) => item.path)).toEqual(names);
    expect(await driver.folders("runs")).toHaveLength(1_200);
  });

  it("reads an object of 5 MB by ranges", async () => {
    const content = randomBytes(5_000_000);
    const { driver } = await openBucketOf({ "big.npz": content });
    const pieces: Uint8Array[] = [];
    for (let offset = 0; offset < 5_200_000; offset += 700_000) {
      pieces.push((await driver.read("big.npz", { offset, length: 700_000 })) ?? Buffer.alloc(0));
    }
    expect(pieces.map((piece) => piece.length)).toEqual([...Array(7).fill(700_000), 100_000]);
    expect(Buffer.concat(pieces).equals(content)).toBe(true);
    expect(await driver.read("big.npz", { offset: 4_999_998, length: 2 ** 40 })).toEqual(content.subarray(-2));
  });

  it("reads nothing of an empty object, and does not take it for an absent one", async () => {
    const { driver } = await openBucketOf({ empty: "" });
    expect(await driver.read("empty", { offset: 0, length: 10 })).toHaveLength(0);
    expect(await driver.read("empty", { offset: 0, length: 0 })).toHaveLength(0);
    expect(await driver.read("absent", { offset: 0, length: 0 })).toBeNull();
  });

  it("reads packed objects as they are stored", async () => {
    const { bucket, driver } = await openBucketOf({});
    const packed = gzipSync("text ".repeat(1_000));
    await store.put(bucket, "log.gz", packed, { contentEncoding: "gzip" });
    expect(await driver.stat("log.gz")).toMatchObject({ bytes: packed.length });
    expect(await driver.read("log.gz", { offset: 0, length: 10_000 })).toEqual(packed);
    expect(await driver.read("log.gz", { offset: 5, length: 7 })).toEqual(packed.subarray(5, 12));
  });

  it("gives an object that is written again, or removed and put back, another token", async () => {
    const { bucket, driver } = await openBucketOf({ a: "same" });
    const tokens = [(await driver.stat("a"))?.token];
    await store.put(bucket, "a", "same");
    tokens.push((await driver.stat("a"))?.token);
    await store.remove(bucket, "a");
    expect(await driver.stat("a")).toBeNull();
    await store.put(bucket, "a", "same");
    tokens.push((await driver.stat("a"))?.token);
    expect(new Set(tokens).size).toBe(3);
    expect((await driver.stat("a"))?.modifiedAt).toBeGreaterThan(Date.now() - 60_000);
  });

  it("says whether the bucket keeps old versions", async () => {
    await store.makeBucket("keeps-versions", { versioning: true });
    const keeping = await openGcsDriver({ bucket: "keeps-versions", emulatorHost: store.url });
    expect(await keeping.facts()).toEqual({ softDeleteSeconds: 0, versioning: true });
    const { driver } = await openBucketOf({});
    expect(await driver.facts()).toEqual({ softDeleteSeconds: 0, versioning: false });
  });

  it("is watched only where the settings say how often, since looking costs money", async () => {
    const { driver } = await openBucketOf({});
    expect(driver.watch).toBeUndefined();
  });
});
