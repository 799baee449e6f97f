"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";
import { classNames } from "../../ui/class-names.ts";
import { columnFormatter, formatNumber, missing } from "../../ui/format.ts";
import { NameText } from "../../ui/names.tsx";
import type { ChartTable } from "./export.ts";
import { shortName } from "./short-name.ts";

const ROW = 28;
const LOOKED_AT = 500;

/** The chart as a real table. Only the rows in sight are in the page; `aria-rowindex` tells their place among all. */
export function TableTwin({ table, className = "max-h-[60dvh]" }: { table: ChartTable; className?: string }) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: table.rowCount,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const formatters = useMemo(() => formattersOf(table), [table]);
  const shown = rows.getVirtualItems();
  const above = shown[0]?.start ?? 0;
  const below = rows.getTotalSize() - (shown.at(-1)?.end ?? 0);
  return (
    <section
      ref={scroller}
      aria-label={shortName(table.caption)}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      className={classNames("overflow-auto rounded-md border border-line", className)}
    >
      <table
        aria-rowcount={table.rowCount + 1}
        className="min-w-[min(100%,28rem)] border-separate border-spacing-0 text-label"
      >
        <caption className="sr-only">{shortName(table.caption)}</caption>
        <thead>
          <tr aria-rowindex={1}>
            {table.columns.map((column, index) => (
              <th
                // biome-ignore lint/suspicious/noArrayIndexKey: columns of one name are told apart by their place
                key={index}
                scope="col"
                className={classNames(
                  "sticky top-0 z-10 max-w-64 border-b border-line bg-frame px-3 py-1.5 font-medium",
                  column.numeric ? "text-right" : "text-left",
                )}
              >
                <NameText name={column.name} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {above > 0 && <Spacer height={above} columns={table.columns.length} />}
          {shown.map(({ index }) => (
            <tr key={index} aria-rowindex={index + 2} className="h-7 hover:bg-hover">
              {table.columns.map((column, at) => (
                <Cell
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns of one name are told apart by their place
                  key={`${index} ${column.name} ${at}`}
                  value={table.cell(index, at)}
                  numeric={column.numeric ?? false}
                  format={formatters[at] ?? formatNumber}
                />
              ))}
            </tr>
          ))}
          {below > 0 && <Spacer height={below} columns={table.columns.length} />}
        </tbody>
      </table>
    </section>
  );
}

function Cell({
  value,
  numeric,
  format,
}: {
  value: string | number | null;
  numeric: boolean;
  format(value: number): string;
}) {
  const text = typeof value === "number" ? format(value) : value;
  return (
    <td
      className={classNames("max-w-80 px-3 whitespace-nowrap", numeric && "text-right tabular-nums")}
      data-tip={typeof value === "number" && text !== String(value) ? String(value) : undefined}
    >
      {text === null ? <span className="text-faint">{missing}</span> : numeric ? text : <NameText name={text} />}
    </td>
  );
}

/** One formatter a column, by its first rows. */
function formattersOf({ columns, rowCount, cell }: ChartTable): ((value: number) => string)[] {
  return columns.map((_, column) => {
    const first = Array.from({ length: Math.min(rowCount, LOOKED_AT) }, (_, row) => cell(row, column));
    return columnFormatter(first.filter((value) => typeof value === "number"));
  });
}

function Spacer({ height, columns }: { height: number; columns: number }) {
  return (
    <tr aria-hidden>
      <td colSpan={columns} style={{ height, padding: 0 }} />
    </tr>
  );
}
