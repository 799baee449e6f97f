import type { ReactNode } from "react";

export interface TableColumn<Row> {
  id: string;
  /** Its name, for the head, menus and screen readers. */
  title: string;
  /** Stands before the title in faint letters: what it belongs to (a process), or a unit after it. */
  scope?: string;
  unit?: string;
  /** Said on hover over the head, where the title alone does not tell. */
  hint?: string;
  /** Natural width in pixels. */
  width: number;
  align?: "start" | "end";
  /** Takes the room that is left over where the table is narrower than its box. */
  grow?: boolean;
  /** What `sort` takes for this column; absent: it cannot be sorted by. */
  sortId?: string;
  /** Largest or latest first at the first press. */
  descendingFirst?: boolean;
  /** Further lines of the head's menu. */
  menu?: readonly { label: string; checked: boolean; onSelect(): void }[];
  cell(row: Row): ReactNode;
}

export const narrowestColumn = 56;
const widestColumn = 1200;

export interface PlacedColumn<Row> {
  column: TableColumn<Row>;
  /** Place among all columns of the grid, from 1. */
  index: number;
  width: number;
  /** Distance of a pinned column from the left edge; `null`: it scrolls. */
  pinnedAt: number | null;
  /** Distance from the left edge before any scrolling. */
  at: number;
}

export interface Placing {
  pinned: ReadonlySet<string>;
  /** Where the reader changed them. */
  widths: Readonly<Record<string, number>>;
  /** Room taken before the first column, by a column of its own. */
  firstAt?: number;
  /** Width of the box: what is left over goes to the columns that grow; in a narrow one pinned columns leave room for the others. */
  room?: number;
}

const narrowRoom = 560;

/** Pinned columns first, each group in the order given. */
export function placeColumns<Row>(
  columns: readonly TableColumn<Row>[],
  { pinned, widths, firstAt = 0, room = 0 }: Placing,
): PlacedColumn<Row>[] {
  const ordered = [...columns.filter(({ id }) => pinned.has(id)), ...columns.filter(({ id }) => !pinned.has(id))];
  const growing = ordered.filter(({ id, grow }) => grow && widths[id] === undefined).length;
  const taken = ordered.reduce((sum, { id, width }) => sum + clampWidth(widths[id] ?? width), firstAt);
  const extra = growing > 0 ? Math.max(0, Math.floor((room - taken) / growing)) : 0;
  let at = firstAt;
  return ordered.map((column, place) => {
    const chosen = widths[column.id];
    const natural = chosen ?? column.width + (column.grow ? extra : 0);
    const squeezed = room > 0 && room < narrowRoom && pinned.has(column.id);
    const width = clampWidth(squeezed ? Math.min(natural, room * 0.48) : natural);
    const placed = {
      column,
      index: place + (firstAt > 0 ? 2 : 1),
      width,
      pinnedAt: pinned.has(column.id) ? at : null,
      at,
    };
    at += width;
    return placed;
  });
}

export function clampWidth(width: number): number {
  return Math.round(Math.min(widestColumn, Math.max(narrowestColumn, width)));
}

/** The columns of a scrolling table that are worth drawing: all pinned ones, and those within the window and a margin. */
export function visibleColumns<Row>(
  placed: readonly PlacedColumn<Row>[],
  scrollLeft: number,
  windowWidth: number,
  margin = 300,
): PlacedColumn<Row>[] {
  return placed.filter(
    ({ pinnedAt, at, width }) =>
      pinnedAt !== null || (at + width > scrollLeft - margin && at < scrollLeft + windowWidth + margin),
  );
}

/** The ids after one is moved before another (`null`: to the end). */
export function moveBefore(ids: readonly string[], id: string, before: string | null): string[] {
  if (id === before) return [...ids];
  const rest = ids.filter((one) => one !== id);
  const at = before === null ? rest.length : rest.indexOf(before);
  return at < 0 ? [...ids] : [...rest.slice(0, at), id, ...rest.slice(at)];
}

/** What sort becomes when a head is pressed: the column's first direction, then the other. `-` means largest first. */
export function nextSort(
  column: Pick<TableColumn<never>, "sortId" | "descendingFirst">,
  sort: string | null,
): string | null {
  const { sortId, descendingFirst = false } = column;
  if (!sortId) return sort;
  const first = descendingFirst ? `-${sortId}` : sortId;
  const second = descendingFirst ? sortId : `-${sortId}`;
  return sort === first ? second : first;
}
