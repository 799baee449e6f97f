import { accessSync, constants } from "node:fs";
import { dirname } from "node:path";
import { AppError, isAppError } from "../../domain/errors.ts";
import { databaseFailure, meansFull, meansNoWriteRight } from "./database-failure.ts";
import type { DatabaseFile } from "./look-at-file.ts";

/** A failure to change a database in the product's words: what hinders a change is not what hinders reading. */
export function changeFailure(file: DatabaseFile, error: unknown): AppError {
  if (isAppError(error)) return error;
  if (meansNoWriteRight(error)) return noWriteRight(file, error);
  if (meansFull(error)) {
    return new AppError("source_unavailable", `sqlite ${file.name}: the disk is full`, {
      remedy: "Free some space, then ask again: nothing was changed.",
      cause: error,
    });
  }
  return databaseFailure(file, error);
}

/** Throws `forbidden` where file and folder may not be written: SQLite finds that out only when it has left its journals there. */
export function requireWriteRight(file: DatabaseFile): void {
  try {
    accessSync(file.path, constants.W_OK);
    accessSync(dirname(file.path), constants.W_OK);
  } catch (error) {
    throw noWriteRight(file, error);
  }
}

function noWriteRight(file: DatabaseFile, cause: unknown): AppError {
  return new AppError("forbidden", `sqlite ${file.name}: the server may not write the file or its folder`, {
    remedy: "Give the user who runs the server the right to write both: SQLite keeps its journal beside the file.",
    cause,
  });
}

/** The file at the path is another one than what was read. */
export function fileReplaced(file: DatabaseFile): AppError {
  return new AppError("conflict", `sqlite ${file.name}: the file was replaced meanwhile`, {
    remedy: "Look at what the new file holds, then ask again.",
  });
}

/** The table is no longer what it was when the row was set aside. */
export function rowUnfit(file: DatabaseFile, cause: unknown): AppError {
  const why = cause instanceof Error ? cause.message : "unknown error";
  return new AppError("unsupported", `sqlite ${file.name}: the table does not take this row any more (${why})`, {
    remedy: "Put back the table as it was, or run again what made the row.",
    cause,
  });
}
