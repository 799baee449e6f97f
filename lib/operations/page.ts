import { AppError } from "../domain/errors.ts";
import type { Page } from "../domain/source.ts";

export interface ListRequest {
  cursor?: string | undefined;
  limit: number;
}

export function pageOf<Item>(items: Item[], nextCursor: string | null, total: number, asOf: string): Page<Item> {
  return { items, nextCursor, total: { value: total, exact: true }, asOf, complete: true };
}

/** A page that begins at this place of the list. */
export function pageAt<Item>(offset: number, items: Item[], total: number, asOf: string): Page<Item> {
  const end = offset + items.length;
  return pageOf(items, end < total ? String(end) : null, total, asOf);
}

/** A cursor that is a place in a list. */
export function readNumber(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw wrongCursor();
}

/** A cursor that is a time and an id. */
export function readPlace(cursor: string | undefined): { at: number; id: string } | null {
  if (cursor === undefined) return null;
  const [, at, id] = /^(\d+(?:\.\d+)?) (\w+)$/.exec(cursor) ?? [];
  if (at && id) return { at: Number(at), id };
  throw wrongCursor();
}

function wrongCursor(): AppError {
  return new AppError("bad_request", "This cursor does not continue this list.", {
    remedy: "Ask for the first page again.",
    details: { parameter: "cursor" },
  });
}
