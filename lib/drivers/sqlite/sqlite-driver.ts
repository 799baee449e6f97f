import { resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import type { SqlDriver, SqlRow, SqlValue } from "../../contracts/driver.ts";
import { AppError } from "../../domain/errors.ts";
import { watchByPolling } from "../watch-by-polling.ts";
import { copyDatabase, type DatabaseCopy } from "./copy-database.ts";
import { databaseFailure, meansBusy, meansUnreachable } from "./database-failure.ts";
import { type DatabaseFile, lookAtFile } from "./look-at-file.ts";
import { chooseWay, openDatabase, type ReadingWay } from "./open-database.ts";
import { readRows } from "./read-rows.ts";

export interface SqliteOptions {
  /** The database file. It is never created and never written, and nothing is created beside it. */
  path: string;
  /** Milliseconds that a question waits for a writer's lock. */
  busyMs?: number;
  /** Milliseconds between two looks of `watch`. */
  watchEveryMs?: number;
}

interface Connection {
  database: DatabaseSync;
  way: ReadingWay;
  file: DatabaseFile;
}

/**
 * Milliseconds that a connection stays open without questions. Short, because the last connection of a writer tidies up the `-wal` file
 * only when no reader is left.
 */
const idleMs = 500;
const retryMs = 20;
/** For so long a file that could not be opened where it is is read from a copy, before that is tried again. */
const unreachableMs = 60_000;

/** A SQLite file, read only. Opening throws when it is not there or none; later a lost file is found again by itself. */
export async function openSqliteDriver(options: SqliteOptions): Promise<SqlDriver> {
  const location = resolve(options.path);
  await lookAtFile(location);
  const life = new AbortController();
  let connection: Connection | null = null;
  let copy: DatabaseCopy | null = null;
  /** A file that SQLite could not reach where it is. */
  let unreachable: { identity: string; until: number } | null = null;
  let idle: NodeJS.Timeout | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  function disconnect() {
    clearTimeout(idle);
    connection?.database.close();
    connection = null;
  }

  function isUnreachable(file: DatabaseFile): boolean {
    return unreachable?.identity === file.identity && performance.now() < unreachable.until;
  }

  async function refreshCopy(stamp: string): Promise<string> {
    if (copy?.stamp !== stamp) {
      const outdated = copy;
      copy = null;
      await outdated?.remove();
      copy = await copyDatabase(location);
    }
    return copy.path;
  }

  async function connect(): Promise<Connection> {
    const file = await lookAtFile(location);
    const way = isUnreachable(file) ? "copy" : chooseWay(file);
    const isSame = way === "live" ? connection?.file.identity === file.identity : connection?.file.stamp === file.stamp;
    if (connection?.way === way && isSame) return connection;
    disconnect();
    try {
      const path = way === "copy" ? await refreshCopy(file.stamp) : file.path;
      connection = { database: await openDatabase(path, way), way, file };
      return connection;
    } catch (error) {
      throw new ReadFailure(file, way, error);
    }
  }

  /** What was read without locks counts only if nothing was written meanwhile, be it an answer or a failure. */
  async function isTorn(file: DatabaseFile, way: ReadingWay): Promise<boolean> {
    return way === "still" && (await lookAtFile(location)).stamp !== file.stamp;
  }

  async function askOnce<Answer>(ask: (database: DatabaseSync) => Answer): Promise<Answer | typeof changedMeanwhile> {
    const { database, way, file } = await connect();
    try {
      const answer = ask(database);
      return (await isTorn(file, way)) ? changedMeanwhile : answer;
    } catch (error) {
      disconnect();
      if (await isTorn(file, way)) return changedMeanwhile;
      throw new ReadFailure(file, way, error);
    }
  }

  async function askPatiently<Answer>(ask: (database: DatabaseSync) => Answer, until: number): Promise<Answer> {
    for (;;) {
      try {
        const answer = await askOnce(ask);
        if (answer !== changedMeanwhile) return answer;
        if (performance.now() > until) throw changesTooFast();
      } catch (error) {
        if (!(error instanceof ReadFailure)) throw error;
        const { file, way, cause } = error;
        if (way === "live" && meansUnreachable(cause)) {
          unreachable = { identity: file.identity, until: performance.now() + unreachableMs };
        } else if (!meansBusy(cause) || performance.now() > until) throw databaseFailure(await lookAgain(file), cause);
      }
      await sleep(retryMs);
    }
  }

  /** One question after the other: a connection is opened and closed by nobody else meanwhile. */
  function ask<Answer>(question: (database: DatabaseSync) => Answer): Promise<Answer> {
    const until = performance.now() + (options.busyMs ?? 1_000);
    const answer = queue.then(async () => {
      if (life.signal.aborted) throw closed();
      clearTimeout(idle);
      try {
        return await askPatiently(question, until);
      } finally {
        idle = setTimeout(disconnect, idleMs).unref();
      }
    });
    queue = answer.catch(() => undefined);
    return answer;
  }

  /** A cut-off file may have been whole when its connection was opened. */
  const lookAgain = (file: DatabaseFile) => lookAtFile(location).catch(() => file);

  return {
    kind: "sql",
    engine: "sqlite",
    location,
    identity: async () => (await lookAtFile(location)).identity,
    tables: () => ask(readTables),
    query<Row extends SqlRow>(sql: string, parameters: readonly SqlValue[] = []) {
      return ask((database) => readRows(database, sql, parameters) as Row[]);
    },
    async watch(onChange) {
      const stamp = async () => (await lookAtFile(location)).stamp;
      return watchByPolling(
        stamp,
        { everyMs: options.watchEveryMs ?? 500 },
        () => onChange({ keys: null }),
        life.signal,
      );
    },
    async close() {
      life.abort();
      await queue;
      disconnect();
      await copy?.remove();
      copy = null;
    },
  };
}

const changedMeanwhile = Symbol("changed meanwhile");

/** A failure with the file it befell, until it is known whether another way can be tried. */
class ReadFailure extends Error {
  readonly file: DatabaseFile;
  readonly way: ReadingWay;

  constructor(file: DatabaseFile, way: ReadingWay, cause: unknown) {
    super("read failure", { cause });
    this.file = file;
    this.way = way;
  }
}

function readTables(database: DatabaseSync): { name: string; columns: string[] }[] {
  const listed =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid";
  return readRows(database, `${listed} LIMIT 10000`, []).map((row) => {
    const name = String(row.name);
    return { name, columns: readColumns(database, name) };
  });
}

function readColumns(database: DatabaseSync, table: string): string[] {
  try {
    return readRows(database, "SELECT name FROM pragma_table_info(?) ORDER BY cid", [table]).map((row) =>
      String(row.name),
    );
  } catch (error) {
    // A virtual table of a module that is not loaded here has no columns to show.
    if (!meansBusy(error) && error instanceof Error && error.message.startsWith("no such module")) return [];
    throw error;
  }
}

function changesTooFast(): AppError {
  return new AppError("source_timeout", "sqlite: the database keeps changing while it is read", {
    remedy: "It is tried again by itself.",
  });
}

function closed(): AppError {
  return new AppError("source_unavailable", "sqlite: the source is closed", { remedy: "Open the source again." });
}
