import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from "node:child_process";
import { appendFile, chmod, link, open, readdir, rm, stat, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Receipt, StoreChanges } from "../../contracts/changes.ts";
import type { DriverBase } from "../../contracts/driver.ts";
import { listAll } from "../../contracts/testing/blob-suite.ts";
import { describeStoreChanges } from "../../contracts/testing/changes-suite.ts";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { makeScratchFolder } from "../../contracts/testing/scratch-folder.ts";
import { openFilesDriver } from "./files-driver.ts";
import { openRacedFolder, putFile, textAt, writerKinds } from "./testing/raced-folder.ts";

const trash = ".trialdeck-trash";

function changesOf({ changes }: DriverBase): StoreChanges {
  if (!changes) throw new Error("the driver was opened for reading only");
  return changes;
}

const setOneAside = new URL("./testing/set-one-aside.ts", import.meta.url).pathname;
const nobody = 65_534;
const quietText: ExecFileSyncOptionsWithStringEncoding = { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] };

/** What comes of setting a file aside as a user who owns nothing: as `nobody` when the tests run as root, who may write anywhere. */
function asNobody(root: string, path: string): unknown {
  const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  return JSON.parse(execFileSync(process.execPath, [setOneAside, root, path], { ...user, ...quietText }));
}

/** The same after some commands, such as mounts, that end with the process. */
function inOwnMounts(commands: readonly string[], root: string, path: string): unknown {
  const script = [...commands, `exec "$0" "$@"`].join(" && ");
  const args = ["-rm", "sh", "-c", script, process.execPath, setOneAside, root, path];
  return JSON.parse(execFileSync("unshare", args, quietText));
}

async function openFolder(files: Record<string, string> = {}) {
  const root = await makeScratchFolder();
  for (const [path, content] of Object.entries(files)) await putFile(root, path, content);
  const driver = await openFilesDriver({ path: root, mayChange: true, watchEveryMs: 20 });
  const changes = changesOf(driver);
  const kept: Receipt[] = [];
  const keep = async (receipts: Receipt[]) => void kept.push(...receipts);
  async function requestsFor(...paths: string[]) {
    const found = await changes.stat(paths);
    return paths.map((locator, index) => ({
      locator,
      token: found[index]?.token ?? "",
      receiptId: `of-${locator.replace(/\W/g, "-")}`,
    }));
  }
  return { root, driver, changes, kept, keep, requestsFor };
}

describe.skipIf(!isEngineWanted("files"))("files", () => {
  describeStoreChanges({
    name: "files",
    canHold: (name) => name.split("/").every((part) => part !== "" && Buffer.byteLength(part) <= 255),
    async start() {
      let remove = async () => {};
      const root = await makeScratchFolder((given) => {
        remove = given;
      });
      const driver = await openFilesDriver({ path: root, mayChange: true });
      return {
        changes: changesOf(driver),
        locator: (name) => name,
        put: (name, content) => putFile(root, name, content),
        read: (name) => textAt(root, name),
        remove: (name) => rm(join(root, name), { force: true }),
        async restOf(name) {
          const { mode, mtimeMs, uid, gid } = await stat(join(root, name));
          return { mode, mtimeMs, uid, gid };
        },
        // A file's token is proof only some 50 ms after it was written.
        changeMs: 70,
        async stop() {
          await driver.close();
          await remove();
        },
      };
    },
    // Those that meet within a millisecond are below.
    rounds: 40,
  });

  it("may only be read unless it is said", async () => {
    expect((await openFilesDriver({ path: await makeScratchFolder() })).changes).toBeUndefined();
  });

  describe("with a second writer", () => {
    it.each(writerKinds)("loses nothing to one that %s at the very moment", async (kind) => {
      const race = await openRacedFolder(kind);
      onTestFinished(race.stop);
      for (let rounds = 0; rounds < 4; rounds++) await race.round();
      expect(race.lost).toEqual([]);
      expect(race.seen.failed + race.seen.unknown).toBe(0);
      expect(race.seen["set-aside"]).toBeGreaterThan(0);
      expect(race.seen.changed + race.seen.gone).toBeGreaterThan(0);
    });

    it("gives back what was written just before it was moved, and keeps both where something new came", async () => {
      const { root, changes, kept, keep, requestsFor } = await openFolder({ a: "old", b: "old" });
      const requests = await requestsFor("a", "b");
      await changes.setAside(requests, keep);
      // As a server leaves it that ended between moving and looking.
      await appendFile(join(root, trash, "of-a"), "er");
      await appendFile(join(root, trash, "of-b"), "er");
      await putFile(root, "b", "newest");
      const again = await changes.setAside(requests, keep);
      expect(again.map(({ outcome }) => outcome)).toEqual(["changed", "changed"]);
      expect([await textAt(root, "a"), await textAt(root, "b")]).toEqual(["older", "newest"]);
      expect(await readdir(join(root, trash))).toEqual(["of-b"]);
      expect(kept).toHaveLength(2);
    });

    it("neither puts back nor removes what an open writer wrote to after it was set aside", async () => {
      const { root, changes, kept, keep, requestsFor } = await openFolder({ a: "old" });
      const requests = await requestsFor("a");
      const writer = await open(join(root, "a"), "r+");
      await changes.setAside(requests, keep);
      await writer.write("new");
      await writer.close();
      const failed = {
        outcome: "failed",
        failure: { code: "conflict", remedy: expect.stringContaining(`${trash}/of-a`) },
      };
      expect(await changes.putBack(kept)).toMatchObject([failed]);
      expect(await changes.discard(kept)).toMatchObject([failed]);
      expect(await textAt(root, `${trash}/of-a`)).toBe("new");
    });

    it("is not sure of a file that is still being written", async () => {
      const { root, driver, changes, keep } = await openFolder({ a: "1" });
      let token = "";
      // A busy machine may look only after it came to rest.
      const writeAndLook = async () => {
        await putFile(root, "a", "1");
        token = (await driver.stat("a"))?.token ?? "";
        return token;
      };
      await expect.poll(writeAndLook).toMatch(/~$/);
      expect(await changes.setAside([{ locator: "a", token, receiptId: "early" }], keep)).toEqual([
        { outcome: "changed" },
      ]);
      expect((await changes.stat(["a"]))[0]?.token).not.toMatch(/~$/);
      expect(await textAt(root, "a")).toBe("1");
    });
  });

  describe("the trash folder", () => {
    it("is for nobody else, is seen by no ordinary question, and goes with what was in it", async () => {
      const { root, driver, changes, kept, keep, requestsFor } = await openFolder({ "a/b": "1", c: "2" });
      const onChange = vi.fn();
      await driver.watch?.("a/b", onChange);
      await changes.setAside(await requestsFor("c"), keep);
      expect((await stat(join(root, trash))).mode & 0o777).toBe(0o700);
      expect((await listAll(driver, "")).map(({ path }) => path)).toEqual(["a/b"]);
      expect(await listAll(driver, trash)).toEqual([]);
      expect(await driver.folders("")).toEqual(["a"]);
      expect(await driver.folders(trash)).toEqual([]);
      expect(await driver.stat(`${trash}/of-c`)).toBeNull();
      expect(await driver.read(`${trash}/of-c`, { offset: 0, length: 9 })).toBeNull();
      expect(await changes.stat([`${trash}/of-c`])).toEqual([null]);
      const inTrash = { locator: `${trash}/of-c`, token: kept[0]?.token ?? "", receiptId: "twice" };
      expect(await changes.setAside([inTrash], keep)).toEqual([{ outcome: "gone" }]);
      const above = await openFilesDriver({ path: dirname(root) });
      expect((await listAll(above, root.slice(dirname(root).length + 1))).map(({ path }) => path)).toHaveLength(1);
      await changes.discard(kept);
      expect(await readdir(root)).toEqual(["a"]);
      expect(onChange).not.toHaveBeenCalled();
    });

    it("makes again the folders that were removed meanwhile", async () => {
      const { root, changes, kept, keep, requestsFor } = await openFolder({ "a/b/c": "1" });
      await changes.setAside(await requestsFor("a/b/c"), keep);
      await rm(join(root, "a"), { recursive: true });
      expect(await changes.putBack(kept)).toEqual([{ outcome: "restored" }]);
      expect(await textAt(root, "a/b/c")).toBe("1");
      expect(await readdir(root)).toEqual(["a"]);
    });

    it("is not taken where something else has its name", async () => {
      const { root, changes, keep, requestsFor } = await openFolder({ a: "1", "elsewhere/x": "" });
      await symlink("elsewhere", join(root, trash));
      const [outcome] = await changes.setAside(await requestsFor("a"), keep);
      expect(outcome).toMatchObject({
        outcome: "failed",
        failure: { code: "unsupported", remedy: expect.any(String) },
      });
      expect(await textAt(root, "a")).toBe("1");
      expect(await readdir(join(root, "elsewhere"))).toEqual(["x"]);
    });

    it("takes no receipt id that leads elsewhere", async () => {
      const { changes, kept, keep, requestsFor } = await openFolder({ a: "1" });
      const [request] = await requestsFor("a");
      const outside = { ...request, locator: "a", token: request?.token ?? "", receiptId: "../a" };
      expect(await changes.setAside([outside], keep)).toMatchObject([{ outcome: "failed" }]);
      expect(kept).toEqual([]);
    });
  });

  describe("puts back", () => {
    it("says that the same content is there already, whoever wrote it", async () => {
      const content = "x".repeat(3_000_000);
      const { root, changes, kept, keep, requestsFor } = await openFolder({ a: content });
      await changes.setAside(await requestsFor("a"), keep);
      await putFile(root, "a", content);
      expect(await changes.putBack(kept)).toEqual([{ outcome: "same" }]);
      await putFile(root, "a", `${content.slice(1)}y`);
      expect(await changes.putBack(kept)).toEqual([{ outcome: "different" }]);
    });

    it("goes on when it was interrupted between the two names of a file", async () => {
      const { root, changes, kept, keep, requestsFor } = await openFolder({ a: "1", b: "2", c: "3" });
      await changes.setAside(await requestsFor("a", "b", "c"), keep);
      for (const name of ["a", "b", "c"]) await link(join(root, trash, `of-${name}`), join(root, name));
      await appendFile(join(root, "b"), "2");
      expect((await changes.putBack(kept.slice(0, 2))).map(({ outcome }) => outcome)).toEqual(["same", "different"]);
      expect(await changes.discard(kept.slice(2))).toEqual([{ outcome: "discarded" }]);
      expect([await textAt(root, "a"), await textAt(root, "b"), await textAt(root, "c")]).toEqual(["1", "22", "3"]);
      expect(await readdir(root)).toEqual(["a", "b", "c"]);
    });
  });

  describe("refuses, and leaves everything as it is", () => {
    it.each(["out/secret", "../secret"])("the path %s, which leads out", async (locator) => {
      const { root, changes, keep } = await openFolder({ a: "1" });
      const outside = await makeScratchFolder();
      await putFile(outside, "secret", "canary");
      await symlink(outside, join(root, "out"));
      const { dev, ino, size, mtimeNs } = await stat(join(outside, "secret"), { bigint: true });
      const token = `${dev}:${ino}:${size}:${mtimeNs}`;
      const [outcome] = await changes.setAside([{ locator, token, receiptId: "r" }], keep);
      expect(outcome).toMatchObject({ outcome: "failed", failure: { code: "forbidden", remedy: expect.any(String) } });
      expect(await textAt(outside, "secret")).toBe("canary");
      expect(await readdir(root)).toEqual(["a", "out"]);
    });

    it.runIf(process.platform === "linux")("what lies on another file system", async () => {
      const { root, driver } = await openFolder();
      await driver.close();
      const elsewhere = await makeScratchFolder();
      await putFile(elsewhere, "mounted/a", "1");
      const answer = inOwnMounts(
        [`mount -t tmpfs none ${root}`, `mkdir ${root}/sub`, `mount --bind ${elsewhere}/mounted ${root}/sub`],
        root,
        "sub/a",
      );
      expect(answer).toMatchObject({
        outcome: "failed",
        code: "unsupported",
        message: expect.stringContaining("another file system"),
        remedy: expect.any(String),
      });
      expect(await textAt(elsewhere, "mounted/a")).toBe("1");
    });

    it("what lies in a folder without write right", async () => {
      const { root } = await openFolder({ "closed/a": "1" });
      await chmod(root, 0o777);
      await chmod(join(root, "closed"), 0o755);
      await chmod(join(root, "closed/a"), 0o666);
      const answer = asNobody(root, "closed/a");
      expect(answer).toMatchObject({
        outcome: "failed",
        code: "forbidden",
        message: "files: the server may not change this folder",
        remedy: expect.stringContaining("right to write"),
      });
      expect(await textAt(root, "closed/a")).toBe("1");
      expect(await readdir(root)).toEqual(["closed"]);
    });

    it("what the system gives no second name, since there were no safe way back", async () => {
      const protection = await textAt("/proc/sys/fs", "protected_hardlinks");
      const { root } = await openFolder({ "open/a": "1" });
      for (const folder of [root, join(root, "open")]) await chmod(folder, 0o777);
      const answer = asNobody(root, "open/a");
      if (process.getuid?.() !== 0 || protection?.trim() !== "1")
        return expect(answer).toMatchObject({ outcome: "set-aside" });
      expect(answer).toMatchObject({ outcome: "failed", code: "unsupported", remedy: expect.stringContaining("owns") });
      expect(await textAt(root, "open/a")).toBe("1");
      expect(await readdir(root)).toEqual(["open"]);
    });

    it("everything in a source's folder without write right", async () => {
      const { root } = await openFolder({ a: "1" });
      await chmod(root, 0o755);
      expect(asNobody(root, "a")).toMatchObject({ outcome: "failed", code: "forbidden" });
      expect(await readdir(root)).toEqual(["a"]);
    });
  });
});
