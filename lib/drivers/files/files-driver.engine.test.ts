import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { describeBlobDriver, listAll } from "../../contracts/testing/blob-suite.ts";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { makeScratchFolder } from "../../contracts/testing/scratch-folder.ts";
import { openFilesDriver } from "./files-driver.ts";

async function putFile(root: string, path: string, content: string): Promise<void> {
  const full = join(root, path);
  await mkdir(dirname(full), { recursive: true });
  await writeFile(full, content);
}

const everything = { offset: 0, length: 1_000 };

describe.skipIf(!isEngineWanted("files"))("files", () => {
  describeBlobDriver({
    name: "files",
    async start(files) {
      let remove = async () => {};
      const root = await makeScratchFolder((given) => {
        remove = given;
      });
      for (const [path, content] of Object.entries(files)) await putFile(root, path, content);
      const driver = await openFilesDriver({ path: root, watchEveryMs: 50 });
      return {
        driver,
        put: (path, content) => putFile(root, path, content),
        async stop() {
          await driver.close();
          await remove();
        },
      };
    },
  });

  describe("links and special files", () => {
    async function makeTrap() {
      const folder = await makeScratchFolder();
      const root = join(folder, "root");
      await putFile(root, "real/file.txt", "inside");
      await putFile(folder, "outside/secret.txt", "canary");
      await symlink(join(folder, "outside"), join(root, "out"));
      await symlink(join(folder, "outside/secret.txt"), join(root, "secret.txt"));
      await symlink("/etc/passwd", join(root, "real/passwd"));
      await symlink("real", join(root, "alias"));
      await symlink("loop", join(root, "loop"));
      execFileSync("mkfifo", [join(root, "pipe")]);
      const driver = await openFilesDriver({ path: root });
      return { folder, root, driver };
    }

    it("lists only regular files, and folders that are no links", async () => {
      const { driver } = await makeTrap();
      expect((await listAll(driver, "")).map((item) => item.path)).toEqual(["real/file.txt"]);
      expect(await driver.folders("")).toEqual(["real"]);
    });

    it("says that a listed folder is a link which leads out, and shows nothing through one that stays inside", async () => {
      const { driver } = await makeTrap();
      await expect(listAll(driver, "out")).rejects.toMatchObject({ code: "forbidden" });
      expect(await listAll(driver, "alias")).toEqual([]);
    });

    it.each(["secret.txt", "out/secret.txt", "real/passwd"])("refuses the link %s, which leads out", async (path) => {
      const { driver } = await makeTrap();
      await expect(driver.stat(path)).rejects.toMatchObject({ code: "forbidden" });
      await expect(driver.read(path, everything)).rejects.toMatchObject({ code: "forbidden" });
    });

    it.each(["alias/file.txt", "loop", "pipe", "real"])("finds no file at %s, and does not hang", async (path) => {
      const { driver } = await makeTrap();
      expect(await driver.stat(path)).toBeNull();
      expect(await driver.read(path, everything)).toBeNull();
    });

    it("never reads past a folder that keeps being swapped for a link", async () => {
      const { folder, root, driver } = await makeTrap();
      await putFile(folder, "outside/file.txt", "canary");
      const swap = "while :; do mv real kept; ln -s ../outside real; rm real; mv kept real; done";
      const swapper = spawn("sh", ["-c", swap], { cwd: root, stdio: "ignore" });
      const seen = new Set<string>();
      const listed = new Set<string>();
      await putFile(folder, "outside/other.txt", "canary");
      for (let round = 0; round < 10_000; round++) {
        const bytes = await driver.read("real/file.txt", everything).catch(() => null);
        if (bytes) seen.add(Buffer.from(bytes).toString());
        if (round % 50) continue;
        for (const { path } of await listAll(driver, "").catch(() => [])) listed.add(path);
      }
      swapper.kill("SIGKILL");
      await once(swapper, "close");
      expect([...seen]).toEqual(["inside"]);
      expect(["kept/file.txt", "real/file.txt"]).toEqual(expect.arrayContaining([...listed]));
    });

    it("takes the root itself through a link, since the settings name it", async () => {
      const { folder, root } = await makeTrap();
      await symlink(root, join(folder, "link"));
      const driver = await openFilesDriver({ path: join(folder, "link") });
      expect(await driver.stat("real/file.txt")).toMatchObject({ bytes: 6 });
    });
  });

  it("leaves out names that are not UTF-8", async () => {
    const root = await makeScratchFolder();
    await putFile(root, "good", "1");
    await writeFile(Buffer.concat([Buffer.from(`${root}/bad`), Buffer.from([0xff])]), "2");
    const driver = await openFilesDriver({ path: root });
    expect((await listAll(driver, "")).map((item) => item.path)).toEqual(["good"]);
  });

  it("says that the folder is gone, and finds it again when it is back", async () => {
    const root = join(await makeScratchFolder(), "mounted");
    await putFile(root, "a.txt", "1");
    const driver = await openFilesDriver({ path: root, watchEveryMs: 50 });
    const onChange = vi.fn();
    await driver.watch?.("", onChange);
    await rename(root, `${root}-away`);
    const gone = { code: "source_unavailable", message: "files: the folder is gone", remedy: expect.any(String) };
    await expect(driver.list({ prefix: "", cursor: null })).rejects.toMatchObject(gone);
    await expect(driver.stat("a.txt")).rejects.toMatchObject(gone);
    await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(1));
    await rename(`${root}-away`, root);
    expect(await driver.stat("a.txt")).toMatchObject({ bytes: 1 });
    await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(2));
    await driver.close();
  });

  it("does not open where there is no folder", async () => {
    const path = join(tmpdir(), "trialdeck-test-nowhere");
    await expect(openFilesDriver({ path })).rejects.toMatchObject({ code: "source_unavailable" });
  });

  it("goes on listing while files come and go", async () => {
    const root = await makeScratchFolder();
    for (let index = 0; index < 100; index++) await putFile(root, `stay/${index}`, "");
    for (let index = 0; index < 100; index++) await putFile(root, `go/${index}`, "");
    const driver = await openFilesDriver({ path: root });
    const first = await driver.list({ prefix: "", cursor: null, limit: 10 });
    await rm(join(root, "go"), { recursive: true });
    const found: string[] = [];
    for (let cursor = first.cursor; cursor !== null; ) {
      const page = await driver.list({ prefix: "", cursor, limit: 10 });
      found.push(...page.items.map((item) => item.path));
      cursor = page.cursor;
    }
    expect(found.filter((path) => path.startsWith("stay/"))).toHaveLength(100);
  });

  it("refuses to hold more than 256 MB at once", async () => {
    const root = await makeScratchFolder();
    await writeFile(join(root, "sparse"), "");
    execFileSync("truncate", ["-s", "10G", join(root, "sparse")]);
    const driver = await openFilesDriver({ path: root });
    await expect(driver.read("sparse", { offset: 0, length: 2 ** 33 })).rejects.toMatchObject({ code: "too_large" });
    expect(await driver.read("sparse", { offset: 2 ** 33, length: 4 })).toEqual(Buffer.alloc(4));
  });
});
