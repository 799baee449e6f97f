import type { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import type {
  PutBackOutcome,
  Receipt,
  SetAsideOutcome,
  SetAsideRequest,
  StoreChanges,
} from "../../contracts/changes.ts";
import { parseRowLocator } from "../../contracts/row-locator.ts";
import { type AppError, isAppError } from "../../domain/errors.ts";
import { changeFailure, fileReplaced, requireWriteRight, rowUnfit } from "./change-failure.ts";
import { leavesInDoubt, meansBusy, meansUnfit } from "./database-failure.ts";
import { type DatabaseFile, lookAtFile } from "./look-at-file.ts";
import { changeDatabase } from "./open-database.ts";
import { newRow, PlainTables, type StoredRow } from "./stored-row.ts";

export interface SqliteChangesOptions {
  location: string;
  /** Milliseconds that a change waits for a writer's lock. */
  busyMs: number;
  /** Asks the driver's reading connection. */
  ask<Answer>(question: (database: DatabaseSync) => Answer): Promise<Answer>;
}

type Read = { row: StoredRow | null } | { failure: AppError };
type Done<Outcome> = { outcomes: Outcome[] } | { failure: AppError; isInDoubt: boolean };

const retryMs = 20;

/**
 * Safe changes of a SQLite file: rows are read and kept first, then one immediate transaction compares each again and deletes it. The connection
 * that may write is open for that transaction alone, without a pause (`look-at-file.ts` tells why); nothing of ours is ever put into the file.
 */
export function sqliteChanges({ location, busyMs, ask }: SqliteChangesOptions): StoreChanges {
  const readAll = <Answer>(locators: readonly string[], answer: (read: Read) => Answer) =>
    ask((database) => {
      const tables = new PlainTables(database);
      return locators.map((locator) => answer(readOne(tables, locator)));
    });

  /** One transaction on the file that was looked at before, tried again while a writer holds the lock; never forced. */
  async function change<Outcome>(identity: string, work: (tables: PlainTables) => Outcome[]): Promise<Done<Outcome>> {
    const until = performance.now() + busyMs;
    for (;;) {
      const file = lookAtFile(location);
      if (file.identity !== identity) return { failure: fileReplaced(file), isInDoubt: false };
      try {
        requireWriteRight(file);
        const outcomes = changeDatabase(file.path, (database) => work(new PlainTables(database)));
        return isStill(location, identity) ? { outcomes } : { failure: fileReplaced(file), isInDoubt: true };
      } catch (error) {
        const isOver = !meansBusy(error) || performance.now() > until;
        if (isOver) return { failure: changeFailure(file, error), isInDoubt: leavesInDoubt(error) };
      }
      await sleep(retryMs);
    }
  }

  async function setAside(requests: readonly SetAsideRequest[], keep: (receipts: Receipt[]) => Promise<void>) {
    if (requests.length === 0) return [];
    const { identity } = lookAtFile(location);
    const found = await readAll(
      requests.map(({ locator }) => locator),
      (read) => read,
    );
    const receipts = requests.flatMap((request, index) => receiptOf(request, found[index]));
    if (receipts.length > 0) await keep(receipts);
    const wanted = new Set(receipts.map(({ id }) => id));
    const done =
      receipts.length === 0
        ? { outcomes: [] }
        : await change(identity, (tables) => receipts.map((receipt) => removeRow(tables, receipt)));
    const removed = new Map(receipts.map(({ id }, index) => [id, outcomeAt<SetAsideOutcome>(done, index)]));
    return requests.map(({ receiptId, token }, index) =>
      wanted.has(receiptId) ? (removed.get(receiptId) ?? { outcome: "gone" as const }) : judge(found[index], token),
    );
  }

  return {
    // Their contents are let go one by one.
    stat: (locators) =>
      readAll(locators, (read) => {
        if ("failure" in read) throw read.failure;
        return read.row && { token: read.row.token, bytes: read.row.bytes, expiresAt: null };
      }),
    setAside,
    async putBack(receipts) {
      if (receipts.length === 0) return [];
      const file = lookAtFile(location);
      const done = await change(file.identity, (tables) =>
        receipts.map((receipt) => putRowBack(tables, file, receipt)),
      );
      return receipts.map((_, index) => outcomeAt<PutBackOutcome>(done, index));
    },
    discard: async (receipts) => receipts.map(() => ({ outcome: "discarded" })),
    describeNew({ locator, content }, receiptId) {
      if (!("row" in content)) throw new TypeError("SQLite makes rows alone");
      const { token, bytes, content: kept } = newRow(content.row);
      return { id: receiptId, locator, token, bytes, expiresAt: null, kept: { content: kept } };
    },
  };
}

/** A file that was moved away meanwhile took the change along. */
function isStill(location: string, identity: string): boolean {
  try {
    return lookAtFile(location).identity === identity;
  } catch {
    return false;
  }
}

function readOne(tables: PlainTables, locator: string): Read {
  try {
    return { row: tables.readRow(parseRowLocator(locator)) };
  } catch (error) {
    if (isAppError(error)) return { failure: error };
    throw error;
  }
}

function receiptOf({ locator, token, receiptId }: SetAsideRequest, read: Read | undefined): Receipt[] {
  const row = read && "row" in read ? read.row : null;
  if (row?.token !== token) return [];
  return [{ id: receiptId, locator, token, bytes: row.bytes, expiresAt: null, kept: { content: row.content } }];
}

function judge(read: Read | undefined, token: string): SetAsideOutcome {
  if (read && "failure" in read) return { outcome: "failed", failure: read.failure };
  if (!read?.row) return { outcome: "gone" };
  return { outcome: read.row.token === token ? "set-aside" : "changed" };
}

/** Within the transaction: what it finds here stays so until the end of it. */
function removeRow(tables: PlainTables, { locator, token }: Receipt): SetAsideOutcome {
  const place = parseRowLocator(locator);
  const outcome = judge({ row: tables.readRow(place) }, token);
  if (outcome.outcome === "set-aside") tables.deleteRow(place);
  return outcome;
}

function putRowBack(tables: PlainTables, file: DatabaseFile, { locator, token, kept }: Receipt): PutBackOutcome {
  if (!("content" in kept)) return { outcome: "lost" };
  try {
    const place = parseRowLocator(locator);
    if (tables.insertRow(place, kept.content)) return { outcome: "restored" };
    return { outcome: tables.readRow(place)?.token === token ? "same" : "different" };
  } catch (error) {
    // A table that no longer takes the row fails for itself alone; what else may happen ends the transaction.
    if (isAppError(error)) return { outcome: "failed", failure: error };
    if (meansUnfit(error)) return { outcome: "failed", failure: rowUnfit(file, error) };
    throw error;
  }
}

function outcomeAt<Outcome>(
  done: Done<Outcome>,
  index: number,
): Outcome | { outcome: "failed" | "unknown"; failure: AppError } {
  if ("failure" in done) return { outcome: done.isInDoubt ? "unknown" : "failed", failure: done.failure };
  const outcome = done.outcomes[index];
  if (outcome === undefined) throw new RangeError("an outcome is missing");
  return outcome;
}
