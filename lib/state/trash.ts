import type { DatabaseSync } from "node:sqlite";

/** A receipt as it is kept: where something waits, its content if that waits here, and what the catalog knew of it. */
export interface TrashedThing {
  id: string;
  store: string;
  locator: string;
  token: string;
  bytes: number;
  expiresAt: number | null;
  kept: { content: Uint8Array } | { place: string };
}

/** What was set aside: of which item of which operation. Gone from here once it is put back or discarded. */
export interface Trash {
  /** To be called inside a transaction. Asked again for the same receipt, the later one counts. */
  keep(operation: string, source: string, at: number, things: readonly (TrashedThing & { ord: number })[]): void;
  /** What waits of these items of an operation, by the item. */
  find(operation: string, ords: readonly number[]): Map<number, TrashedThing>;
  holds(operation: string, ord: number): boolean;
  /** Items of an operation of which something waits, in order. */
  ords(operation: string): number[];
  drop(operation: string, ords: readonly number[]): void;
  /** Bytes of content that wait in our own file. */
  contentBytes(): number;
  totals(operation: string): { items: number; bytes: number };
  /** Operations whose things have waited since before. */
  keptBefore(at: number): string[];
}

interface ReceiptRow {
  id: string;
  ord: number;
  store: string;
  locator: string;
  token: string;
  bytes: number;
  expires_at: number | null;
  place: string | null;
  content: Uint8Array | null;
}

export function openTrash(database: DatabaseSync): Trash {
  const put = database.prepare("INSERT OR REPLACE INTO receipt VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const some = database.prepare(
    "SELECT * FROM receipt WHERE operation = ? AND ord IN (SELECT value FROM json_each(?)) ORDER BY ord",
  );
  const one = database.prepare("SELECT 1 FROM receipt WHERE operation = ? AND ord = ?");
  const numbers = database.prepare("SELECT ord FROM receipt WHERE operation = ? ORDER BY ord");
  const remove = database.prepare("DELETE FROM receipt WHERE operation = ? AND ord = ?");
  const held = database.prepare("SELECT coalesce(sum(bytes), 0) AS n FROM receipt WHERE place IS NULL");
  const sums = database.prepare(
    "SELECT count(*) AS items, coalesce(sum(bytes), 0) AS bytes FROM receipt WHERE operation = ?",
  );
  const old = database.prepare("SELECT operation FROM receipt GROUP BY operation HAVING max(kept_at) < ?");
  return {
    keep(operation, source, at, things) {
      for (const { id, ord, store, locator, token, bytes, expiresAt, kept } of things) {
        const [place, content] = "place" in kept ? [kept.place, null] : [null, kept.content];
        put.run(operation, ord, id, source, store, locator, token, bytes, expiresAt, at, place, content);
      }
    },
    find: (operation, ords) =>
      new Map(
        (some.all(operation, JSON.stringify(ords)) as unknown as ReceiptRow[]).map((row) => [row.ord, thingOf(row)]),
      ),
    holds: (operation, ord) => one.get(operation, ord) !== undefined,
    ords: (operation) => (numbers.all(operation) as { ord: number }[]).map(({ ord }) => ord),
    drop(operation, ords) {
      for (const ord of ords) remove.run(operation, ord);
    },
    contentBytes: () => (held.get() as { n: number }).n,
    totals: (operation) => sums.get(operation) as { items: number; bytes: number },
    keptBefore: (at) => (old.all(at) as { operation: string }[]).map(({ operation }) => operation),
  };
}

function thingOf({ id, store, locator, token, bytes, expires_at, place, content }: ReceiptRow): TrashedThing {
  const kept = place === null ? { content: content ?? new Uint8Array() } : { place };
  return { id, store, locator, token, bytes, expiresAt: expires_at, kept };
}
