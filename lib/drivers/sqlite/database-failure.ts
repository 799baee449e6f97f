import { AppError, isAppError } from "../../domain/errors.ts";
import type { DatabaseFile } from "./look-at-file.ts";

/** Primary result codes: https://www.sqlite.org/rescode.html */
const result = {
  error: 1,
  busy: 5,
  locked: 6,
  readOnly: 8,
  inputOutput: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  mismatch: 20,
  auth: 23,
  notADatabase: 26,
};

/**
 * Extended codes: READONLY for want of recovery (264), of a lock (520), of a rollback (776), of an index (1288) or of a folder's rights (1544);
 * IOERR at locking (3850) or at the shared memory (4618, 4874, 5130, 5386).
 */
const unreachable = new Set([264, 520, 776, 1288, 1544, 3850, 4618, 4874, 5130, 5386]);

/** True while another connection holds a lock: worth another try. */
export function meansBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === result.busy || code === result.locked;
}

/** True where SQLite lacks a right or a file beside the database, so that a private copy may still be read. */
export function meansUnreachable(error: unknown): boolean {
  return resultCode(error) === result.cannotOpen || unreachable.has(extendedCode(error) ?? 0);
}

/** True where the file, its journal or its folder may not be written. */
export function meansNoWriteRight(error: unknown): boolean {
  const code = resultCode(error);
  return code === result.readOnly || code === result.cannotOpen;
}

/** True where the disk has no room for the change. */
export function meansFull(error: unknown): boolean {
  return resultCode(error) === result.full;
}

/** True where a table does not take a row: other columns, or a rule that it breaks. */
export function meansUnfit(error: unknown): boolean {
  const code = resultCode(error);
  return code === result.error || code === result.constraint || code === result.mismatch;
}

/** True where a commit may or may not have reached the disk. */
export function leavesInDoubt(error: unknown): boolean {
  return resultCode(error) === result.inputOutput;
}

/** A failure of SQLite in the product's words. */
export function databaseFailure(file: DatabaseFile, error: unknown): AppError {
  if (isAppError(error)) return error;
  const subject = `sqlite ${file.name}`;
  switch (resultCode(error)) {
    case result.busy:
    case result.locked:
      return new AppError("source_timeout", `${subject}: a writer keeps the database locked`, {
        remedy: "Wait until the writer has finished; it is tried again by itself.",
        cause: error,
      });
    case result.corrupt:
      return file.bytes < file.promisedBytes ? truncated(subject, file, error) : damaged(subject, error);
    case result.notADatabase:
      return new AppError("unsupported", `${subject}: not a SQLite file, or an encrypted one`, {
        remedy: "Name an unencrypted SQLite database.",
        cause: error,
      });
    case result.readOnly:
    case result.auth:
      return new AppError("forbidden", `${subject}: only reading is allowed`, {
        remedy: "Use a SELECT statement.",
        cause: error,
      });
    case result.error:
      return new AppError("unsupported", `${subject}: the statement does not fit this database (${messageOf(error)})`, {
        remedy: "Check that the file was written by the system that the source's layout names.",
        cause: error,
      });
    default:
      return new AppError("source_unavailable", `${subject}: cannot be read (${messageOf(error)})`, {
        remedy: "Check the file, its rights and its disk; it is tried again by itself.",
        cause: error,
      });
  }
}

function truncated(subject: string, file: DatabaseFile, cause: unknown): AppError {
  return new AppError("source_unavailable", `${subject}: the file is cut off`, {
    remedy: "Copy the whole file again, together with its -wal file.",
    details: { bytes: file.bytes, promisedBytes: file.promisedBytes },
    cause,
  });
}

function damaged(subject: string, cause: unknown): AppError {
  return new AppError("source_unavailable", `${subject}: the database is damaged`, {
    remedy: "Restore it from a backup, or save what is left with the sqlite3 command .recover.",
    cause,
  });
}

function resultCode(error: unknown): number | null {
  const code = extendedCode(error);
  return code === null ? null : code & 0xff;
}

function extendedCode(error: unknown): number | null {
  const code = error instanceof Error && "errcode" in error ? error.errcode : null;
  return typeof code === "number" ? code : null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "unknown error";
}
