import type { BlobDriver, BlobPage, BlobStat } from "../../contracts/driver.ts";
import { clampRange, splitBlobPath, splitBlobPrefix } from "../blob-path.ts";
import { KeptWalks } from "../kept-walks.ts";
import { walkTree } from "../walk-tree.ts";
import type { GitObjects, GitTreeEntry } from "./git-objects.ts";

const largestPage = 1_000;
const statsAtOnce = 16;

/** The reading half of a blob driver, over the files of one commit. */
export type GitTree = Pick<BlobDriver, "list" | "folders" | "stat" | "read">;

/** The entry at a path below a tree; `null` when there is none. */
export async function findEntry(
  objects: GitObjects,
  treeId: string,
  segments: readonly string[],
): Promise<Omit<GitTreeEntry, "name"> | null> {
  let found: Omit<GitTreeEntry, "name"> = { type: "folder", id: treeId };
  for (const segment of segments) {
    if (found.type !== "folder") return null;
    const entries: GitTreeEntry[] = await objects.tree(found.id);
    const entry = entries.find(({ name }) => name === segment);
    if (entry === undefined) return null;
    found = entry;
  }
  return found;
}

/** Files of a commit's tree (`null`: no commit yet, no files). Links and submodules are left out; git keeps no time of a file. */
export function openGitTree(objects: GitObjects, treeId: string | null): GitTree {
  const walks = new KeptWalks<string>();

  async function readEntries(folder: readonly string[]): Promise<GitTreeEntry[]> {
    const found = treeId === null ? null : await findEntry(objects, treeId, folder);
    return found?.type === "folder" ? await objects.tree(found.id) : [];
  }

  async function findFile(path: string) {
    const segments = splitBlobPath("git", path);
    const found = segments && treeId !== null ? await findEntry(objects, treeId, segments) : null;
    return found?.type === "file" ? found : null;
  }

  async function stat(path: string): Promise<BlobStat | null> {
    const file = await findFile(path);
    return file && { path, bytes: await objects.blobSize(file.id), modifiedAt: null, token: file.id };
  }

  async function readStats(paths: readonly string[]): Promise<BlobStat[]> {
    const items: BlobStat[] = [];
    for (let start = 0; start < paths.length; start += statsAtOnce) {
      const found = await Promise.all(paths.slice(start, start + statsAtOnce).map(stat));
      items.push(...found.filter((item) => item !== null));
    }
    return items;
  }

  async function readShown(folder: readonly string[]) {
    const entries = await readEntries(folder);
    return entries
      .filter(({ type }) => type !== "other")
      .map(({ name, type }) => ({ name, isFolder: type === "folder" }));
  }

  return {
    stat,
    async list({ prefix, cursor, limit = largestPage }): Promise<BlobPage> {
      const segments = splitBlobPrefix("git", prefix);
      if (segments === null) return { items: [], cursor: null };
      const keyOf = (after: string) => JSON.stringify([segments, after]);
      const kept = cursor === null ? null : walks.take(keyOf(cursor));
      const walk = kept ?? walkTree(readShown, segments, cursor);
      const paths: string[] = [];
      while (paths.length < Math.min(Math.max(1, limit), largestPage)) {
        const { value: path, done } = await walk.next();
        if (done) return { items: await readStats(paths), cursor: null };
        paths.push(path);
      }
      const items = await readStats(paths);
      const last = paths.at(-1) ?? null;
      if (last !== null) walks.keep(keyOf(last), walk);
      return { items, cursor: last };
    },
    async folders(prefix) {
      const segments = splitBlobPrefix("git", prefix);
      const shown = segments === null ? [] : await readShown(segments);
      return shown.flatMap(({ name, isFolder }) => (isFolder ? [name] : [])).sort();
    },
    async read(path, range) {
      const file = await findFile(path);
      if (!file) return null;
      const bytes = await objects.blob(file.id);
      const { offset, length } = clampRange("git", bytes.length, range);
      return bytes.slice(offset, offset + length);
    },
  };
}
