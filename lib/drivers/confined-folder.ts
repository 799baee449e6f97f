import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, lstat, open, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
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
    if (real.startsWith(root.endsWith(sep) ? root : root + sep)) return null;
  } catch (error) {
    if (meansAbsent(error)) return null;
    throw fileFailure(engine, "a file", error);
  }
  throw new AppError("forbidden", `${engine}: a link on this path leaves the folder that the source shows`, {
    remedy: "Links are not followed; put the file itself into the folder.",
  });
}

/**
 * Opens a regular file below `root`. The path is checked after opening, and the open file must be the one that the path names then:
 * so a folder that is swapped for a link meanwhile cannot lead elsewhere. FIFOs and devices are never opened.
 */
export async function openRegularFile(
  engine: string,
  root: string,
  segments: readonly string[],
): Promise<{ file: FileHandle; stats: BigIntStats } | null> {
  const full = await resolveBelow(engine, root, segments);
  if (full === null) return null;
  let file: FileHandle | undefined;
  try {
    if (!(await lstat(full)).isFile()) return null;
    file = await open(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = await file.stat({ bigint: true });
    const unchanged = (await resolveBelow(engine, root, segments)) === full;
    const named = unchanged ? await lstat(full, { bigint: true }) : null;
    if (named?.isFile() && stats.dev === named.dev && stats.ino === named.ino) {
      const opened = { file, stats };
      file = undefined;
      return opened;
    }
    return null;
  } catch (error) {
    if (meansAbsent(error)) return null;
    throw fileFailure(engine, "a file", error);
  } finally {
    await file?.close();
  }
}

function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
