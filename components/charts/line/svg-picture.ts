import { escapeXml } from "../frame/export.ts";
import { shortName } from "../frame/short-name.ts";
import { pathCollector, scaleBetween, traceBand, traceLine, visibleSpan } from "./drawing.ts";
import { lineAxes, MARGIN, X_AXIS_HEIGHT } from "./geometry.ts";
import type { Line, LinePicture, Odd } from "./picture.ts";
import { remarksOf } from "./remarks.ts";

const HEAD = 32;
const ROW = 18;
const MOST_LEGEND_ROWS = 40;

export interface PictureWords {
  title: string;
  unit: string | null;
  xName: string;
}

interface Plot {
  left: number;
  top: number;
  right: number;
  bottom: number;
  x(value: number): number;
  y(value: number): number;
}

/**
 * The chart as one SVG document that needs nothing else: title, axes, lines, marks, remarks, legend. Colours stand as variables of the
 * theme.
 */
export function drawLinesSvg(picture: LinePicture, words: PictureWords, width = 960, plotHeight = 420): string {
  const axes = lineAxes(picture, width, plotHeight);
  const [left, top] = [axes.yWidth + 8, HEAD + MARGIN.top];
  const [right, bottom] = [width - MARGIN.right, HEAD + plotHeight - X_AXIS_HEIGHT];
  const x = scaleBetween(picture.xDomain, [left, right]);
  const y = scaleBetween(picture.yDomain, [bottom, top], picture.logY);
  const plot = { left, top, right, bottom, x, y };
  const below = drawBelow(picture, words, left, bottom + 60);
  const unit = words.unit ? `<tspan font-weight="400" font-size="11"> ${escapeXml(shortName(words.unit))}</tspan>` : "";
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${below.end}" viewBox="0 0 ${width} ${below.end}" font-family="system-ui, sans-serif">`,
    `<rect width="${width}" height="${below.end}" fill="var(--canvas)"/>`,
    `<clipPath id="plot"><rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"/></clipPath>`,
    `<text x="12" y="21" fill="var(--text)" font-size="14" font-weight="600">${escapeXml(shortName(words.title))}${unit}</text>`,
    ...axes.y.ticks.map((tick, i) => {
      const at = y(tick).toFixed(1);
      return `<path d="M${left} ${at}H${right}" stroke="var(--line)"/>${text(left - 6, at, axes.y.labels[i] as string, 'text-anchor="end" dominant-baseline="middle"')}`;
    }),
    ...axes.x.ticks.map((tick, i) =>
      text(x(tick).toFixed(1), bottom + 16, axes.x.labels[i] as string, 'text-anchor="middle"'),
    ),
    text((left + right) / 2, bottom + 36, shortName(words.xName), 'text-anchor="middle"'),
    `<g clip-path="url(#plot)" fill="none" stroke-linejoin="round">`,
    ...picture.lines.map((line) => drawLine(line, picture, plot)),
    "</g>",
    ...picture.lines.flatMap((line) => drawOdd(line, picture, plot)),
    ...below.parts,
    "</svg>",
  ].join("\n");
}

function text(x: number | string, y: number | string, content: string, extra = ""): string {
  return `<text x="${x}" y="${y}" fill="var(--text-quiet)" font-size="11" ${extra}>${escapeXml(content)}</text>`;
}

/** Remarks and legend, a row each, from `start` down. */
function drawBelow(picture: LinePicture, { xName }: PictureWords, left: number, start: number) {
  const named = picture.lines.slice(0, MOST_LEGEND_ROWS);
  const unnamed = picture.lines.length - named.length;
  const remarks = remarksOf(picture, xName).map((remark) => remark.text);
  const rows = [
    ...(remarks.length > 0 ? [(y: number) => text(left, y, remarks.join(" · "), 'dominant-baseline="middle"')] : []),
    ...named.map((line) => (y: number) => {
      const dash = line.dash ? ` stroke-dasharray="${line.dash}"` : "";
      const stroke = `<path d="M${left} ${y}h18" stroke="${line.colour}" stroke-width="2"${dash}/>`;
      return stroke + text(left + 26, y, shortName(line.label), 'dominant-baseline="middle"');
    }),
    ...(unnamed > 0 ? [(y: number) => text(left + 26, y, `and ${unnamed} more`, 'dominant-baseline="middle"')] : []),
  ];
  return { parts: rows.map((row, i) => row(start + i * ROW)), end: start + rows.length * ROW };
}

function drawLine(line: Line, picture: LinePicture, { x, y }: Plot): string {
  const span = visibleSpan(line.xs, picture.xDomain);
  const path = (ys: Float64Array, look: string) => {
    const sink = pathCollector();
    const alone = traceLine(sink, line.xs, ys, x, y, span);
    const dots = alone.map(
      (i) =>
        `<circle cx="${x(line.xs[i] as number).toFixed(1)}" cy="${y(ys[i] as number).toFixed(1)}" r="2.5" fill="${line.colour}"/>`,
    );
    return `<path d="${sink.d()}" stroke="${line.colour}" ${look}/>${dots.join("")}`;
  };
  const band = pathCollector();
  traceBand(band, line, x, y, span);
  return [
    line.buckets
      ? `<path d="${band.d()}" fill="${line.colour}" fill-opacity="0.15" stroke="${line.colour}" stroke-opacity="0.4"/>`
      : "",
    line.rawYs ? path(line.rawYs, 'stroke-opacity="0.3"') : "",
    path(line.ys, `stroke-width="1.5"${line.dash ? ` stroke-dasharray="${line.dash}"` : ""}`),
  ].join("");
}

/** As on the page: a cross on the axis for NaN, a triangle at the edge for an infinity. */
function drawOdd(line: Line, { xDomain: [low, high] }: LinePicture, { x, top, bottom }: Plot): string[] {
  const draw = ({ x: value, kind }: Odd) => {
    const at = x(value);
    if (kind === "above") return `<path d="M${at} ${top - 4}l-4 8h8z" fill="${line.colour}"/>`;
    if (kind === "below") return `<path d="M${at} ${bottom + 4}l-4 -8h8z" fill="${line.colour}"/>`;
    return `<path d="M${at - 3} ${bottom - 3}l6 6m0 -6l-6 6" fill="none" stroke="${line.colour}" stroke-width="1.5"/>`;
  };
  return line.odd.filter(({ x: value }) => value >= low && value <= high).map(draw);
}
