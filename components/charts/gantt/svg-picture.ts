import { formatAbsolute, formatDuration } from "../../ui/format.ts";
import { markOf } from "../../ui/status-mark.tsx";
import { type ChartTable, escapeXml } from "../frame/export.ts";
import { originWord } from "../frame/origin-mark.ts";
import { shortName } from "../frame/short-name.ts";
import type { GanttPicture, GanttRow } from "./prepare.ts";

const ROW = 24;
const LABELS = 220;
const WIDTH = 960;
const MOST_LETTERS = 32;
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

/** The timeline as one SVG document; colours stand as variables of the theme. */
export function drawGanttSvg({ rows, span, axis, start }: GanttPicture): string {
  const height = rows.length * ROW + 32;
  const x = (offset: number) => LABELS + (span === 0 ? 0 : (offset / span) * (WIDTH - LABELS - 70));
  const text = (at: string, fill: string, content: string) =>
    `<text ${at} font-size="11" fill="var(--${fill})">${escapeXml(content)}</text>`;
  const ticks =
    start === null
      ? []
      : axis.ticks.map(
          (tick, i) =>
            `<path d="M${x(tick)} 0V${height - 24}" stroke="var(--line)"/>${text(`x="${x(tick)}" y="${height - 8}" text-anchor="middle"`, "text-quiet", axis.labels[i] as string)}`,
        );
  const marks = rows.map((row, i) => {
    const middle = i * ROW + ROW / 2;
    const { colour } = markOf(row.fate);
    const word = originWord(row.fate);
    const label = text(
      `x="${row.step === null ? 8 : 24}" y="${middle + 4}"`,
      "text",
      shortName(row.step ?? row.process, MOST_LETTERS),
    );
    if (row.mark.kind === "none") return label + text(`x="${x(0) + 4}" y="${middle + 4}"`, "text-quiet", word);
    if (row.mark.kind === "tick") {
      const at = x(row.mark.at ?? 0);
      return `${label}<path d="M${at} ${middle - 8}v16" stroke="${colour}" stroke-width="3"/>${text(`x="${at + 8}" y="${middle + 4}"`, "text-quiet", word)}`;
    }
    const [left, right] = [x(row.mark.from), Math.max(x(row.mark.to), x(row.mark.from) + 2)];
    const thick = row.step === null ? 12 : 6;
    const took =
      row.seconds === null ? "" : text(`x="${right + 6}" y="${middle + 4}"`, "text-quiet", formatDuration(row.seconds));
    return `${label}<rect x="${left}" y="${middle - thick / 2}" width="${right - left}" height="${thick}" fill="${colour}"/>${took}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif">`,
    `<rect width="${WIDTH}" height="${height}" fill="var(--canvas)"/>`,
    ...ticks,
    ...marks,
    "</svg>",
  ].join("\n");
}
