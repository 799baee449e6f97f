import { open, realpath, stat } from "node:fs/promises";
import { basename } from "node:path";
import { AppError } from "../../domain/errors.ts";
import { fileFailure, meansAbsent } from "../confined-folder.ts";

/** What the files of a database say without opening it: layout of the header: https://www.sqlite.org/fileformat2.html#the_database_header */
export interface DatabaseFile {
  /** Path with links resolved: SQLite puts `-wal` and `-shm` beside the real file. */
  path: string;
  /** Short name for messages. */
  name: string;
  /** Same as long as it is the same file. */
  identity: string;
  /** Changes with every commit of any process. */
  stamp: string;
  /** Changes while a writer with a rollback journal is at work. */
  journalStamp: string;
  bytes: number;
  /** Bytes that the header promises; more than `bytes` in a truncated file. */
  promisedBytes: number;
  isWal: boolean;
  walBytes: number;
  hasSharedMemory: boolean;
}

const headerBytes = 100;
/** Both copies of the write-ahead index's header: they hold the number of the last commit. */
const sharedMemoryBytes = 96;
const magic = "SQLite format 3\0";

/** Looks at a database's files. Throws `source_unavailable` when it is gone, `unsupported` when it is no SQLite file. */
export async function lookAtFile(location: string): Promise<DatabaseFile> {
  const name = basename(location);
  try {
    const path = await realpath(location);
    const stats = await stat(path, { bigint: true });
    if (!stats.isFile()) throw notADatabase(name, "it is a folder or a device");
    const header = await readStart(path, headerBytes);
    if (header === null) throw gone(name);
    if (header.length > 0 && header.toString("latin1", 0, magic.length) !== magic.slice(0, header.length)) {
      throw notADatabase(name, "it begins otherwise than a SQLite file does");
    }
    const [wal, journal, sharedMemory] = await Promise.all([
      stampOf(`${path}-wal`),
      stampOf(`${path}-journal`),
      readStart(`${path}-shm`, sharedMemoryBytes).catch(() => null),
    ]);
    const identity = `${stats.dev}:${stats.ino}:${stats.birthtimeNs}`;
    const counters = `${header.toString("latin1", 24, 28)}|${sharedMemory?.toString("latin1") ?? ""}`;
    return {
      path,
      name,
      identity,
      stamp: [identity, stats.size, stats.mtimeNs, wal.stamp, counters].join("|"),
      journalStamp: journal.stamp,
      bytes: Number(stats.size),
      promisedBytes: promisedBytes(header),
      isWal: header[18] === 2,
      walBytes: wal.bytes,
      hasSharedMemory: sharedMemory !== null,
    };
  } catch (error) {
    throw meansAbsent(error) ? gone(name) : fileFailure("sqlite", name, error);
  }
}

async function readStart(path: string, length: number): Promise<Buffer | null> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (meansAbsent(error)) return null;
    throw error;
  }
}

async function stampOf(path: string): Promise<{ stamp: string; bytes: number }> {
  try {
    const stats = await stat(path, { bigint: true });
    return { stamp: `${stats.ino}:${stats.size}:${stats.mtimeNs}`, bytes: Number(stats.size) };
  } catch (error) {
    if (meansAbsent(error)) return { stamp: "", bytes: 0 };
    throw error;
  }
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
