import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import { createStore, type Store } from "../../ui/store.ts";
import type { Domain } from "../frame/axes.ts";
import type { Crosshair } from "../frame/crosshair.tsx";
import type { Plot } from "./canvas-layer.ts";
import { nearestIndex, snapX, stepX } from "./nearest.ts";
import type { LinePicture } from "./picture.ts";

export interface Pointing {
  chartId: string;
  /** Charts with the same one share their crosshair. */
  axisId: string;
  picture: LinePicture;
  plot: Plot;
  crosshair: Store<Crosshair | null>;
  /** Key of the line that is raised. */
  raised: Store<string | null>;
  /** The reader zooms, or (null) asks for everything again. */
  onRange(range: Domain | null): void;
  /** The crosshair was moved by a key: say what it reads. */
  onStep(): void;
}

const RAISE_WITHIN = 12;
const DRAG_AFTER = 4;
const JUMP = 10;

/** Mouse, touch and keys over the plot: crosshair, nearest line, zoom by drag. Reads through a ref, so that handlers never change. */
export function usePointing(pointing: Pointing) {
  const now = useRef(pointing);
  now.current = pointing;
  const [brush] = useState(() => createStore<readonly [number, number] | null>(null));
  const [handlers] = useState(() => pointingHandlers(now, brush));
  const { crosshair, chartId } = pointing;
  useEffect(
    () => () => {
      if (crosshair.get()?.chart === chartId) crosshair.set(null);
    },
    [crosshair, chartId],
  );
  return { brush, handlers };
}

function pointingHandlers(now: { current: Pointing }, brush: Store<readonly [number, number] | null>) {
  let pressed: number | null = null;
  const pixelsOf = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return { px: Math.min(Math.max(event.clientX - box.left, 0), box.width), py: event.clientY - box.top };
  };
  const valueAt = (px: number) => {
    const { picture, plot } = now.current;
    const [low, high] = picture.xDomain;
    return low + ((high - low) * px) / plot.width;
  };
  const point = (x: number | null) => {
    const { crosshair, axisId, chartId } = now.current;
    crosshair.set(x === null ? null : { axis: axisId, x, chart: chartId });
    return true;
  };
  const zoom = (from: number, to: number) => {
    const [low, high] = [Math.min(from, to), Math.max(from, to)];
    if (high > low) now.current.onRange([low, high]);
    return true;
  };
  const zoomOut = () => {
    now.current.onRange(null);
    return true;
  };

  return {
    onPointerMove(event: PointerEvent<HTMLElement>) {
      const { px, py } = pixelsOf(event);
      if (pressed !== null && Math.abs(px - pressed) > DRAG_AFTER) brush.set([pressed, px]);
      const { picture, plot, raised } = now.current;
      const x = snapX(picture, valueAt(px));
      point(x);
      if (picture.lines.length > 1) raised.set(x === null || brush.get() ? null : lineNear(picture, plot, x, py));
    },
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (event.button !== 0) return;
      pressed = pixelsOf(event).px;
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerUp() {
      const selected = brush.get();
      pressed = null;
      brush.set(null);
      if (selected) zoom(valueAt(selected[0]), valueAt(selected[1]));
    },
    onPointerCancel() {
      pressed = null;
      brush.set(null);
    },
    onPointerLeave() {
      if (pressed !== null) return;
      point(null);
      now.current.raised.set(null);
    },
    onDoubleClick: zoomOut,
    onBlur: () => void point(null),
    onKeyDown(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const { picture, crosshair, axisId, onStep } = now.current;
      const [low, high] = picture.xDomain;
      const at = crosshair.get();
      const here = at?.axis === axisId && at.x >= low && at.x <= high ? at.x : null;
      const walk = (direction: 1 | -1) => {
        if (here === null) return point(snapX(picture, direction > 0 ? low : high));
        let x = here;
        for (let i = 0; i < (event.shiftKey ? JUMP : 1); i++) x = stepX(picture, x, direction) ?? x;
        return point(x);
      };
      const half = (high - low) / 2;
      const centre = here ?? low + half;
      const act = (): boolean => {
        switch (event.key) {
          case "ArrowRight":
            return walk(1);
          case "ArrowLeft":
            return walk(-1);
          case "Home":
            return point(snapX(picture, low));
          case "End":
            return point(snapX(picture, high));
          case "+":
          case "=":
            return zoom(centre - half / 2, centre + half / 2);
          case "-":
            return zoom(centre - half * 2, centre + half * 2);
          case "0":
            return zoomOut();
          case "Escape":
            return here === null ? zoomOut() : point(null);
          default:
            return false;
        }
      };
      if (!act()) return;
      event.preventDefault();
      event.stopPropagation();
      onStep();
    },
  };
}

/** Key of the line whose point at `x` is nearest to the pointer; null when none is close. */
function lineNear(picture: LinePicture, plot: Plot, x: number, py: number): string | null {
  let best: string | null = null;
  let distance = RAISE_WITHIN;
  for (const { key, xs, ys } of picture.lines) {
    const gap = Math.abs(plot.y(ys[nearestIndex(xs, x)] ?? NaN) - py);
    if (gap < distance) [best, distance] = [key, gap];
  }
  return best;
}
