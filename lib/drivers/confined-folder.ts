import { type BigIntStats, closeSync, constants, fstat, open, read } from "node:fs";
import { lstat, readlink, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { promisify } from "node:util";
import { AppError, isAppError } from "../domain/errors.ts";

const absent = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP", "EISDIR", "ENXIO"]);

/** True for the system errors that mean "there is no such file". */
export function meansAbsent(error: unknown): boolean {
  return absent.has(systemCode(error));
}

/** A system error in the product's words; the path of the server stays out of it. */
export function fileFailure(engine: string, subject: string, error: unknown): AppError {
  if (isAppError(error)) return error;
  const code = systemCode(error);
  if (code === "EACCES" || code === "EPERM") {
    return new AppError("forbidden", `${engine}: the server may not read ${subject}`, {
      remedy: "Give the user who runs the server the right to read it.",
      cause: error,
    });
  }
  return new AppError("source_unavailable", `${engine}: ${subject} cannot be read (${code || "unknown error"})`, {
    remedy: "Check the disk or the network share; it is tried again by itself.",
    cause: error,
  });
}

/** The folder with all links resolved. Throws `source_unavailable` while it is gone. */
export async function resolveRoot(engine: string, folder: string): Promise<string> {
  try {
    const root = await realpath(folder);
    if ((await lstat(root)).isDirectory()) return root;
  } catch (error) {
    if (!meansAbsent(error)) throw fileFailure(engine, "the folder", error);
  }
  throw new AppError("source_unavailable", `${engine}: the folder is gone`, {
    remedy: "Put the folder back or correct the path; it is found again by itself.",
  });
}

/**
 * The full path of something below `root` that is reached without any link; `null` when nothing is there or a link lies on the way.
 * Throws `forbidden` when a link leads out of the root.
 */
export async function resolveBelow(engine: string, root: string, segments: readonly string[]): Promise<string | null> {
  const full = join(root, ...segments);
  try {
    const real = await realpath(full);
    if (real === full) return full;
    if (isBelow(root, real)) return null;
  } catch (error) {
    if (meansAbsent(error)) return null;
    throw fileFailure(engine, "a file", error);
  }
  throw new AppError("forbidden", `${engine}: a link on this path leaves the folder that the source shows`, {
    remedy: "Links are not followed; put the file itself into the folder.",
  });
}

/**
 * False for an open file that lies outside `root`, where the system tells (Linux): a folder that keeps being swapped for a link can be another one at
 * each look at its path, but not what is open.
 */
export async function isOpenBelow(root: string, descriptor: number): Promise<boolean> {
  try {
    const place = await readlink(`/proc/self/fd/${descriptor}`);
    return place === root || isBelow(root, place);
  } catch (error) {
    if (meansAbsent(error)) return true;
    throw error;
  }
}

function isBelow(root: string, path: string): boolean {
  return path.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** A regular file that is open for reading. */
export interface OpenFile {
  stats: BigIntStats;
  /** Fills a buffer from a position on; the number of bytes read, fewer only at the end of the file. */
  read(into: Buffer, position: number): Promise<number>;
}

/**
 * Opens a regular file below `root` for the time of `use`; `null` when there is none. The path is checked after opening, and the open file
 * must be the one that the path names then and lie below the root: so a folder that is swapped for a link meanwhile cannot lead elsewhere. FIFOs and
 * devices are never opened.
 */
export async function withRegularFile<Answer>(
  engine: string,
  root: string,
  segments: readonly string[],
  use: (file: OpenFile) => Promise<Answer>,
): Promise<Answer | null> {
  const full = join(root, ...segments);
  let descriptor: number | undefined;
  try {
    if (!(await lstat(full)).isFile()) {
      // Throws when what is no file is a link that leads out.
      await resolveBelow(engine, root, segments);
      return null;
    }
    descriptor = await openFile(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = await statFile(descriptor, { bigint: true });
    if ((await resolveBelow(engine, root, segments)) !== full) return null;
    const named = await lstat(full, { bigint: true });
    if (!named.isFile() || stats.dev !== named.dev || stats.ino !== named.ino) return null;
    if (!(await isOpenBelow(root, descriptor))) return null;
    return await use({ stats, read: readerOf(descriptor) });
  } catch (error) {
    if (meansAbsent(error)) return null;
    throw fileFailure(engine, "a file", error);
  } finally {
    // At once and in this thread: it drops the locks that this process holds on the file, which may be a SQLite database (sqlite/look-at-file.ts).
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

const openFile = promisify(open);
const statFile = promisify(fstat) as (descriptor: number, options: { bigint: true }) => Promise<BigIntStats>;
const readFile = promisify(read);

function readerOf(descriptor: number): OpenFile["read"] {
  return async (into, position) => {
    let filled = 0;
    while (filled < into.length) {
      const { bytesRead } = await readFile(descriptor, into, filled, into.length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled;
  };
}

function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
