import { isUtf8 } from "node:buffer";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileFailure, meansAbsent, resolveBelow } from "../confined-folder.ts";
import type { TreeEntry } from "../walk-tree.ts";

/**
 * A folder's regular files and sub-folders; none when it is not there. Links, devices and names that are not UTF-8 are left out.
 * A folder that the server may not read is an error when it was `askedFor` by name, else it is left out too.
 */
export async function readFolder(root: string, folder: readonly string[], askedFor: boolean): Promise<TreeEntry[]> {
  try {
    const full = join(root, ...folder);
    const found = await readdir(full, { withFileTypes: true, encoding: "buffer" });
    // Reached through a link, or swapped for one while it was read: what was read may be another folder's.
    if ((await resolveBelow("files", root, folder)) !== full) return [];
    return found
      .filter((entry) => (entry.isFile() || entry.isDirectory()) && isUtf8(entry.name))
      .map((entry) => ({ name: entry.name.toString(), isFolder: entry.isDirectory() }));
  } catch (error) {
    if (meansAbsent(error)) return [];
    const failure = fileFailure("files", "a folder", error);
    if (failure.code === "forbidden" && !askedFor) return [];
    throw failure;
  }
}
