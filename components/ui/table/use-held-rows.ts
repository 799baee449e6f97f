"use client";
import { useEffect, useMemo, useRef, useState } from "react";

/** Whether the reader holds the rows of a table: is away from its top, or points at it. */
export function useHolding(): {
  holding: boolean;
  onAway(away: boolean): void;
  /** For the box around the table. */
  pointer: { onPointerEnter(): void; onPointerLeave(): void };
} {
  const [away, onAway] = useState(false);
  const [pointed, setPointed] = useState(false);
  const pointer = { onPointerEnter: () => setPointed(true), onPointerLeave: () => setPointed(false) };
  return { holding: away || pointed, onAway, pointer };
}

interface ReadPage<Row> {
  items: readonly Row[];
  /** When it was read. */
  readAt: number;
}

export interface HeldRowsOptions<Row, Page extends ReadPage<Row>> {
  /** The table's own answer, page by page. */
  answer: { data: { pages: readonly Page[] } | undefined; hasNextPage: boolean };
  /** The newest rows of the same list, kept fresh. */
  newest: { data: { items: readonly Row[] } | undefined; isPlaceholderData: boolean };
  rowKey(row: NoInfer<Row>): string;
  /** The reader is at the top and holds nothing. */
  mayMove: boolean;
  /** Keeps loaded rows as they are now, each in its place. The same object as long as the table asks the same. */
  held: { follow(mayMove: () => boolean): () => void; reload(): void };
}

/** Keeps a table alive without moving its rows. Answers how many new ones wait; they are shown at once only while `mayMove`. */
export function useHeldRows<Row, Page extends ReadPage<Row>>(
  options: HeldRowsOptions<Row, Page>,
): { rows: readonly Row[]; first: Page | undefined; waiting: number } {
  const { answer, newest, rowKey, mayMove, held } = options;
  const pages = answer.data?.pages;
  const first = pages?.[0];
  const readAt = first?.readAt ?? 0;
  const rows = useMemo<readonly Row[]>(() => pages?.flatMap(({ items }) => items) ?? [], [pages]);
  const loaded = useMemo(() => new Set(rows.map(rowKey)), [rows, rowKey]);

  // On pages that were not read may stand what is not loaded; it is new only if it came after the first page. Where every page was
  // read, whatever is not loaded is new, also what came between the first page and this answer.
  const known = useRef({ readAt: 0, keys: new Set<string>() });
  const found = newest.isPlaceholderData ? undefined : newest.data?.items.map(rowKey);
  if (found && known.current.readAt !== readAt) known.current = { readAt, keys: new Set(found) };
  const isNew = (key: string) => !loaded.has(key) && !(answer.hasNextPage && known.current.keys.has(key));
  const waiting = found?.filter(isNew).length ?? 0;

  useEffect(() => {
    if (waiting > 0 && mayMove) held.reload();
  }, [waiting, mayMove, held]);
  const mayMoveNow = useRef(mayMove);
  mayMoveNow.current = mayMove;
  useEffect(() => held.follow(() => mayMoveNow.current), [held]);
  return { rows, first, waiting };
}
