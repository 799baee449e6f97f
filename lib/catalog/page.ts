import { AppError } from "../domain/errors.ts";

/** A value that rows are sorted by; null (nothing recorded, or NaN) comes last in either direction. */
export type SortKey = string | number | null;

export interface SortedRow {
  sid: number;
  /** Row number: what settles ties. */
  row: number;
  key: SortKey;
}

/** Where a page ended. */
export interface Position {
  key: SortKey;
  row: number;
}

export interface PageRequest {
  sids: readonly number[];
  /** What the cursor is bound to: list, column and direction. */
  sort: string;
  descending: boolean;
  cursor: string | undefined;
  limit: number;
  /** Up to `limit` rows of one source in order: those with a key (`blank` false) or those without, behind the position. */
  read(sid: number, blank: boolean, after: Position | null, limit: number): SortedRow[];
}

/**
 * One page over several sources. The cursor says where the last page ended (key and row), not how many rows it had, so rows that come or
 * go meanwhile neither repeat nor hide others.
 */
export function readPage(request: PageRequest): { rows: SortedRow[]; nextCursor: string | null } {
  const { sids, limit, sort, descending } = request;
  const after = request.cursor === undefined ? null : decodeCursor(request.cursor, sort);
  const found = sids.flatMap((sid) => {
    const keyed = after && after.key === null ? [] : request.read(sid, false, after, limit + 1);
    if (keyed.length > limit) return keyed;
    const blank = request.read(sid, true, after && after.key === null ? after : null, limit + 1 - keyed.length);
    return [...keyed, ...blank];
  });
  if (sids.length > 1) found.sort((a, b) => compareRows(a, b, descending));
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, nextCursor: found.length > limit && last ? encodeCursor(sort, last) : null };
}

function compareRows(a: SortedRow, b: SortedRow, descending: boolean): number {
  if ((a.key === null) !== (b.key === null)) return a.key === null ? 1 : -1;
  return (compareKeys(a.key, b.key) || a.row - b.row) * (descending ? -1 : 1);
}

/** The order of SQLite: numbers before texts, texts by their UTF-8 bytes. */
function compareKeys(a: SortKey, b: SortKey): number {
  if (typeof a === "number" && typeof b === "number") return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (a === null || b === null) return 0;
  return typeof a === "number" ? -1 : 1;
}

export function encodeCursor(sort: string, { key, row }: Position): string {
  const told = typeof key === "number" ? [String(key)] : key;
  return Buffer.from(JSON.stringify([sort, told, row])).toString("base64url");
}

export function decodeCursor(cursor: string, sort: string): Position {
  const [bound, told, row] = parseCursor(cursor);
  const key = Array.isArray(told) ? Number(told[0]) : told;
  const sound = key === null || typeof key === "string" || (typeof key === "number" && !Number.isNaN(key));
  if (bound === sort && sound && typeof row === "number" && Number.isSafeInteger(row)) return { key, row };
  throw new AppError("bad_request", "This cursor does not continue this list.", {
    remedy: "Ask for the first page again: a cursor belongs to one sort order.",
    details: { parameter: "cursor" },
  });
}

function parseCursor(cursor: string): unknown[] {
  try {
    const told: unknown = JSON.parse(Buffer.from(cursor.slice(0, 4096), "base64url").toString());
    return Array.isArray(told) ? told : [];
  } catch {
    return [];
  }
}
