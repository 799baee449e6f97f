import { formatAbsolute, formatCount, formatDuration, formatNumber } from "../../ui/format.ts";
import { type Axis, axisOf, logAxis, numberAxis } from "../frame/axes.ts";
import type { LinePicture } from "./picture.ts";

export const MARGIN = { top: 10, right: 18, bottom: 0, left: 0 };
export const X_AXIS_HEIGHT = 24;
const CHARACTER = 6.3;

export interface LineAxes {
  x: Axis;
  y: Axis;
  /** Room for the y labels, pixels. */
  yWidth: number;
}

/** Round ticks, as many as there is room for. */
export function lineAxes(picture: LinePicture, width: number, height: number): LineAxes {
  const rows = Math.max(2, Math.floor((height - X_AXIS_HEIGHT) / 36));
  const y = picture.logY ? logAxis(picture.yDomain, rows) : numberAxis(picture.yDomain, rows);
  const yWidth = Math.max(28, Math.ceil(Math.max(0, ...y.labels.map((label) => label.length)) * CHARACTER) + 12);
  const columns = Math.max(2, Math.floor((width - yWidth) / (picture.xKind === "number" ? 52 : 84)));
  return { x: axisOf(picture.xKind, picture.xDomain, columns, picture.xWhole), y, yWidth };
}

/** An x as words: `60`, `12 m 5 s`, a time in the reader's zone. The middle of a bucket of steps is a whole step. */
export function formatX(x: number, { xKind, xWhole }: Pick<LinePicture, "xKind" | "xWhole">): string {
  if (xKind === "time") return formatAbsolute(x);
  if (xKind === "duration") return formatDuration(x);
  return xWhole ? formatCount(x) : formatNumber(x, 6);
}
