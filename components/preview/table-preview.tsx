"use client";
import type { Preview } from "../../lib/domain/preview.ts";
import { formatCount, formatPlain } from "../ui/format.ts";
import { NameText } from "../ui/names.tsx";
import { ScrollBox } from "../ui/scroll-box.tsx";
import { escapeInvisible } from "../ui/visible-text.ts";
import { Problem } from "./messages.tsx";
import { PartSteps, type Steps } from "./part-steps.tsx";

type Table = Extract<Preview, { kind: "table" }>;

/** Rows of a table file, a page at a time. */
export function TablePreview({ preview, rowsShown, ...steps }: { preview: Table; rowsShown: number } & Steps) {
  const first = preview.offset + 1;
  const last = preview.offset + preview.rows.length;
  const isLast = preview.totalRows === null ? preview.rows.length < rowsShown : last >= preview.totalRows;
  return (
    <>
      <ScrollBox label="Rows" className="max-h-[70vh] rounded-md border border-line">
        <table className="w-full text-label">
          <thead className="sticky top-0 bg-frame">
            <tr>
              <th className="px-2 py-1.5 text-right font-medium text-quiet">Row</th>
              {preview.columns.map((column, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have one name
                <th key={index} className="px-2 py-1.5 text-left font-medium">
                  <NameText name={column} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.rows.map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row's number is its identity
              <tr key={preview.offset + index} className="border-t border-line">
                <td className="px-2 py-1 text-right text-faint">{formatCount(first + index)}</td>
                {row.map((value, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: cells have no identity but their place
                  <td key={at} className={typeof value === "number" ? "px-2 py-1 text-right" : "px-2 py-1"}>
                    {escapeInvisible(formatPlain(value))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {preview.problem && <Problem>{preview.problem}</Problem>}
      <PartSteps {...steps} next={isLast ? null : last}>
        {preview.rows.length === 0 ? "No rows" : `Rows ${formatCount(first)}–${formatCount(last)}`}
        {preview.totalRows !== null && ` of ${formatCount(preview.totalRows)}`}
      </PartSteps>
    </>
  );
}
