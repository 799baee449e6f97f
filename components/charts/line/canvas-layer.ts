import type { Domain } from "../frame/axes.ts";
import { type Scale, showsDots, traceBand, traceLine, visibleSpan } from "./drawing.ts";
import { nearestIndex } from "./nearest.ts";
import type { Line, LinePicture } from "./picture.ts";

/** The plot in pixels: its own corner is 0,0; the canvas is `EDGE` larger on every side, so that marks at the edge stay whole. */
export interface Plot {
  width: number;
  height: number;
  x: Scale;
  y: Scale;
}
export const EDGE = 6;

const DASH = /\d+/g;

/** Paints all lines: bands, faint raw lines, strong lines, dots, and what is no number at the edge. */
export function paintLines(
  context: CanvasRenderingContext2D,
  picture: LinePicture,
  plot: Plot,
  colourOf: (colour: string) => string,
): void {
  begin(context);
  clipTo(context, plot);
  for (const line of picture.lines) paintBand(context, line, picture.xDomain, plot, colourOf(line.colour));
  for (const line of picture.lines) {
    if (line.rawYs) paintRaw(context, line, line.rawYs, picture.xDomain, plot, colourOf(line.colour));
  }
  const width = picture.lines.length > 40 ? 1 : 1.5;
  const dots = picture.lines.map(
    (line) => [line, paintLine(context, line, picture.xDomain, plot, colourOf(line.colour), width)] as const,
  );
  context.restore();
  for (const [line, points] of dots) {
    paintDots(context, line, points, plot, colourOf(line.colour));
    paintOdd(context, line, picture.xDomain, plot, colourOf(line.colour));
  }
  context.restore();
}

export interface Pointed {
  x: number | null;
  /** Key of the line that is raised. */
  raised: string | null;
  /** Being selected, in pixels. */
  brush: readonly [number, number] | null;
}

/** Paints what follows the pointer: crosshair, dots on the lines, the raised line, the selection. */
export function paintPointed(
  context: CanvasRenderingContext2D,
  picture: LinePicture,
  plot: Plot,
  pointed: Pointed,
  colourOf: (colour: string) => string,
): void {
  begin(context);
  const found = picture.lines.find((line) => line.key === pointed.raised);
  // Full, also where its line is dashed: among noise a thick dash reads as speckle.
  const raised = found && { ...found, dash: undefined };
  if (raised) {
    clipTo(context, plot);
    const points = paintLine(context, raised, picture.xDomain, plot, colourOf(raised.colour), 2.5);
    context.restore();
    paintDots(context, raised, points, plot, colourOf(raised.colour));
  }
  if (pointed.brush) {
    const [from, to] = pointed.brush;
    context.fillStyle = colourOf("var(--accent)");
    context.globalAlpha = 0.15;
    context.fillRect(Math.min(from, to), 0, Math.abs(to - from), plot.height);
    context.globalAlpha = 1;
  }
  if (pointed.x !== null) {
    const x = Math.round(plot.x(pointed.x)) + 0.5;
    if (x >= -1 && x <= plot.width + 1) {
      context.strokeStyle = colourOf("var(--text-faint)");
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(x, 0);
      context.lineTo(x, plot.height);
      context.stroke();
      const lines = raised ? [raised] : picture.lines.length <= 12 ? picture.lines : [];
      for (const line of lines) paintReading(context, line, pointed.x, plot, colourOf);
    }
  }
  context.restore();
}

function begin(context: CanvasRenderingContext2D): void {
  context.save();
  context.translate(EDGE, EDGE);
  context.lineJoin = "round";
}

function clipTo(context: CanvasRenderingContext2D, plot: Plot): void {
  context.save();
  context.beginPath();
  context.rect(-1, -1, plot.width + 2, plot.height + 2);
  context.clip();
}

function paintBand(context: CanvasRenderingContext2D, line: Line, domain: Domain, plot: Plot, colour: string): void {
  if (!line.buckets) return;
  context.beginPath();
  traceBand(context, line, plot.x, plot.y, visibleSpan(line.xs, domain));
  context.fillStyle = colour;
  context.globalAlpha = 0.15;
  context.fill();
  // The outline keeps a single extreme in sight, which a fill of one pixel's width would not.
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.globalAlpha = 0.4;
  context.stroke();
  context.globalAlpha = 1;
}

function paintRaw(
  context: CanvasRenderingContext2D,
  line: Line,
  ys: Float64Array,
  domain: Domain,
  plot: Plot,
  colour: string,
): void {
  context.beginPath();
  traceLine(context, line.xs, ys, plot.x, plot.y, visibleSpan(line.xs, domain));
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.globalAlpha = 0.3;
  context.stroke();
  context.globalAlpha = 1;
}

function paintLine(
  context: CanvasRenderingContext2D,
  line: Line,
  domain: Domain,
  plot: Plot,
  colour: string,
  width: number,
): number[] {
  context.beginPath();
  const span = visibleSpan(line.xs, domain);
  const alone = traceLine(context, line.xs, line.ys, plot.x, plot.y, span);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash(line.dash?.match(DASH)?.map(Number) ?? []);
  context.stroke();
  context.setLineDash([]);
  if (!showsDots(line, plot.width)) return alone;
  return Array.from({ length: span[1] - span[0] }, (_, i) => span[0] + i);
}

function paintDots(
  context: CanvasRenderingContext2D,
  line: Line,
  points: readonly number[],
  plot: Plot,
  colour: string,
): void {
  context.fillStyle = colour;
  context.beginPath();
  for (const index of points) {
    const [x, y] = [plot.x(line.xs[index] as number), plot.y(line.ys[index] as number)];
    if (!isInside(x, y, plot)) continue;
    context.moveTo(x + 2.5, y);
    context.arc(x, y, 2.5, 0, 2 * Math.PI);
  }
  context.fill();
}

/** A cross on the axis for NaN and for what a bucket has of it, a triangle at the edge for an infinity. */
function paintOdd(
  context: CanvasRenderingContext2D,
  line: Line,
  [low, high]: Domain,
  plot: Plot,
  colour: string,
): void {
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = 1.5;
  for (const { x: at, kind } of line.odd) {
    if (at < low || at > high) continue;
    const x = plot.x(at);
    const y = kind === "above" ? 0 : plot.height;
    const up = kind === "above" ? 4 : -4;
    context.beginPath();
    if (kind === "nan" || kind === "notFinite") {
      context.moveTo(x - 3, y - 3);
      context.lineTo(x + 3, y + 3);
      context.moveTo(x + 3, y - 3);
      context.lineTo(x - 3, y + 3);
      context.stroke();
    } else {
      context.moveTo(x, y - up);
      context.lineTo(x - 4, y + up);
      context.lineTo(x + 4, y + up);
      context.fill();
    }
  }
}

function paintReading(
  context: CanvasRenderingContext2D,
  line: Line,
  at: number,
  plot: Plot,
  colourOf: (colour: string) => string,
): void {
  const index = nearestIndex(line.xs, at);
  const [x, y] = [plot.x(line.xs[index] ?? NaN), plot.y(line.ys[index] ?? NaN)];
  if (!isInside(x, y, plot) || Math.abs(x - plot.x(at)) > 8) return;
  context.beginPath();
  context.arc(x, y, 3.5, 0, 2 * Math.PI);
  context.fillStyle = colourOf(line.colour);
  context.fill();
  context.strokeStyle = colourOf("var(--canvas)");
  context.lineWidth = 1.5;
  context.stroke();
}

function isInside(x: number, y: number, plot: Plot): boolean {
  return x >= -1 && x <= plot.width + 1 && y >= -1 && y <= plot.height + 1;
}
