import { escapeXml } from "../frame/export.ts";
import { pathCollector, scaleBetween, traceBand, traceLine, visibleSpan } from "./drawing.ts";
import { lineAxes, MARGIN, X_AXIS_HEIGHT } from "./geometry.ts";
import type { Line, LinePicture } from "./prepare.ts";

const HEAD = 32;
const LEGEND_ROW = 18;
const MOST_LEGEND_ROWS = 40;

/** The chart as one SVG document that needs nothing else: axes, lines, legend. Colours stand as variables of the theme. */
export function drawLinesSvg(
  picture: LinePicture,
  title: string,
  xName: string,
  width = 960,
  plotHeight = 420,
): string {
  const axes = lineAxes(picture, width, plotHeight);
  const [left, top, right, bottom] = [
    axes.yWidth + 8,
    HEAD + MARGIN.top,
    width - MARGIN.right,
    HEAD + plotHeight - X_AXIS_HEIGHT,
  ];
  const x = scaleBetween(picture.xDomain, [left, right]);
  const y = scaleBetween(picture.yDomain, [bottom, top], picture.logY);
  const named = picture.lines.slice(0, MOST_LEGEND_ROWS);
  const height = HEAD + plotHeight + 24 + named.length * LEGEND_ROW + 12;
  const text = (at: string, content: string, extra = "") =>
    `<text ${at} fill="var(--text-quiet)" font-size="11" ${extra}>${escapeXml(content)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif">`,
    `<rect width="${width}" height="${height}" fill="var(--canvas)"/>`,
    `<clipPath id="plot"><rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"/></clipPath>`,
    `<text x="12" y="21" fill="var(--text)" font-size="14" font-weight="600">${escapeXml(title)}</text>`,
    ...axes.y.ticks.map((tick, i) => {
      const at = y(tick).toFixed(1);
      return `<path d="M${left} ${at}H${right}" stroke="var(--line)"/>${text(`x="${left - 6}" y="${at}"`, axes.y.labels[i] as string, 'text-anchor="end" dominant-baseline="middle"')}`;
    }),
    ...axes.x.ticks.map((tick, i) =>
      text(`x="${x(tick).toFixed(1)}" y="${bottom + 16}"`, axes.x.labels[i] as string, 'text-anchor="middle"'),
    ),
    text(`x="${(left + right) / 2}" y="${bottom + 36}"`, xName, 'text-anchor="middle"'),
    `<g clip-path="url(#plot)" fill="none" stroke-linejoin="round">`,
    ...picture.lines.map((line) => drawLine(line, picture, x, y)),
    "</g>",
    ...named.map((line, i) => {
      const at = HEAD + plotHeight + 28 + i * LEGEND_ROW;
      const dash = line.dash ? ` stroke-dasharray="${line.dash}"` : "";
      return `<path d="M${left} ${at}h18" stroke="${line.colour}" stroke-width="2"${dash}/>${text(`x="${left + 26}" y="${at}"`, line.label, 'dominant-baseline="middle"')}`;
    }),
    "</svg>",
  ].join("\n");
}

function drawLine(
  line: Line,
  picture: LinePicture,
  x: (value: number) => number,
  y: (value: number) => number,
): string {
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
  if (line.low) traceBand(band, line, x, y, span);
  return [
    line.low
      ? `<path d="${band.d()}" fill="${line.colour}" fill-opacity="0.15" stroke="${line.colour}" stroke-opacity="0.4"/>`
      : "",
    line.rawYs ? path(line.rawYs, 'stroke-opacity="0.3"') : "",
    path(line.ys, `stroke-width="1.5"${line.dash ? ` stroke-dasharray="${line.dash}"` : ""}`),
  ].join("");
}
