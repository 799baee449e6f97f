"use client";
import type { Preview } from "../../lib/domain/preview.ts";
import { classNames } from "../ui/class-names.ts";
import { formatCount, formatPlain } from "../ui/format.ts";
import { NameText } from "../ui/names.tsx";
import { ScrollBox } from "../ui/scroll-box.tsx";
import { Problem } from "./messages.tsx";
import { PartSteps, type Steps } from "./part-steps.tsx";

type Table = Extract<Preview, { kind: "table" }>;

/** Rows of a table file, a page at a time. Columns that hold only numbers stand at the right. */
export function TablePreview({ preview, rowsShown, ...steps }: { preview: Table; rowsShown: number } & Steps) {
  const { columns, rows, offset, totalRows } = preview;
  const first = offset + 1;
  const last = offset + rows.length;
  const isLast = totalRows === null ? rows.length < rowsShown : last >= totalRows;
  const numeric = columns.map((_, column) => rows.length > 0 && rows.every((row) => isNumber(row[column])));
  const alignment = (column: number) => (numeric[column] ? "text-right" : "text-left");
  return (
    <>
      {preview.problem && <Problem>{preview.problem}</Problem>}
      <ScrollBox label="Rows" className="max-h-[70vh] rounded-md border border-line">
        <table className="min-w-full text-label [&_td]:max-w-96 [&_td]:truncate [&_td]:px-3 [&_td]:py-1 [&_th]:px-3 [&_th]:py-1.5">
          <thead className="sticky top-0 bg-frame">
            <tr>
              <th scope="col" className="w-px text-right font-medium text-quiet">
                Row
              </th>
              {columns.map((column, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have one name
                <th key={index} scope="col" className={classNames("max-w-96 font-medium", alignment(index))}>
                  <NameText name={column} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row's number is its identity
              <tr key={offset + index} className="border-t border-line">
                <td className="text-right text-faint">{formatCount(first + index)}</td>
                {row.map((value, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: cells have no identity but their place
                  <td key={at} className={alignment(at)}>
                    <NameText name={formatPlain(value)} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      <PartSteps {...steps} next={isLast ? null : last}>
        {rows.length === 0 ? "No rows" : `Rows ${formatCount(first)}–${formatCount(last)}`}
        {totalRows !== null && ` of ${formatCount(totalRows)}`}
      </PartSteps>
    </>
  );
}

/** Whether a cell holds a number, as such or as text (a CSV has only text); an empty one does not say otherwise. */
function isNumber(value: unknown): boolean {
  if (typeof value === "number" || value === null || value === undefined || value === "") return true;
  return (
    typeof value === "string" && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$|^[+-]?(nan|inf|infinity)$/i.test(value.trim())
  );
}
