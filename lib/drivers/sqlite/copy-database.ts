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

const tries = 5;

/**
 * Copies a database with its journals to a private folder, for files that SQLite cannot open where they are without creating
 * something beside them. A copy during which the original changed is thrown away: it could mix two states.
 */
export async function copyDatabase(location: string): Promise<DatabaseCopy> {
  for (let attempt = 0; attempt < tries; attempt++) {
    const before = await lookAtFile(location);
    await requireSpace(before);
    const folder = await mkdtemp(join(tmpdir(), "trialdeck-sqlite-"));
    const remove = () => rm(folder, { recursive: true, force: true });
    try {
      const path = join(folder, "copy.db");
      await copyFile(before.path, path, constants.COPYFILE_FICLONE);
      for (const suffix of ["-wal", "-journal"]) await copyIfPresent(before.path + suffix, path + suffix);
      const after = await lookAtFile(location);
      if (after.stamp === before.stamp && after.journalStamp === before.journalStamp) {
        return { path, stamp: before.stamp, remove };
      }
      await remove();
    } catch (error) {
      await remove();
      throw meansAbsent(error) ? error : fileFailure("sqlite", `${before.name} or its -wal file`, error);
    }
  }
  throw new AppError("source_timeout", "sqlite: the database changes faster than it can be copied", {
    remedy: "Give the server write right to the database's folder, so that it can be read where it is.",
  });
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
  if ((file.bytes + file.walBytes) * 2 < bavail * bsize) return;
  throw new AppError("source_unavailable", `sqlite ${file.name}: too little temporary space to read it from a copy`, {
    remedy: "Give the server write right to the database's folder, or set TMPDIR to a larger disk.",
    details: { bytes: file.bytes + file.walBytes },
  });
}
