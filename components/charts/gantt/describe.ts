import { formatAbsolute, formatDuration } from "../../ui/format.ts";
import type { ChartTable } from "../frame/export.ts";
import { originWord } from "../frame/origin-mark.ts";
import { shortName } from "../frame/short-name.ts";
import type { GanttPicture, GanttRow } from "./prepare.ts";

const MOST_TIP_LETTERS = 200;

/** A row in words, for its tooltip. */
export function tellRow(row: GanttRow, nameOfRun: (runId: string) => string): string {
  const name = shortName(row.step === null ? row.process : `${row.process}, step ${row.step}`, MOST_TIP_LETTERS);
  const word = originWord(row.fate);
  if (row.mark.kind === "tick") {
    const made = row.seconds === null ? "" : `; making it took ${formatDuration(row.seconds)}`;
    return `${name}: ${word}${row.producerRunId ? ` from ${nameOfRun(row.producerRunId)}` : ""}${made}`;
  }
  if (row.mark.kind === "none") return `${name}: ${word}`;
  const took = row.seconds === null ? "" : `, ${formatDuration(row.seconds)}`;
  return `${name}: ${word}${took}${row.startedAt ? `, from ${formatAbsolute(Date.parse(row.startedAt))}` : ""}`;
}

/** The timeline as rows; times in UTC as recorded, only those of this run itself. */
export function ganttTable({ rows }: GanttPicture, nameOfRun: (runId: string) => string): ChartTable {
  const cells = rows.map((row) => {
    const own = row.mark.kind === "bar";
    return [
      row.process,
      row.step,
      originWord(row.fate),
      own ? row.startedAt : null,
      own ? row.endedAt : null,
      row.seconds,
      row.producerRunId && nameOfRun(row.producerRunId),
    ];
  });
  return {
    caption: "Timeline",
    columns: [
      { name: "Process" },
      { name: "Step" },
      { name: "State" },
      { name: "Started (UTC)" },
      { name: "Ended (UTC)" },
      { name: "Seconds", numeric: true },
      { name: "From run" },
    ],
    rowCount: cells.length,
    cell: (row, column) => cells[row]?.[column] ?? null,
  };
}
