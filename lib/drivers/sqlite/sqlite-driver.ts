import { resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import type { SqlDriver, SqlRow, SqlValue } from "../../contracts/driver.ts";
import { AppError } from "../../domain/errors.ts";
import { watchByPolling } from "../watch-by-polling.ts";
import { copyDatabase, type DatabaseCopy } from "./copy-database.ts";
import { databaseFailure, meansBusy, meansUnreachable } from "./database-failure.ts";
import { type DatabaseFile, lookAtFile } from "./look-at-file.ts";
import type { ReadingWay } from "./open-database.ts";
import { readRows } from "./read-rows.ts";
import { readTables } from "./read-tables.ts";

export interface SqliteOptions {
  /** The database file. It is never created, and reading neither writes it nor creates anything beside it. */
  path: string;
  /** Gives it `changes`. Without, it is only read. */
  mayChange?: boolean;
  /** Milliseconds that a question waits for a writer's lock. */
  busyMs?: number;
  /** Milliseconds between two looks of `watch`. */
  watchEveryMs?: number;
}

/** A change waits longer than a question: it is asked once, and by a person. */
const changeBusyMs = 5_000;
const retryMs = 20;
const breathMs = 20;
/** For so long a file that could not be opened where it is is read from a copy, before that is tried again. */
const unreachableMs = 60_000;

/** A SQLite file. Opening throws when it is not there or none; later a lost file is found again by itself. */
export async function openSqliteDriver(options: SqliteOptions): Promise<SqlDriver> {
  const { chooseWay, askDatabase } = await loadSqlite();
  const changing = options.mayChange ? await import("./sqlite-changes.ts") : null;
  const location = resolve(options.path);
  lookAtFile(location);
  const life = new AbortController();
  let copy: DatabaseCopy | null = null;
  /** A file that SQLite could not reach where it is. */
  let unreachable: { identity: string; until: number } | null = null;
  let queue: Promise<unknown> = Promise.resolve();
  let breathedAt = 0;

  function wayTo(file: DatabaseFile): ReadingWay {
    const isUnreachable = unreachable?.identity === file.identity && performance.now() < unreachable.until;
    return isUnreachable ? "copy" : chooseWay(file);
  }

  async function refreshCopy(stamp: string): Promise<string | null> {
    if (copy?.stamp !== stamp) {
      const outdated = copy;
      copy = null;
      await outdated?.remove();
      copy = await copyDatabase(location);
    }
    return copy?.path ?? null;
  }

  /** One attempt. What was read without locks counts only if nothing was written meanwhile, be it an answer or a failure. */
  async function askOnce<Answer>(question: (database: DatabaseSync) => Answer): Promise<Answer | Setback> {
    let file = lookAtFile(location);
    const way = wayTo(file);
    if (way !== "live" && !file.isSettled) return { file, way, cause: null };
    const path = way === "copy" ? await refreshCopy(file.stamp) : file.path;
    if (path === null) return { file, way, cause: null };
    try {
      const answer = askDatabase(path, way, question);
      if (way !== "still" || lookAtFile(location).stamp === file.stamp) return answer;
      return { file, way, cause: null };
    } catch (cause) {
      const { stamp } = file;
      file = lookAtFile(location);
      return { file, way, cause: way === "still" && file.stamp !== stamp ? null : cause };
    }
  }

  async function askPatiently<Answer>(question: (database: DatabaseSync) => Answer, until: number): Promise<Answer> {
    for (;;) {
      const answer = await askOnce(question);
      if (!isSetback(answer)) return answer;
      const { file, way, cause } = answer;
      if (way === "live" && meansUnreachable(cause)) {
        unreachable = { identity: file.identity, until: performance.now() + unreachableMs };
      } else if (cause !== null && !meansBusy(cause)) {
        throw databaseFailure(file, cause);
      } else if (performance.now() > until) {
        throw cause === null ? changesTooFast(file) : databaseFailure(file, cause);
      }
      await sleep(retryMs);
    }
  }

  /** Questions asked one upon the other leave room for what else the thread is to do. */
  async function breathe(): Promise<void> {
    if (performance.now() - breathedAt < breathMs) return;
    await setImmediate();
    breathedAt = performance.now();
  }

  /** One question after the other, so that a copy is not removed while another question reads it. */
  function ask<Answer>(question: (database: DatabaseSync) => Answer): Promise<Answer> {
    const until = performance.now() + (options.busyMs ?? 1_000);
    const answer = queue.then(async () => {
      await breathe();
      if (life.signal.aborted) throw closed();
      return askPatiently(question, until);
    });
    queue = answer.catch(() => undefined);
    return answer;
  }

  return {
    kind: "sql",
    engine: "sqlite",
    location,
    ...(changing && { changes: changing.sqliteChanges({ location, busyMs: options.busyMs ?? changeBusyMs, ask }) }),
    identity: async () => lookAtFile(location).identity,
    tables: () => ask(readTables),
    query<Row extends SqlRow>(sql: string, parameters: readonly SqlValue[] = []) {
      return ask((database) => readRows(database, sql, parameters) as Row[]);
    },
    async watch(onChange) {
      // Told once more when the file has come to rest, in case that it changed within the same tick of the clock.
      const look = async () => {
        const { stamp, isSettled } = lookAtFile(location);
        return stamp + isSettled;
      };
      const pace = { everyMs: options.watchEveryMs ?? 250 };
      return watchByPolling(look, pace, () => onChange({ keys: null }), life.signal);
    },
    async close() {
      life.abort();
      await queue;
      await copy?.remove();
      copy = null;
    },
  };
}

/** An attempt that gave no answer; without a cause, the file changed meanwhile. */
interface Setback {
  file: DatabaseFile;
  way: ReadingWay;
  cause: unknown;
}

function isSetback(answer: unknown): answer is Setback {
  return typeof answer === "object" && answer !== null && "way" in answer && "cause" in answer;
}

async function loadSqlite() {
  try {
    return await import("./open-database.ts");
  } catch (cause) {
    throw new AppError("unsupported", "sqlite: this Node has no node:sqlite", {
      remedy: "Run the server with Node 24.",
      cause,
    });
  }
}

function changesTooFast(file: DatabaseFile): AppError {
  return new AppError("source_timeout", `sqlite ${file.name}: the database keeps changing while it is read`, {
    remedy: "It is tried again by itself; give the server write right to its folder if that lasts.",
  });
}

function closed(): AppError {
  return new AppError("source_unavailable", "sqlite: the source is closed", { remedy: "Open the source again." });
}
