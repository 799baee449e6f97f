import { formatDuration } from "../../ui/format.ts";
import { markOf } from "../../ui/status-mark.tsx";
import { escapeXml } from "../frame/export.ts";
import { originWord } from "../frame/origin-mark.ts";
import { shortName } from "../frame/short-name.ts";
import type { GanttPicture } from "./prepare.ts";

const ROW = 24;
const LABELS = 220;
const WIDTH = 960;
const MOST_LETTERS = 32;

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
