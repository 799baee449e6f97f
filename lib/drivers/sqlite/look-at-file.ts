import { type BigIntStats, closeSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import { basename } from "node:path";
import { AppError } from "../../domain/errors.ts";
import { fileFailure, meansAbsent } from "../confined-folder.ts";
import { isSettled } from "../is-settled.ts";

/** What the files of a database say without opening it: layout of the header: https://www.sqlite.org/fileformat2.html#the_database_header */
export interface DatabaseFile {
  /** Path with links resolved: SQLite puts `-wal` and `-shm` beside the real file. */
  path: string;
  /** Short name for messages. */
  name: string;
  /** Same as long as it is the same file. */
  identity: string;
  /** Changes with every commit of any process, once the file is settled. */
  stamp: string;
  /** Changes while a writer with a rollback journal is at work. */
  journalStamp: string;
  /** False just after a change: another one might leave the stamp as it is. */
  isSettled: boolean;
  bytes: number;
  /** Bytes that the header promises; more than `bytes` in a truncated file. */
  promisedBytes: number;
  isWal: boolean;
  /** `null` without a `-wal` file. */
  walBytes: number | null;
  hasSharedMemory: boolean;
}

const headerBytes = 100;
const magic = "SQLite format 3\0";

/**
 * Looks at a database's files. Throws `source_unavailable` when it is gone, `unsupported` when it is no SQLite file.
 *
 * Works without a pause on purpose, and never opens the `-shm` file: closing a file drops all locks that this process holds on it, SQLite's
 * own among them (https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_), after
 * which another process may cut the shared memory off under a reading connection and so end this process. As connections too are opened
 * and closed without a pause, the two can never meet.
 */
export function lookAtFile(location: string): DatabaseFile {
  const name = basename(location);
  try {
    const path = realpathSync.native(location);
    const stats = statSync(path, { bigint: true });
    if (!stats.isFile()) throw notADatabase(name, "it is a folder or a device");
    const header = readHeader(path);
    if (header.length > 0 && header.toString("latin1", 0, magic.length) !== magic.slice(0, header.length)) {
      throw notADatabase(name, "it begins otherwise than a SQLite file does");
    }
    const [wal, journal, sharedMemory] = ["-wal", "-journal", "-shm"].map((suffix) => statIfPresent(path + suffix));
    const identity = `${stats.dev}:${stats.ino}:${stats.birthtimeNs}`;
    const changeCounter = header.toString("hex", 24, 28);
    return {
      path,
      name,
      identity,
      stamp: [identity, stampOf(stats), stampOf(wal), sharedMemory?.ino, changeCounter].join("|"),
      journalStamp: stampOf(journal),
      isSettled: isSettled(stats.mtimeNs) && (!wal || isSettled(wal.mtimeNs)),
      bytes: Number(stats.size),
      promisedBytes: promisedBytes(header),
      isWal: header[18] === 2,
      walBytes: wal ? Number(wal.size) : null,
      hasSharedMemory: sharedMemory !== undefined,
    };
  } catch (error) {
    throw meansAbsent(error) ? gone(name) : fileFailure("sqlite", name, error);
  }
}

function readHeader(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    const header = Buffer.alloc(headerBytes);
    return header.subarray(0, readSync(file, header, 0, headerBytes, 0));
  } finally {
    closeSync(file);
  }
}

function statIfPresent(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}

function stampOf(stats: BigIntStats | undefined): string {
  return stats ? `${stats.ino}:${stats.size}:${stats.mtimeNs}` : "";
}

function promisedBytes(header: Buffer): number {
  // The page count holds only when the two change counters agree; older writers left it alone.
  if (header.length < headerBytes || header.readUInt32BE(24) !== header.readUInt32BE(92)) return 0;
  const pageSize = header.readUInt16BE(16);
  return header.readUInt32BE(28) * (pageSize === 1 ? 65_536 : pageSize);
}

function gone(name: string): AppError {
  return new AppError("source_unavailable", `sqlite ${name}: the file is gone`, {
    remedy: "Put the file back or correct the path; it is found again by itself.",
  });
}

function notADatabase(name: string, why: string): AppError {
  return new AppError("unsupported", `sqlite ${name}: not a SQLite file: ${why}`, {
    remedy: "Name the database file itself.",
  });
}
