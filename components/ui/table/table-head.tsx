"use client";
import { ArrowDown, ArrowUp, EllipsisVertical } from "lucide-react";
import { type DragEvent, type PointerEvent, useState } from "react";
import { classNames } from "../class-names.ts";
import { type MenuItem, MenuList } from "../menu.tsx";
import { escapeInvisible } from "../visible-text.ts";
import { clampWidth, nextSort, type PlacedColumn } from "./column.ts";

export interface HeadActions {
  sort: string | null;
  onSort?: ((sort: string | null) => void) | undefined;
  onResize?: ((id: string, width: number | null) => void) | undefined;
  onMove?: ((id: string, before: string | null) => void) | undefined;
  onPin?: ((id: string, pinned: boolean) => void) | undefined;
  onHide?: ((id: string) => void) | undefined;
}

interface HeadCellProps<Row> extends HeadActions {
  placed: PlacedColumn<Row>;
  neighbours: { before: string | null; after: string | null };
}

const dragType = "text/x-column";

/** One head: press to sort, drag to move, pull its edge to resize; all of that and more in its menu. */
export function HeadCell<Row>({ placed, neighbours, ...actions }: HeadCellProps<Row>) {
  const { column, pinnedAt } = placed;
  const [menuAt, setMenuAt] = useState<HTMLElement | null>(null);
  const [over, setOver] = useState(false);
  const { sort, onSort, onMove } = actions;
  const sorted =
    column.sortId && (sort === column.sortId ? "ascending" : sort === `-${column.sortId}` ? "descending" : undefined);
  const title = escapeInvisible(column.title);
  const label = (
    <>
      {column.scope && (
        <span className="max-w-full truncate text-[0.6875rem] leading-3.5 font-normal text-faint">
          {escapeInvisible(column.scope)}
        </span>
      )}
      <span className="flex max-w-full items-center gap-1">
        <span className="min-w-6 truncate">{title}</span>
        {column.unit && <span className="shrink-0 font-normal text-faint">{column.unit}</span>}
        {sorted === "ascending" && <ArrowUp aria-hidden className="size-3 shrink-0" />}
        {sorted === "descending" && <ArrowDown aria-hidden className="size-3 shrink-0" />}
      </span>
    </>
  );
  const labelClass = classNames(
    "flex h-full min-w-0 flex-1 flex-col justify-center px-2.5 font-medium",
    column.align === "end" ? "items-end" : "items-start",
  );
  const drop = (event: DragEvent) => {
    setOver(false);
    const moved = event.dataTransfer.getData(dragType);
    if (moved) onMove?.(moved, column.id);
  };
  return (
    <div
      role="columnheader"
      aria-colindex={placed.index}
      aria-sort={sorted || undefined}
      data-pinned={pinnedAt !== null || undefined}
      draggable={onMove !== undefined}
      onDragStart={(event) => event.dataTransfer.setData(dragType, column.id)}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(dragType)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      onContextMenu={(event) => {
        event.preventDefault();
        setMenuAt(event.currentTarget.querySelector<HTMLElement>("[data-menu]") ?? event.currentTarget);
      }}
      style={{ width: placed.width, left: pinnedAt ?? placed.at, position: pinnedAt === null ? "absolute" : "sticky" }}
      className={classNames(
        "group/head flex h-full shrink-0 items-center bg-frame text-quiet data-pinned:z-2",
        over && "shadow-[inset_2px_0_0_var(--accent)]",
      )}
    >
      {column.sortId && onSort ? (
        <button
          type="button"
          data-tip={column.hint ?? [column.scope, column.title].filter(Boolean).join(" ▸ ")}
          onClick={() => onSort(nextSort(column, sort))}
          className={classNames(labelClass, "hover:text-ink")}
        >
          {label}
        </button>
      ) : (
        <span className={labelClass}>{label}</span>
      )}
      <button
        type="button"
        data-menu=""
        aria-label={`Menu of column ${escapeInvisible(title)}`}
        aria-haspopup="menu"
        aria-expanded={menuAt !== null}
        onClick={(event) => setMenuAt(menuAt ? null : event.currentTarget)}
        className="absolute top-1/2 right-2.5 flex size-6 -translate-y-1/2 items-center justify-center rounded-sm bg-frame opacity-0 group-focus-within/head:opacity-100 group-hover/head:opacity-100 hover:bg-hover aria-expanded:opacity-100"
      >
        <EllipsisVertical aria-hidden className="size-3.5" />
      </button>
      {actions.onResize && <Grip placed={placed} onResize={actions.onResize} />}
      {menuAt && (
        <MenuList
          label={`Column ${escapeInvisible(title)}`}
          anchor={menuAt}
          items={headMenu(placed, neighbours, actions)}
          onClose={() => setMenuAt(null)}
        />
      )}
    </div>
  );
}

function Grip<Row>({
  placed,
  onResize,
}: {
  placed: PlacedColumn<Row>;
  onResize(id: string, width: number | null): void;
}) {
  const { id } = placed.column;
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    event.preventDefault();
    const grip = event.currentTarget;
    const from = event.clientX;
    grip.setPointerCapture(event.pointerId);
    const move = (moved: globalThis.PointerEvent) => onResize(id, clampWidth(placed.width + moved.clientX - from));
    grip.addEventListener("pointermove", move);
    grip.addEventListener("lostpointercapture", () => grip.removeEventListener("pointermove", move), { once: true });
  };
  return (
    <div
      aria-hidden
      draggable
      onDragStart={(event) => event.preventDefault()}
      onPointerDown={onPointerDown}
      onDoubleClick={() => onResize(id, null)}
      className="absolute top-1.5 right-0 bottom-1.5 z-1 w-2 cursor-col-resize border-r border-line hover:border-r-2 hover:border-accent"
    />
  );
}

function headMenu<Row>(
  placed: PlacedColumn<Row>,
  neighbours: HeadCellProps<Row>["neighbours"],
  actions: HeadActions,
): MenuItem[] {
  const { column, width, pinnedAt } = placed;
  const { sort, onSort, onMove, onPin, onResize, onHide } = actions;
  const { sortId } = column;
  const items: MenuItem[] = [];
  if (sortId && onSort) {
    items.push(
      {
        kind: "check",
        label: "Smallest first",
        checked: sort === sortId,
        onSelect: () => onSort(sort === sortId ? null : sortId),
      },
      {
        kind: "check",
        label: "Largest first",
        checked: sort === `-${sortId}`,
        onSelect: () => onSort(sort === `-${sortId}` ? null : `-${sortId}`),
      },
    );
  }
  if (column.menu) items.push({ kind: "line" }, ...column.menu.map((item) => ({ kind: "check" as const, ...item })));
  if (items.length > 0) items.push({ kind: "line" });
  if (onPin)
    items.push({
      kind: "check",
      label: "Pinned at the left",
      checked: pinnedAt !== null,
      onSelect: () => onPin(column.id, pinnedAt === null),
    });
  if (onMove) {
    items.push(
      {
        label: "Move left",
        disabled: neighbours.before === null,
        onSelect: () => onMove(column.id, neighbours.before),
      },
      {
        label: "Move right",
        disabled: neighbours.after === null,
        onSelect: () => neighbours.after && onMove(neighbours.after, column.id),
      },
    );
  }
  if (onResize) {
    items.push(
      { label: "Wider", staysOpen: true, onSelect: () => onResize(column.id, clampWidth(width * 1.25)) },
      { label: "Narrower", staysOpen: true, onSelect: () => onResize(column.id, clampWidth(width / 1.25)) },
      { label: "Usual width", onSelect: () => onResize(column.id, null) },
    );
  }
  if (onHide) items.push({ kind: "line" }, { label: "Hide this column", onSelect: () => onHide(column.id) });
  return items;
}
