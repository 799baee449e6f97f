import { constants, existsSync } from "node:fs";
import { type FileHandle, lstat, mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { isOpenBelow, meansAbsent, resolveBelow } from "../confined-folder.ts";
import { hasCode } from "./change-failures.ts";

/** The place of a name in a folder that is held open. */
export type InFolder = (name: string) => string;

/** Where the system shows open files as paths: what is done through one happens in this very folder, whatever its own path leads to by then. */
const openFiles = existsSync("/proc/self/fd") ? "/proc/self/fd" : null;

/**
 * Holds a folder below `root` open for the time of `use`; `null` when there is none that is reached without a link. Throws `forbidden` when a
 * link leads out of the root, and system errors as they are.
 */
export async function inHeldFolder<Answer>(
  root: string,
  segments: readonly string[],
  use: (at: InFolder, folder: FileHandle) => Promise<Answer>,
): Promise<Answer | null> {
  const full = join(root, ...segments);
  const folder = await openFolder(full);
  if (folder === null) {
    await resolveBelow("files", root, segments);
    return null;
  }
  try {
    if ((await resolveBelow("files", root, segments)) !== full) return null;
    const [held, named] = await Promise.all([folder.stat({ bigint: true }), lstat(full, { bigint: true })]);
    if (held.dev !== named.dev || held.ino !== named.ino || !(await isOpenBelow(root, folder.fd))) return null;
    const base = openFiles === null ? full : join(openFiles, String(folder.fd));
    return await use((name) => join(base, name), folder);
  } finally {
    await folder.close();
  }
}

/** Makes the folders of a path that are not there, each in the one above it, which is held meanwhile. */
export async function makeFoldersBelow(root: string, segments: readonly string[], mode = 0o777): Promise<void> {
  for (const [depth, name] of segments.entries()) {
    await inHeldFolder(root, segments.slice(0, depth), async (at) => {
      await mkdir(at(name), { mode }).catch(unlessThere);
    });
  }
}

function unlessThere(error: unknown): void {
  if (!hasCode(error, "EEXIST")) throw error;
}

async function openFolder(full: string): Promise<FileHandle | null> {
  try {
    return await open(full, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    if (meansAbsent(error)) return null;
    throw error;
  }
}
