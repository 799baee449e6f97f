import { describe, expect, it } from "vitest";
import type { PlainValue } from "../../domain/values.ts";
import { mostCommits, openCommitIndex } from "./commit-index.ts";
import { openMemoryContext } from "./testing/memory-context.ts";
import { type MemoryRevision, openMemoryHistory } from "./testing/memory-history.ts";
import { configPath, readVersionFiles } from "./version-files.ts";

/** `commit("c2", 2, ["old.py"], {…})`: the second commit, which touched `old.py`, with all files as of then. */
function commit(id: string, at: number, touched: string[], files: Record<string, string>): MemoryRevision {
  return { id, at, title: id, touched, files: new Map(Object.entries(files)) };
}
const configOf = (script: string, alpha = 1) =>
  `scripts: {main: ${script}}\nexperiment: {parameters: {alpha: ${alpha}}}\n`;

async function hashOf(revision: MemoryRevision | undefined): Promise<string> {
  const version = await readVersionFiles(async (path) => {
    const content = revision?.files.get(path);
    return content === undefined ? null : Buffer.from(content);
  });
  return version?.hash ?? "none";
}
const nothing = "0".repeat(64);

/** Newest first, each with another value of alpha. */
function writeHistory(length: number): MemoryRevision[] {
  return Array.from({ length }, (_, index) =>
    commit(`c${index}`, length - index, [configPath], { [configPath]: configOf("a.py", index), "a.py": "" }),
  );
}

describe("openCommitIndex", () => {
  it("goes back only as far as it must, and never beyond two thousand commits", async () => {
    const history = writeHistory(3_000);
    const driver = await openMemoryHistory(history);
    const index = openCommitIndex(driver, "", openMemoryContext());
    expect(await index.find(await hashOf(history[150]))).toEqual({ id: "c150", at: 2_850 });
    expect(driver.opened).toHaveLength(200);
    expect(await index.find(await hashOf(history[2_500]))).toBeNull();
    expect(await index.find(nothing)).toBeNull();
    expect(new Set(driver.opened).size).toBe(mostCommits);
    expect(driver.opened).toHaveLength(mostCommits);
  });

  it("remembers what a commit hashes to, so that a restart opens none again", async () => {
    const memo = new Map<string, { token: string; value: PlainValue }>();
    const history = writeHistory(12);
    for (const opened of [12, 0]) {
      const driver = await openMemoryHistory(history);
      const index = openCommitIndex(driver, "", openMemoryContext({ memo }));
      expect(await index.find(await hashOf(history[7]))).toMatchObject({ id: "c7" });
      expect(driver.opened).toHaveLength(opened);
    }
  });

  it("follows scripts that stood elsewhere in older configs", async () => {
    const history = [
      commit("c3", 3, [configPath, "new.py"], { [configPath]: configOf("new.py"), "new.py": "3" }),
      commit("c2", 2, ["old.py"], { [configPath]: configOf("old.py"), "old.py": "2" }),
      commit("c1", 1, [configPath, "old.py"], { [configPath]: configOf("old.py"), "old.py": "1" }),
    ];
    const index = openCommitIndex(await openMemoryHistory(history), "", openMemoryContext());
    expect(await index.find(await hashOf(history[1]))).toMatchObject({ id: "c2" });
  });

  it("sees a new commit, which changes the stamp unless it left config and scripts alone", async () => {
    const history = writeHistory(5);
    const [newest, ...older] = history as [MemoryRevision, ...MemoryRevision[]];
    const index = openCommitIndex(await openMemoryHistory(older), "", openMemoryContext());
    const before = await index.stamp();
    expect(await index.find(await hashOf(newest))).toBeNull();
    older.unshift({ ...(older[0] as MemoryRevision), id: "data", touched: ["data.csv"] });
    expect(await index.stamp()).toBe(before);
    older.unshift(newest);
    expect(await index.stamp()).not.toBe(before);
    expect(await index.find(await hashOf(newest))).toMatchObject({ id: "c0" });
  });

  it("names the newest of several commits with the same files, in whatever order they are asked for", async () => {
    const [middle, oldest] = writeHistory(2) as [MemoryRevision, MemoryRevision];
    const reverted = { ...oldest, id: "again", at: 9 };
    const index = openCommitIndex(await openMemoryHistory([reverted, middle, oldest]), "", openMemoryContext());
    await index.find(nothing);
    expect(await index.find(await hashOf(oldest))).toMatchObject({ id: "again" });
  });

  it("ends where a driver gives page after page without a commit", async () => {
    const driver = await openMemoryHistory([]);
    let pages = 0;
    driver.revisions = async () => ({ items: [], cursor: String(++pages) });
    expect(await openCommitIndex(driver, "", openMemoryContext()).find(nothing)).toBeNull();
    expect(pages).toBeLessThan(110);
  });

  it("gives no version for a commit without a readable config", async () => {
    const history = [commit("c2", 2, [configPath], {}), commit("c1", 1, [configPath], { [configPath]: "a: [" })];
    const index = openCommitIndex(await openMemoryHistory(history), "", openMemoryContext());
    expect(await index.find(nothing)).toBeNull();
    expect((await index.read("c1"))?.config).toBeNull();
    expect(await index.read("c2")).toBeNull();
  });
});
