import { constants } from "node:fs";
import { copyFile, mkdtemp, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../../domain/errors.ts";
import { fileFailure, meansAbsent } from "../confined-folder.ts";
import { type DatabaseFile, lookAtFile } from "./look-at-file.ts";

export interface DatabaseCopy {
  path: string;
  /** Stamp of the original when it was copied. */
  stamp: string;
  remove(): Promise<void>;
}

/**
 * Copies a database with its journals to a private folder, for files that SQLite cannot open where they are without creating
 * something beside them. `null` when the original changed meanwhile: the copy could mix two states.
 */
export async function copyDatabase(location: string): Promise<DatabaseCopy | null> {
  const before = lookAtFile(location);
  await requireSpace(before);
  const folder = await mkdtemp(join(tmpdir(), "trialdeck-sqlite-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const path = join(folder, "copy.db");
    await copyFile(before.path, path, constants.COPYFILE_FICLONE);
    for (const suffix of ["-wal", "-journal"]) await copyIfPresent(before.path + suffix, path + suffix);
    const after = lookAtFile(location);
    if (after.stamp === before.stamp && after.journalStamp === before.journalStamp) {
      return { path, stamp: before.stamp, remove };
    }
    await remove();
    return null;
  } catch (error) {
    await remove();
    throw fileFailure("sqlite", `${before.name} or its -wal file`, error);
  }
}

async function copyIfPresent(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  } catch (error) {
    if (!meansAbsent(error)) throw error;
  }
}

async function requireSpace(file: DatabaseFile): Promise<void> {
  const { bavail, bsize } = await statfs(tmpdir());
  if ((file.bytes + (file.walBytes ?? 0)) * 2 < bavail * bsize) return;
  throw new AppError("source_unavailable", `sqlite ${file.name}: too little temporary space to read it from a copy`, {
    remedy: "Give the server write right to the database's folder, or set TMPDIR to a larger disk.",
    details: { bytes: file.bytes + (file.walBytes ?? 0) },
  });
}
