import { execFileSync } from "node:child_process";
import { mkdir, readdir, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeBlobDriver, listAll } from "../../contracts/testing/blob-suite.ts";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { makeScratchFolder } from "../../contracts/testing/scratch-folder.ts";
import { openGitDriver } from "./git-driver.ts";

function git(folder: string, ...args: string[]): string {
  const identity = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"];
  const environment = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
  return execFileSync("git", [...identity, ...args], {
    cwd: folder,
    env: environment,
    encoding: "utf8",
    stdio: "pipe",
  });
}

async function putFile(root: string, path: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

/** Commits the work tree as of a second of 2026-01-01. */
function commit(root: string, title: string, second: number): string {
  git(root, "add", "-A");
  const date = `2026-01-01T00:00:${String(second).padStart(2, "0")}Z`;
  const environment = { ...process.env, GIT_COMMITTER_DATE: date, GIT_AUTHOR_DATE: date };
  const identity = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"];
  execFileSync("git", [...identity, "commit", "-q", "--allow-empty", "-m", title], { cwd: root, env: environment });
  return git(root, "rev-parse", "HEAD").trim();
}

async function makeRepository(): Promise<string> {
  const root = await makeScratchFolder();
  git(root, "init", "-q");
  return root;
}

async function titles(driver: Awaited<ReturnType<typeof openGitDriver>>, paths?: string[], limit = 100) {
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof driver.revisions>> = await driver.revisions({ paths, cursor, limit });
    found.push(...page.items.map((item) => item.title));
    cursor = page.cursor;
  } while (cursor !== null);
  return found;
}

const everything = { offset: 0, length: 1_000 };

describe.skipIf(!isEngineWanted("git"))("git", () => {
  for (const form of ["loose", "packed", "bare"] as const) {
    describeBlobDriver({
      name: `git, ${form} objects`,
      // The library refuses a whole tree that holds a backslash: https://isomorphic-git.org/docs/en/errors (UnsafeFilepathError)
      canHold: (name) => !name.includes("\\"),
      async start(files) {
        let remove = async () => {};
        const folder = await makeScratchFolder((given) => {
          remove = given;
        });
        const root = join(folder, "work");
        await mkdir(root);
        git(root, "init", "-q");
        for (const [path, content] of Object.entries(files)) await putFile(root, path, content);
        commit(root, "begin", 1);
        if (form === "packed") git(root, "gc", "-q");
        if (form === "bare") git(folder, "clone", "-q", "--bare", "work", "bare.git");
        const path = form === "bare" ? join(folder, "bare.git") : root;
        const driver = await openGitDriver({ path, watchEveryMs: 50 });
        return {
          driver,
          async put(file, content) {
            await putFile(root, file, content);
            commit(root, "change", 2);
            if (form === "bare") git(root, "push", "-q", path, "main");
          },
          async stop() {
            await driver.close();
            await remove();
          },
        };
      },
    });
  }

  describe("history", () => {
    it("lists revisions newest first, in pages", async () => {
      const root = await makeRepository();
      for (let index = 1; index <= 7; index++) commit(root, `commit ${index}\n\nbody`, index);
      const driver = await openGitDriver({ path: root });
      const newestFirst = [7, 6, 5, 4, 3, 2, 1].map((index) => `commit ${index}`);
      for (const limit of [1, 2, 3, 7, 100]) expect(await titles(driver, undefined, limit)).toEqual(newestFirst);
      const { items } = await driver.revisions({ cursor: null, limit: 1 });
      expect(items).toEqual([
        { id: git(root, "rev-parse", "HEAD").trim(), at: Date.UTC(2026, 0, 1, 0, 0, 7), title: "commit 7" },
      ]);
    });

    it("keeps to the revisions that touch a path, as git log does", async () => {
      const root = await makeRepository();
      await putFile(root, "configs/a.yaml", "1");
      commit(root, "add config", 1);
      await putFile(root, "src/run.py", "1");
      commit(root, "add code", 2);
      git(root, "checkout", "-q", "-b", "side");
      await putFile(root, "configs/a.yaml", "2");
      commit(root, "change config", 3);
      git(root, "checkout", "-q", "main");
      await putFile(root, "README", "1");
      commit(root, "unrelated", 4);
      git(root, "merge", "-q", "side", "-m", "merge side");
      await rm(join(root, "src"), { recursive: true });
      commit(root, "remove code", 5);
      const driver = await openGitDriver({ path: root });
      for (const paths of [["configs"], ["src/run.py"], ["configs", "src"], ["configs/a.yaml"], ["none"], ["conf"]]) {
        const log = git(root, "log", "--format=%s", "--", ...paths)
          .split("\n")
          .filter(Boolean);
        expect(await titles(driver, paths)).toEqual(log);
      }
    });

    it("shows the files as of a revision", async () => {
      const root = await makeRepository();
      await putFile(root, "a.txt", "old");
      const old = commit(root, "old", 1);
      await putFile(root, "a.txt", "new!");
      commit(root, "new", 2);
      const driver = await openGitDriver({ path: root });
      const then = await driver.at(old);
      expect(await then.stat("a.txt")).toMatchObject({ bytes: 3 });
      expect(await then.read("a.txt", everything)).toEqual(Uint8Array.from(Buffer.from("old")));
      expect(await driver.stat("a.txt")).toMatchObject({ bytes: 4 });
      expect(await then.identity()).not.toBe(await driver.identity());
    });

    it.each(["HEAD", "main", "0".repeat(40), "../../etc/passwd", ""])("has no revision named %j", async (id) => {
      const root = await makeRepository();
      commit(root, "only", 1);
      const driver = await openGitDriver({ path: root });
      await expect(driver.at(id)).rejects.toMatchObject({ code: "not_found" });
    });

    it("pages through a list of files as of its first page although a commit comes between", async () => {
      const root = await makeRepository();
      for (const name of ["a", "b", "c"]) await putFile(root, name, name);
      commit(root, "three", 1);
      const driver = await openGitDriver({ path: root });
      const first = await driver.list({ prefix: "", cursor: null, limit: 1 });
      await rm(join(root, "c"));
      commit(root, "two", 2);
      const rest = await driver.list({ prefix: "", cursor: first.cursor });
      expect(rest.items.map((item) => item.path)).toEqual(["b", "c"]);
    });

    it("ends where a shallow clone was cut", async () => {
      const root = await makeRepository();
      await putFile(root, "a.txt", "1");
      for (let index = 1; index <= 5; index++) commit(root, `commit ${index}`, index);
      const clone = join(await makeScratchFolder(), "clone");
      git(root, "clone", "-q", "--depth", "2", `file://${root}`, clone);
      const driver = await openGitDriver({ path: clone });
      expect(await titles(driver)).toEqual(["commit 5", "commit 4"]);
      expect(await driver.stat("a.txt")).toMatchObject({ bytes: 1 });
    });

    it("finds objects again after a repack behind its back", async () => {
      const root = await makeRepository();
      for (let index = 1; index <= 3; index++) {
        await putFile(root, "a.txt", `content ${index}`);
        commit(root, `commit ${index}`, index);
      }
      git(root, "repack", "-qad");
      const driver = await openGitDriver({ path: root });
      const { items } = await driver.revisions({ cursor: null, limit: 1 });
      await putFile(root, "b.txt", "later");
      commit(root, "later", 4);
      git(root, "repack", "-qad");
      git(root, "prune-packed");
      expect(items).toHaveLength(1);
      expect(await titles(driver)).toHaveLength(4);
      expect(await driver.stat("b.txt")).toMatchObject({ bytes: 5 });
    });
  });

  it("has no files and no revisions in an empty repository", async () => {
    const driver = await openGitDriver({ path: await makeRepository() });
    expect(await driver.list({ prefix: "", cursor: null })).toEqual({ items: [], cursor: null });
    expect(await driver.revisions({ cursor: null })).toEqual({ items: [], cursor: null });
    expect(await driver.stat("a")).toBeNull();
    expect(await driver.folders("")).toEqual([]);
  });

  it("leaves out links and submodules", async () => {
    const root = await makeRepository();
    await putFile(root, "real", "1");
    await symlink("/etc/passwd", join(root, "link"));
    const inner = join(root, "module");
    await mkdir(inner);
    git(inner, "init", "-q");
    commit(inner, "inner", 1);
    commit(root, "outer", 2);
    const driver = await openGitDriver({ path: root });
    expect((await listAll(driver, "")).map((item) => item.path)).toEqual(["real"]);
    expect(await driver.stat("link")).toBeNull();
    expect(await driver.folders("")).toEqual([]);
  });

  it("runs nothing that the repository configures, and changes nothing in it", async () => {
    const root = await makeRepository();
    const canary = join(await makeScratchFolder(), "canary");
    await putFile(root, "a.txt", "1");
    await putFile(root, ".gitattributes", "*.txt filter=evil");
    commit(root, "begin", 1);
    git(root, "config", "core.fsmonitor", `touch ${canary}`);
    git(root, "config", "filter.evil.smudge", `touch ${canary}`);
    git(root, "config", "core.hooksPath", join(root, "hooks"));
    await putFile(root, "hooks/post-checkout", `#!/bin/sh\ntouch ${canary}\n`);
    const before = await fingerprint(join(root, ".git"));
    const driver = await openGitDriver({ path: root });
    await listAll(driver, "");
    await titles(driver, ["a.txt"]);
    await driver.read("a.txt", everything);
    expect(await fingerprint(join(root, ".git"))).toEqual(before);
    await expect(stat(canary)).rejects.toThrow("ENOENT");
  });

  it("does not follow links out of the repository folder", async () => {
    const root = await makeRepository();
    await putFile(root, "a.txt", "1");
    commit(root, "begin", 1);
    const away = join(await makeScratchFolder(), "objects");
    await rename(join(root, ".git/objects"), away);
    await symlink(away, join(root, ".git/objects"));
    await expect(openGitDriver({ path: root })).rejects.toMatchObject({ code: "unsupported" });
  });

  it("says what it cannot read: a worktree, no repository, another hash", async () => {
    const root = await makeRepository();
    commit(root, "begin", 1);
    const worktree = join(await makeScratchFolder(), "tree");
    git(root, "worktree", "add", "-q", worktree);
    await expect(openGitDriver({ path: worktree })).rejects.toMatchObject({
      code: "unsupported",
      message: expect.stringContaining("worktree"),
      remedy: expect.any(String),
    });
    const plain = await makeScratchFolder();
    await expect(openGitDriver({ path: plain })).rejects.toMatchObject({ code: "unsupported" });
    git(plain, "init", "-q", "--object-format=sha256");
    await expect(openGitDriver({ path: plain })).rejects.toMatchObject({ message: expect.stringContaining("sha256") });
    await expect(openGitDriver({ path: join(plain, "none") })).rejects.toMatchObject({ code: "source_unavailable" });
  });

  it("says that an object is missing or damaged, without taking the rest down", async () => {
    const root = await makeRepository();
    await putFile(root, "a.txt", "kept");
    await putFile(root, "b.txt", "lost");
    commit(root, "begin", 1);
    const id = git(root, "rev-parse", "HEAD:b.txt").trim();
    const object = join(root, ".git/objects", id.slice(0, 2), id.slice(2));
    const driver = await openGitDriver({ path: root });
    await rm(object);
    await expect(driver.read("b.txt", everything)).rejects.toMatchObject({ code: "unsupported" });
    await writeFile(object, "not zlib");
    await expect(driver.read("b.txt", everything)).rejects.toMatchObject({ code: "source_unavailable" });
    expect(await driver.stat("a.txt")).toMatchObject({ bytes: 4 });
  });
});

async function fingerprint(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder, { recursive: true });
  const stats = await Promise.all(names.map(async (name) => [name, String((await stat(join(folder, name))).mtimeMs)]));
  return Object.fromEntries(stats);
}
