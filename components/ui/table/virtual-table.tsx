"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { classNames } from "../class-names.ts";
import { Checkbox } from "../input.tsx";
import { useShortcuts } from "../shortcuts.ts";
import { placeColumns, type TableColumn, visibleColumns } from "./column.ts";
import { groupRows } from "./group-rows.ts";
import { type HeadActions, HeadCell } from "./table-head.tsx";
import { GroupRow, selectWidth, TableRow, WaitingRow } from "./table-row.tsx";

export interface VirtualTableProps<Row> extends HeadActions {
  /** Its name for screen readers. */
  label: string;
  columns: readonly TableColumn<Row>[];
  pinned?: ReadonlySet<string>;
  widths?: Readonly<Record<string, number>>;
  rows: readonly Row[];
  rowKey(row: Row): string;
  rowLabel(row: Row): string;
  /** How many rows there are in all, when known; the scroll bar is made for them. */
  total?: number | null;
  hasMore?: boolean;
  loadingMore?: boolean;
  onNeedMore?: () => void;
  /** The row with the side panel. */
  activeKey?: string | null;
  onActivate?: (row: Row) => void;
  onOpen?: (row: Row) => void;
  selected?: ReadonlySet<string>;
  onSelect?: (keys: readonly string[], selected: boolean) => void;
  groupOf?: ((row: Row) => { id: string; label: string }) | undefined;
  /** True while the reader is away from the top: rows must not move. */
  onAway?: (away: boolean) => void;
  rowHeight?: number;
  className?: string;
  /** Under the last row. */
  end?: ReactNode;
}

const none: ReadonlySet<string> = new Set();
const noWidths = {};
/** Browsers stop at some 17 million pixels; half of that is more rows than anyone scrolls. */
const mostRows = 250_000;

/**
 * A table of any length: only what is in sight is drawn, rows and columns alike. The grid has the focus; arrows or j and k move the
 * active row, Enter opens it, x or Space selects it. Render it in the browser only (it sets styles), inside a box with a height.
 */
export function VirtualTable<Row>(props: VirtualTableProps<Row>) {
  const { columns, rows, rowKey, rowLabel, pinned = none, widths = noWidths, selected, onSelect, groupOf } = props;
  const {
    total,
    hasMore = false,
    loadingMore = false,
    onNeedMore,
    activeKey = null,
    onActivate,
    onOpen,
    onAway,
    rowHeight = 28,
  } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [closed, setClosed] = useState<ReadonlySet<string>>(none);
  const [view, setView] = useState({ left: 0, width: 0 });
  const lastSelected = useRef<string | null>(null);

  const selecting = onSelect !== undefined;
  const headHeight = columns.some(({ scope }) => scope) ? 42 : 32;
  const placed = useMemo(
    () => placeColumns(columns, { pinned, widths, firstAt: selecting ? selectWidth : 0, room: view.width }),
    [columns, pinned, widths, selecting, view.width],
  );
  const drawn = useMemo(() => visibleColumns(placed, view.left, view.width), [placed, view]);
  const last = placed.at(-1);
  const fullWidth = last ? last.at + last.width : 0;
  const items = useMemo(() => groupRows(rows, groupOf, closed), [rows, groupOf, closed]);
  const waiting = hasMore ? Math.max(1, Math.min((total ?? rows.length + 20) - rows.length, mostRows)) : 0;

  const virtual = useVirtualizer({
    count: items.length + waiting,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollPaddingStart: headHeight,
  });
  const inSight = virtual.getVirtualItems();
  const lastInSight = inSight.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !loadingMore && lastInSight >= items.length - 40) onNeedMore?.();
  }, [hasMore, loadingMore, lastInSight, items.length, onNeedMore]);

  const latest = useRef({ rows, rowKey, onActivate, onOpen, onSelect });
  latest.current = { rows, rowKey, onActivate, onOpen, onSelect };
  const find = useCallback(
    (domId: string) => latest.current.rows.find((row) => `${id}${latest.current.rowKey(row)}` === domId),
    [id],
  );
  const activate = useCallback(
    (domId: string) => {
      const row = find(domId);
      if (row !== undefined) latest.current.onActivate?.(row);
    },
    [find],
  );
  const open = useCallback(
    (domId: string) => {
      const row = find(domId);
      if (row !== undefined) latest.current.onOpen?.(row);
    },
    [find],
  );
  const select = useCallback(
    (domId: string, on: boolean, range: boolean) => {
      const keys = latest.current.rows.map(latest.current.rowKey);
      const to = keys.indexOf(domId.slice(id.length));
      const from = range && lastSelected.current !== null ? keys.indexOf(lastSelected.current) : to;
      lastSelected.current = keys[to] ?? null;
      latest.current.onSelect?.(keys.slice(Math.min(from, to), Math.max(from, to) + 1), on);
    },
    [id],
  );

  const activeItem =
    activeKey === null ? -1 : items.findIndex((item) => item.kind === "row" && rowKey(item.row) === activeKey);
  const move = (step: number) => {
    if (!onActivate) return false;
    let at = activeItem < 0 && step < 0 ? items.length : activeItem;
    at = Math.max(0, Math.min(items.length - 1, at + step));
    while (items[at] && items[at]?.kind !== "row") at += step < 0 && at > 0 ? -1 : 1;
    const item = items[at];
    if (item?.kind !== "row") return false;
    virtual.scrollToIndex(at, { align: "auto" });
    onActivate(item.row);
  };
  const onActive = (act: (row: Row) => void) => {
    const item = items[activeItem];
    if (item?.kind !== "row") return false;
    act(item.row);
  };
  const toggleActive = () => onActive((row) => onSelect?.([rowKey(row)], !selected?.has(rowKey(row))));
  useShortcuts([
    { keys: "j", label: "Next row", group: "Lists", run: () => move(1) },
    { keys: "k", label: "Previous row", group: "Lists", run: () => move(-1) },
    {
      keys: "Enter",
      label: "Open the row",
      group: "Lists",
      run: (event) => (isInteractive(event.target) ? false : onActive((row) => onOpen?.(row))),
    },
    ...(onSelect ? [{ keys: "x", label: "Select the row", group: "Lists", run: toggleActive }] : []),
  ]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current) return;
    const page = Math.max(1, Math.floor((scroller.current.clientHeight - headHeight) / rowHeight) - 1);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -items.length, End: items.length }[
      event.key
    ];
    if (event.key === " " && onSelect) toggleActive();
    else if (step === undefined || event.ctrlKey || event.metaKey || move(step) === false) return;
    event.preventDefault();
  };

  const onScroll = () => {
    const box = scroller.current;
    if (!box) return;
    onAway?.(box.scrollTop > rowHeight);
    setView((current) =>
      Math.abs(current.left - box.scrollLeft) < 100 && current.width === box.clientWidth
        ? current
        : { left: box.scrollLeft, width: box.clientWidth },
    );
  };
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    setView({ left: box.scrollLeft, width: box.clientWidth });
    const watch = new ResizeObserver(() => setView({ left: box.scrollLeft, width: box.clientWidth }));
    watch.observe(box);
    return () => watch.disconnect();
  }, []);

  const toggleGroup = (group: string) =>
    setClosed((current) =>
      current.has(group) ? new Set([...current].filter((one) => one !== group)) : new Set([...current, group]),
    );
  const allSelected = selected !== undefined && rows.length > 0 && rows.every((row) => selected.has(rowKey(row)));
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={props.label}
      aria-rowcount={(total ?? (hasMore ? -2 : rows.length)) + 1}
      aria-colcount={columns.length + (onSelect ? 1 : 0)}
      aria-multiselectable={onSelect ? true : undefined}
      aria-activedescendant={activeItem >= 0 ? `${id}${activeKey}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={onScroll}
      style={{ "--row": `${rowHeight}px` } as React.CSSProperties}
      className={classNames("relative overflow-auto text-label -outline-offset-2 [contain:strict]", props.className)}
    >
      <div
        role="rowgroup"
        style={{ width: fullWidth, height: headHeight }}
        className="sticky top-0 z-10 min-w-full bg-frame"
      >
        <div role="row" aria-rowindex={1} className="relative flex h-full w-full border-b border-line">
          {onSelect && (
            <div
              role="columnheader"
              aria-colindex={1}
              aria-label="Selection"
              className="sticky left-0 z-2 flex w-9 shrink-0 items-center justify-center bg-frame"
            >
              <Checkbox
                aria-label={allSelected ? "Unselect all loaded rows" : "Select all loaded rows"}
                className="size-3.5"
                checked={allSelected}
                mixed={!allSelected && (selected?.size ?? 0) > 0}
                onChange={() => onSelect(rows.map(rowKey), !allSelected)}
              />
            </div>
          )}
          {drawn.map((one) => {
            const at = placed.indexOf(one);
            const neighbours = { before: placed[at - 1]?.column.id ?? null, after: placed[at + 1]?.column.id ?? null };
            return (
              <HeadCell
                key={one.column.id}
                placed={one}
                index={at + (onSelect ? 1 : 0)}
                neighbours={neighbours}
                sort={props.sort}
                onSort={props.onSort}
                onResize={props.onResize}
                onMove={props.onMove}
                onPin={props.onPin}
                onHide={props.onHide}
              />
            );
          })}
        </div>
      </div>
      <div role="rowgroup" style={{ height: virtual.getTotalSize(), width: fullWidth }} className="relative min-w-full">
        {inSight.map(({ index, start }) => {
          const item = items[index];
          if (!item) return <WaitingRow key={`waiting ${index}`} top={start} />;
          if (item.kind === "group") {
            return (
              <GroupRow
                key={`group ${item.id}`}
                label={item.label}
                count={item.count}
                top={start}
                open={!closed.has(item.id)}
                onToggle={() => toggleGroup(item.id)}
              />
            );
          }
          const key = rowKey(item.row);
          return (
            <TableRow
              key={key}
              id={`${id}${key}`}
              row={item.row}
              index={item.index}
              columns={drawn}
              top={start}
              active={key === activeKey}
              selected={onSelect ? (selected?.has(key) ?? false) : null}
              label={rowLabel(item.row)}
              onActivate={activate}
              onOpen={open}
              onSelect={select}
            />
          );
        })}
      </div>
      {props.end}
    </div>
  );
}

function isInteractive(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest("a, button, input, select, textarea, summary, [role=tab]") !== null
  );
}
