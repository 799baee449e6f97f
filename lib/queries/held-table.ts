import type { QueryKey } from "@tanstack/react-query";
import type { Page } from "../domain/source.ts";

/** A page and when it was read, epoch milliseconds: changes made to its rows later leave that as it is. */
export type ReadPage<Row> = Page<Row> & { readAt: number };

export function stampPage<Row>(page: Page<Row>): ReadPage<Row> {
  return { ...page, readAt: Date.now() };
}

/** A table whose rows must not move by themselves (`meta: {live: "held"}`), and how parts of it are read anew. */
export interface HeldTable<Row> {
  /** Of the table's own query, which reads page after page. */
  queryKey: QueryKey;
  /** Live events that may change its rows. */
  events: readonly string[];
  /** What tells a row from all others. */
  keyOf(row: Row): string;
  isOf(row: Row, event: { source: string | null; id: string | null }): boolean;
  readPage(cursor: string | null, signal: AbortSignal): Promise<ReadPage<Row>>;
  readRow(row: Row, signal: AbortSignal): Promise<Row>;
}

/** The usual way to tell which row an event is of. */
export function isSameThing(
  row: { source: string; id: string },
  event: { source: string | null; id: string | null },
): boolean {
  return row.source === event.source && row.id === event.id;
}

/** Key of a thing over all sources. */
export function keyOfThing({ source, id }: { source: string; id: string }): string {
  return `${source}/${id}`;
}
