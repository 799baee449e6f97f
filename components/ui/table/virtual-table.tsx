"use client";
import { type CSSProperties, type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import { classNames } from "../class-names.ts";
import { Checkbox } from "../input.tsx";
import type { Failure } from "../states.tsx";
import { placeColumns, type TableColumn, visibleColumns } from "./column.ts";
import { groupRows } from "./group-rows.ts";
import { rowsInSight, topThatShows } from "./rows-in-sight.ts";
import { type HeadActions, HeadCell } from "./table-head.tsx";
import { FailedRow, GroupRow, selectWidth, TableRow, WaitingRow } from "./table-row.tsx";
import { useKeptFailure } from "./use-kept-failure.ts";
import { useKeptScroll } from "./use-kept-scroll.ts";
import { useRowActions } from "./use-row-actions.ts";
import { useScrollView } from "./use-scroll-view.ts";

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
  /** Why the next rows could not be had. They are not asked for again before the reader says so. */
  moreFailed?: Failure | null;
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
  const { total, hasMore = false, loadingMore = false, onNeedMore, activeKey = null, rowHeight = 28 } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const keepScroll = useKeptScroll(scroller, props.label);
  const [closed, setClosed] = useState<ReadonlySet<string>>(none);
  const { follow, ...view } = useScrollView(scroller);

  const selecting = onSelect !== undefined;
  const headHeight = columns.some(({ scope }) => scope) ? 42 : 32;
  const placed = useMemo(
    () => placeColumns(columns, { pinned, widths, firstAt: selecting ? selectWidth : 0, room: view.width }),
    [columns, pinned, widths, selecting, view.width],
  );
  const drawn = useMemo(() => visibleColumns(placed, view.left, view.width), [placed, view.left, view.width]);
  const last = placed.at(-1);
  const fullWidth = last ? last.at + last.width : 0;
  const items = useMemo(() => groupRows(rows, groupOf, closed), [rows, groupOf, closed]);
  const failure = useKeptFailure(props.moreFailed ?? null, rows.length);
  const failed = loadingMore ? null : failure.kept;
  const ahead = failed ? 1 : Math.max(1, Math.min((total ?? rows.length + 20) - rows.length, mostRows));
  const waiting = hasMore ? ahead : 0;

  const count = items.length + waiting;
  const inSight = rowsInSight(view, rowHeight, count);
  const lastInSight = inSight.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !loadingMore && !failed && lastInSight >= items.length - 40) onNeedMore?.();
  }, [hasMore, loadingMore, failed, lastInSight, items.length, onNeedMore]);

  const actions = useRowActions({
    items,
    rows,
    rowKey,
    activeKey,
    selected,
    onActivate: props.onActivate,
    onOpen: props.onOpen,
    onSelect,
    reveal(item) {
      const box = scroller.current;
      if (!box) return;
      box.scrollTop = topThatShows(item, rowHeight, { top: box.scrollTop, height: box.clientHeight - headHeight });
    },
    rowsInSight: () => Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 0) - headHeight) / rowHeight) - 1),
  });
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
      aria-activedescendant={
        inSight.some(({ index }) => index === actions.activeItem) ? `${id}${activeKey}` : undefined
      }
      tabIndex={0}
      onKeyDown={actions.onKeyDown}
      onScroll={(event) => {
        follow();
        keepScroll();
        props.onAway?.(event.currentTarget.scrollTop > rowHeight);
      }}
      style={{ "--row": `${rowHeight}px` } as CSSProperties}
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
      <div role="rowgroup" style={{ height: count * rowHeight, width: fullWidth }} className="relative min-w-full">
        {inSight.map(({ index, start }) => {
          const item = items[index];
          if (!item && failed) return <FailedRow key="failed" top={start} error={failed} onRetry={failure.forget} />;
          if (!item) return <WaitingRow key={`waiting ${index}`} top={start} />;
          if (item.kind === "group") {
            return (
              <GroupRow
                key={`group ${item.id}`}
                label={item.label}
                count={item.count}
                partial={hasMore}
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
              onActivate={actions.activate}
              onOpen={actions.open}
              onSelect={actions.select}
            />
          );
        })}
      </div>
      {props.end}
    </div>
  );
}
