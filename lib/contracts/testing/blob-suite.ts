import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { BlobDriver, BlobPage, BlobStat } from "../driver.ts";
import { naughtyNames } from "./naughty-names.ts";

/** A store under test that holds the files given, and the way to change it past the driver. */
export interface BlobStore {
  driver: BlobDriver;
  put(path: string, content: string): Promise<void>;
  stop(): Promise<void>;
}

export interface BlobSubject {
  name: string;
  start(files: Record<string, string>): Promise<BlobStore>;
  /** True for names that the store under test can hold; all of them unless said. */
  canHold?(name: string): boolean;
}

/** Files of the whole list below a prefix, page by page. */
export async function listAll(driver: BlobDriver, prefix: string, limit?: number): Promise<BlobStat[]> {
  const found: BlobStat[] = [];
  let cursor: string | null = null;
  do {
    const page: BlobPage = await driver.list({ prefix, cursor, limit });
    found.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== null);
  return found;
}

const leavingPaths = ["../secret", "a/../../secret", "a/..", "..", "/etc/passwd", "a\0b", "a/../c.txt", "/"];
const absentPaths = [
  "none",
  "a",
  "",
  ".",
  "./c.txt",
  "a//d.txt",
  "a/",
  "c.txt/",
  "c.txt/x",
  "..%2fsecret",
  "%2e%2e/secret",
  "%252e%252e%252fsecret",
  "..%c0%afsecret",
  "\uFF0E\uFF0E/secret",
  "..\u2215secret",
  "....//secret",
  "..;/secret",
  "file:///etc/passwd",
];
const hugePaths = { "a name of 64 KB": "x".repeat(65_536), "5,000 folders deep": `${"deep/".repeat(5_000)}x` };

/** What every blob driver promises, on the real store. */
export function describeBlobDriver(subject: BlobSubject): void {
  describe(`${subject.name} as a blob driver`, () => {
    let store: BlobStore;
    const names = naughtyNames.filter((name) => subject.canHold?.(name) ?? true);
    const files: Record<string, string> = {
      "c.txt": "content of c",
      "a/d.txt": "d",
      "a/.hidden/e.txt": "e",
      "a.txt": "sorts before the files in a/",
      "a-b/f.txt": "f",
      "ab/g.txt": "g",
      ".hidden": "h",
      "deep/1/2/3/4/5/6/7/8/9/file": "deep",
      ...Object.fromEntries(names.map((name) => [`naughty/${name}`, `of ${name}`])),
    };
    const sortedPaths = Object.keys(files).sort();

    beforeAll(async () => {
      store = await subject.start(files);
    });
    afterAll(() => store?.stop());

    it.each([1, 2, 3, 7, 1_000])("lists all files once and in path order, %i a page", async (limit) => {
      const listed = await listAll(store.driver, "", limit);
      expect(listed.map((item) => item.path)).toEqual(sortedPaths);
    });

    it("goes on at a cursor although another list was begun meanwhile", async () => {
      const first = await store.driver.list({ prefix: "", cursor: null, limit: 3 });
      await store.driver.list({ prefix: "", cursor: first.cursor, limit: 2 });
      const again = await store.driver.list({ prefix: "", cursor: first.cursor, limit: 2 });
      expect(again.items.map((item) => item.path)).toEqual(sortedPaths.slice(3, 5));
    });

    it("takes a prefix as a folder, not as the beginning of a name", async () => {
      const paths = async (prefix: string) => (await listAll(store.driver, prefix)).map((item) => item.path);
      expect(await paths("a")).toEqual(["a/.hidden/e.txt", "a/d.txt"]);
      expect(await paths("a/")).toEqual(["a/.hidden/e.txt", "a/d.txt"]);
      expect(await paths("c.txt")).toEqual([]);
      expect(await paths("none")).toEqual([]);
    });

    it("names the direct sub-folders", async () => {
      expect(await store.driver.folders("")).toEqual(["a", "a-b", "ab", "deep", "naughty"]);
      expect(await store.driver.folders("a")).toEqual([".hidden"]);
      expect(await store.driver.folders("none")).toEqual([]);
    });

    it("says of a file in a list what it says of the file alone", async () => {
      // A token may change once more while a file comes to rest.
      await vi.waitFor(async () => {
        const listed = (await listAll(store.driver, "")).find((item) => item.path === "c.txt");
        expect(listed).toMatchObject({ bytes: 12 });
        expect(await store.driver.stat("c.txt")).toEqual(listed);
      });
    });

    it("reads ranges, fewer bytes at the end, none beyond it", async () => {
      const read = async (offset: number, length: number) =>
        Buffer.from((await store.driver.read("c.txt", { offset, length })) ?? "none").toString();
      expect(await read(0, 1_000)).toBe("content of c");
      expect(await read(8, 2)).toBe("of");
      expect(await read(8, 1_000)).toBe("of c");
      expect(await read(12, 5)).toBe("");
      expect(await read(1_000, 5)).toBe("");
      expect(await read(0, 0)).toBe("");
    });

    it.each(names)("keeps the name %j as it is", async (name) => {
      const path = `naughty/${name}`;
      expect(await store.driver.stat(path)).toMatchObject({ path });
      const bytes = await store.driver.read(path, { offset: 0, length: 1_000 });
      expect(bytes && Buffer.from(bytes).toString()).toBe(`of ${name}`);
    });

    it.each(leavingPaths)("refuses the path %j, which leaves the root", async (path) => {
      const refused = { code: "forbidden", remedy: expect.any(String) };
      await expect(store.driver.stat(path)).rejects.toMatchObject(refused);
      await expect(store.driver.read(path, { offset: 0, length: 10 })).rejects.toMatchObject(refused);
      await expect(store.driver.list({ prefix: path, cursor: null })).rejects.toMatchObject(refused);
      await expect(store.driver.folders(path)).rejects.toMatchObject(refused);
    });

    it.each(absentPaths)("finds no file at %j and decodes nothing", async (path) => {
      expect(await store.driver.stat(path)).toBeNull();
      expect(await store.driver.read(path, { offset: 0, length: 10 })).toBeNull();
    });

    it.each(Object.entries(hugePaths))("finds no file at a path of %s", async (_what, path) => {
      expect(await store.driver.stat(path)).toBeNull();
      expect(await store.driver.read(path, { offset: 0, length: 10 })).toBeNull();
      expect(await store.driver.list({ prefix: path, cursor: null })).toEqual({ items: [], cursor: null });
    });

    it("is the same store as long as it is, and another one is another", async () => {
      const other = await subject.start({ x: "y" });
      try {
        expect(await store.driver.identity()).toBe(await store.driver.identity());
        expect(await other.driver.identity()).not.toBe(await store.driver.identity());
      } finally {
        await other.stop();
      }
    });

    it("gives a changed file another token, and tells that something changed", async () => {
      await store.put("changing.txt", "before");
      const before = await store.driver.stat("changing.txt");
      const onChange = vi.fn();
      const stop = await store.driver.watch?.("", onChange);
      await store.put("changing.txt", "after!");
      await vi.waitFor(() => expect(onChange).toHaveBeenCalled(), { timeout: 10_000 });
      const after = await store.driver.stat("changing.txt");
      expect(after).toMatchObject({ bytes: 6 });
      expect(after?.token).not.toBe(before?.token);
      await stop?.();
    });
  });
}
