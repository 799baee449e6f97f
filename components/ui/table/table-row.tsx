"use client";
import { ChevronDown, ChevronRight, CircleAlert } from "lucide-react";
import { memo, type ReactElement } from "react";
import { Button } from "../button.tsx";
import { classNames } from "../class-names.ts";
import { formatCount } from "../format.ts";
import { NameText } from "../names.tsx";
import type { Failure } from "../states.tsx";
import { escapeInvisible } from "../visible-text.ts";
import type { PlacedColumn } from "./column.ts";

export const selectWidth = 36;

interface TableRowProps<Row> {
  id: string;
  row: Row;
  /** Place among all rows, from 0. */
  index: number;
  columns: readonly PlacedColumn<Row>[];
  top: number;
  active: boolean;
  /** `null`: rows cannot be selected. */
  selected: boolean | null;
  label: string;
  onActivate(row: Row): void;
  onOpen(row: Row): void;
  onSelect(row: Row, selected: boolean, range: boolean): void;
}

function RowView<Row>({
  id,
  row,
  index,
  columns,
  top,
  active,
  selected,
  label,
  onActivate,
  onOpen,
  onSelect,
}: TableRowProps<Row>) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys
    <div
      role="row"
      id={id}
      aria-rowindex={index + 2}
      aria-selected={selected ?? active}
      aria-current={active || undefined}
      onClick={(event) => {
        if (!isControl(event.target)) onActivate(row);
      }}
      onDoubleClick={(event) => {
        if (!isControl(event.target)) onOpen(row);
      }}
      style={{ transform: `translateY(${top}px)` }}
      className={classNames(
        "absolute top-0 left-0 flex h-(--row) w-full cursor-default items-start border-b border-line",
        active
          ? "bg-selected [--cell:var(--selected)]"
          : "bg-canvas [--cell:var(--canvas)] hover:bg-hover hover:[--cell:var(--hover)]",
      )}
    >
      {selected !== null && (
        <div
          role="gridcell"
          aria-colindex={1}
          className="sticky left-0 z-2 flex h-full w-9 shrink-0 items-center justify-center bg-(--cell)"
        >
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={`Select ${escapeInvisible(label)}`}
            checked={selected}
            readOnly
            onClick={(event) => onSelect(row, !selected, event.shiftKey)}
            className="m-0 size-3.5 accent-accent-fill"
          />
        </div>
      )}
      {columns.map(({ column, index: place, width, pinnedAt, at }) => (
        <div
          key={column.id}
          role="gridcell"
          aria-colindex={place}
          style={{ width, left: pinnedAt ?? at, position: pinnedAt === null ? "absolute" : "sticky" }}
          className={classNames(
            "flex h-full shrink-0 items-center bg-(--cell) px-2.5",
            column.align === "end" && "justify-end",
            pinnedAt !== null && "z-1 border-r border-line",
          )}
        >
          <div className="min-w-0 truncate">{column.cell(row)}</div>
        </div>
      ))}
    </div>
  );
}

/** A row draws again only when something of its own changed, so that scrolling draws new rows only. */
export const TableRow = memo(RowView) as <Row>(props: TableRowProps<Row>) => ReactElement;

function isControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest("a, button, input, select, [role=menu]") !== null;
}

/** The head of a group of rows. `partial`: there may be more of it than are loaded. */
export function GroupRow({
  label,
  count,
  partial,
  top,
  open,
  onToggle,
}: {
  label: string;
  count: number;
  partial: boolean;
  top: number;
  open: boolean;
  onToggle(): void;
}) {
  const Picture = open ? ChevronDown : ChevronRight;
  return (
    <div
      role="row"
      style={{ transform: `translateY(${top}px)` }}
      className="absolute top-0 left-0 flex h-(--row) w-full border-b border-line bg-frame"
    >
      <div role="gridcell" className="sticky left-0 flex">
        <button
          type="button"
          tabIndex={-1}
          aria-expanded={open}
          onClick={onToggle}
          className="flex items-center gap-2 px-2.5 font-medium"
        >
          <Picture aria-hidden className="size-3.5 text-quiet" />
          <NameText name={label} />
          <span className="font-normal text-quiet">
            {formatCount(count)}
            {partial && " loaded"}
          </span>
        </button>
      </div>
    </div>
  );
}

/** At the end of the rows that came, where the next ones could not be had: why, and a way to try again. */
export function FailedRow({ top, error, onRetry }: { top: number; error: Failure; onRetry(): void }) {
  return (
    <div
      role="row"
      style={{ transform: `translateY(${top}px)` }}
      className="absolute top-0 left-0 flex h-(--row) w-full border-b border-line bg-canvas"
    >
      <div role="gridcell" className="sticky left-0 flex max-w-full items-center gap-2 px-3">
        <CircleAlert aria-hidden className="size-3.5 shrink-0 text-red" />
        <span role="alert" className="truncate" data-tip={error.remedy}>
          Could not load more rows. {escapeInvisible(error.message)}
        </span>
        <Button look="quiet" className="h-6 text-label!" onClick={onRetry}>
          Try again
        </Button>
      </div>
    </div>
  );
}

/** The place of a row that has not come yet. */
export function WaitingRow({ top }: { top: number }) {
  return (
    <div
      aria-hidden
      style={{ transform: `translateY(${top}px)` }}
      className="absolute top-0 left-0 flex h-(--row) w-full items-center border-b border-line px-3"
    >
      <span className="h-2.5 w-1/3 rounded-sm bg-hover" />
    </div>
  );
}
