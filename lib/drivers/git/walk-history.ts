import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { GitCommit, GitObjects } from "./git-objects.ts";
import { findEntry } from "./git-tree.ts";

/** Commits reachable from `head`, newest first by the committer's time. Ends where a shallow clone was cut. */
export async function* walkHistory(
  objects: GitObjects,
  gitFolder: string,
  head: string,
): AsyncGenerator<GitCommit, void, void> {
  const cut = await readShallow(gitFolder);
  const seen = new Set<string>();
  /** Ascending by time: the newest is at the end. */
  const frontier: GitCommit[] = [];

  async function add(id: string) {
    if (seen.has(id)) return;
    seen.add(id);
    const commit = await objects.commit(id);
    if (commit === null) return;
    const known = cut.has(id) ? { ...commit, parents: [] } : commit;
    const place = frontier.findLastIndex((other) => other.at < known.at);
    frontier.splice(place + 1, 0, known);
  }

  await add(head);
  for (let commit = frontier.pop(); commit; commit = frontier.pop()) {
    yield commit;
    for (const parent of commit.parents) await add(parent);
  }
}

/**
 * Whether a commit changed anything below one of the paths, as `git log -- <paths>` decides: it differs from every parent.
 * The first commit counts when it has one of the paths.
 */
export async function touches(
  objects: GitObjects,
  commit: GitCommit,
  paths: readonly (readonly string[])[],
): Promise<boolean> {
  const idsIn = (tree: string) =>
    Promise.all(paths.map(async (segments) => (await findEntry(objects, tree, segments))?.id ?? ""));
  const own = await idsIn(commit.tree);
  if (commit.parents.length === 0) return own.some((id) => id !== "");
  for (const parentId of commit.parents) {
    const parent = await objects.commit(parentId);
    const theirs = parent ? await idsIn(parent.tree) : [];
    if (own.every((id, index) => id === theirs[index])) return false;
  }
  return true;
}

async function readShallow(gitFolder: string): Promise<Set<string>> {
  const text = await readFile(join(gitFolder, "shallow"), "latin1").catch(() => "");
  return new Set(text.split("\n").filter((line) => line !== ""));
}
