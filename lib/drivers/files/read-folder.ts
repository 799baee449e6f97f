import { isUtf8 } from "node:buffer";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileFailure, meansAbsent } from "../confined-folder.ts";
import { trashFolder } from "../trash.ts";
import type { TreeEntry } from "../walk-tree.ts";

/**
 * A folder's regular files and sub-folders; none when it is not there. Links, devices, names that are not UTF-8 and what was set aside are left out.
 * The folder itself may have been swapped for a link: whoever shows what was read asks `resolveBelow` afterwards.
 * A folder that the server may not read is an error when it was `askedFor` by name, else it is left out too.
 */
export async function readFolder(root: string, folder: readonly string[], askedFor: boolean): Promise<TreeEntry[]> {
  try {
    const found = await readdir(join(root, ...folder), { withFileTypes: true, encoding: "buffer" });
    return found
      .filter((entry) => (entry.isFile() || entry.isDirectory()) && isUtf8(entry.name))
      .map((entry) => ({ name: entry.name.toString(), isFolder: entry.isDirectory() }))
      .filter(({ name }) => name !== trashFolder);
  } catch (error) {
    if (meansAbsent(error)) return [];
    const failure = fileFailure("files", "a folder", error);
    if (failure.code === "forbidden" && !askedFor) return [];
    throw failure;
  }
}
