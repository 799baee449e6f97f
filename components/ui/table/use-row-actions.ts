"use client";
import { type KeyboardEvent, useCallback, useRef } from "react";
import { useShortcuts } from "../shortcuts.ts";
import type { TableItem } from "./group-rows.ts";

export interface RowActions<Row> {
  items: readonly TableItem<Row>[];
  rows: readonly Row[];
  rowKey(row: Row): string;
  activeKey: string | null;
  selected: ReadonlySet<string> | undefined;
  onActivate: ((row: Row) => void) | undefined;
  onOpen: ((row: Row) => void) | undefined;
  onSelect: ((keys: readonly string[], selected: boolean) => void) | undefined;
  /** Brings an item into sight. */
  reveal(item: number): void;
  /** How many rows the box shows. */
  rowsInSight(): number;
}

/** What pointer and keys do to rows. `activate`, `open` and `select` stay the same function, so that rows need not draw again. */
export function useRowActions<Row>(table: RowActions<Row>) {
  const latest = useRef(table);
  latest.current = table;
  const lastSelected = useRef<string | null>(null);
  const activate = useCallback((row: Row) => latest.current.onActivate?.(row), []);
  const open = useCallback((row: Row) => latest.current.onOpen?.(row), []);
  const select = useCallback((row: Row, on: boolean, range: boolean) => {
    const { rows, rowKey, onSelect } = latest.current;
    const keys = rows.map(rowKey);
    const to = keys.indexOf(rowKey(row));
    const from = range && lastSelected.current !== null ? keys.indexOf(lastSelected.current) : to;
    lastSelected.current = keys[to] ?? null;
    onSelect?.(keys.slice(Math.min(from, to), Math.max(from, to) + 1), on);
  }, []);

  const { items, activeKey, rowKey, selected, onActivate, onOpen, onSelect } = table;
  const activeItem =
    activeKey === null ? -1 : items.findIndex((item) => item.kind === "row" && rowKey(item.row) === activeKey);
  const move = (step: number) => {
    const to = onActivate ? nextRow(items, activeItem, step) : -1;
    const item = items[to];
    if (item?.kind !== "row") return false;
    table.reveal(to);
    onActivate?.(item.row);
  };
  const withActive = (act: (row: Row) => void) => {
    const item = items[activeItem];
    if (item?.kind !== "row") return false;
    act(item.row);
  };
  const toggle = () => withActive((row) => onSelect?.([rowKey(row)], !selected?.has(rowKey(row))));
  useShortcuts([
    { keys: "j", label: "Next row", group: "Lists", run: () => move(1) },
    { keys: "k", label: "Previous row", group: "Lists", run: () => move(-1) },
    {
      keys: "Enter",
      label: "Open the row",
      group: "Lists",
      run: (event) => (isInteractive(event.target) ? false : withActive((row) => onOpen?.(row))),
    },
    ...(onSelect ? [{ keys: "x", label: "Select the row", group: "Lists", run: toggle }] : []),
  ]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey) return;
    const page = table.rowsInSight();
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -items.length, End: items.length };
    if (event.key === " " && onSelect) toggle();
    else if (!(event.key in steps) || move(steps[event.key as keyof typeof steps]) === false) return;
    event.preventDefault();
  };
  return { activate, open, select, onKeyDown, activeItem };
}

/** The item `step` rows from `at` (−1: none yet) that is a row and no head of a group; −1 where there is none. */
export function nextRow(items: readonly TableItem<unknown>[], at: number, step: number): number {
  const from = at < 0 && step < 0 ? items.length : at;
  const wished = Math.max(0, Math.min(items.length - 1, from + step));
  const direction = Math.sign(step);
  const isRow = (place: number) => items[place]?.kind === "row";
  for (let place = wished; place >= 0 && place < items.length; place += direction) if (isRow(place)) return place;
  for (let place = wished; place >= 0 && place < items.length; place -= direction) if (isRow(place)) return place;
  return -1;
}

function isInteractive(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest("a, button, input, select, textarea, summary, [role=tab]") !== null
  );
}
