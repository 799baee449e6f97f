import { isUtf8 } from "node:buffer";
import { readdir } from "node:fs/promises";
import { fileFailure, meansAbsent, resolveBelow } from "../confined-folder.ts";

/** A folder's entries in path order: a sub-folder sorts by its name and the `/` that follows it in every path below it. */
interface Entry {
  name: string;
  sortKey: string;
  isFolder: boolean;
}

/**
 * Regular files below a folder, in path order, beginning after the path `after`. Links, devices and names that are not UTF-8 are
 * left out, and so are sub-folders that the server may not read; only for the first folder is that an error.
 */
export async function* walkFolder(
  root: string,
  prefix: readonly string[],
  after: string | null,
): AsyncGenerator<string, void, void> {
  const stack = [{ path: prefix, entries: (await readEntries(root, prefix, true)).values() }];
  for (let folder = stack.at(-1); folder; folder = stack.at(-1)) {
    const { value: entry, done } = folder.entries.next();
    if (done) {
      stack.pop();
      continue;
    }
    const path = [...folder.path, entry.name];
    const key = [...folder.path, entry.sortKey].join("/");
    if (after !== null && key <= after && !(entry.isFolder && after.startsWith(key))) continue;
    if (entry.isFolder) stack.push({ path, entries: (await readEntries(root, path, false)).values() });
    else yield path.join("/");
  }
}

/** Names of the direct sub-folders, sorted; none when the folder is not there. */
export async function readFolderNames(root: string, prefix: readonly string[]): Promise<string[]> {
  const entries = await readEntries(root, prefix, true);
  return entries
    .filter((entry) => entry.isFolder)
    .map((entry) => entry.name)
    .sort();
}

async function readEntries(root: string, path: readonly string[], isFirst: boolean): Promise<Entry[]> {
  try {
    const full = await resolveBelow("files", root, path);
    if (full === null) return [];
    const found = await readdir(full, { withFileTypes: true, encoding: "buffer" });
    // Swapped for a link while it was read: what was read may be another folder's.
    if ((await resolveBelow("files", root, path)) !== full) return [];
    return found
      .filter((entry) => (entry.isFile() || entry.isDirectory()) && isUtf8(entry.name))
      .map((entry) => {
        const name = entry.name.toString();
        const isFolder = entry.isDirectory();
        return { name, sortKey: isFolder ? `${name}/` : name, isFolder };
      })
      .sort((a, b) => (a.sortKey < b.sortKey ? -1 : 1));
  } catch (error) {
    if (meansAbsent(error)) return [];
    const failure = fileFailure("files", "a folder", error);
    if (failure.code === "forbidden" && !isFirst) return [];
    throw failure;
  }
}
