"use client";
import { useEffect, useRef } from "react";
import type { Store } from "../../ui/store.ts";
import { escapeInvisible } from "../../ui/visible-text.ts";
import type { Crosshair } from "../frame/crosshair.tsx";
import { colourReader, openCanvas, usePaintContext } from "../frame/paint-context.ts";
import { EDGE, type Plot, paintLines, paintPointed } from "./canvas-layer.ts";
import { type Pointing, usePointing } from "./use-pointing.ts";

/** The plot and where its corner stands in the chart. */
export interface PlacedPlot extends Plot {
  left: number;
  top: number;
}

export interface PlotLayerProps extends Pointing {
  plot: PlacedPlot;
  /** Off screen nothing is painted. */
  active: boolean;
  label: string;
  describedBy: string;
  /** Told after the lines have been drawn. */
  onDrawn(series: number): void;
}

/**
 * The lines on a canvas over the axes that Recharts draws, and what the pointer does there. It lies beside the SVG, not in a
 * foreignObject of it, where WebKit misplaces positioned content (bug 23113).
 */
export function PlotLayer({ active, label, describedBy, onDrawn, ...pointing }: PlotLayerProps) {
  const { picture, plot, crosshair, raised, axisId } = pointing;
  const lines = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const paintContext = usePaintContext();
  const { brush, handlers } = usePointing(pointing);
  const [width, height] = [plot.width + 2 * EDGE, plot.height + 2 * EDGE];

  // biome-ignore lint/correctness/useExhaustiveDependencies: theme and pixel density are read from the page while painting
  useEffect(() => {
    if (!active || !lines.current) return;
    const context = openCanvas(lines.current, width, height);
    if (!context) return;
    paintLines(context, picture, plot, colourReader(lines.current));
    onDrawn(picture.lines.length);
  }, [active, picture, plot, width, height, paintContext, onDrawn]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => {
    const canvas = over.current;
    if (!active || !canvas) return;
    const colourOf = colourReader(canvas);
    const paint = () => {
      const context = openCanvas(canvas, width, height);
      const line = raised.get();
      if (context)
        paintPointed(context, picture, plot, { x: xOf(crosshair, axisId), raised: line, brush: brush.get() }, colourOf);
      if (lines.current) lines.current.style.opacity = line === null ? "" : "0.25";
    };
    paint();
    const stops = [crosshair.subscribe(paint), raised.subscribe(paint), brush.subscribe(paint)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [active, picture, plot, width, height, paintContext, crosshair, raised, brush, axisId]);

  const place = { left: plot.left - EDGE, top: plot.top - EDGE };
  return (
    <>
      <canvas ref={lines} className="pointer-events-none absolute" style={place} aria-hidden />
      <canvas ref={over} className="pointer-events-none absolute" style={place} aria-hidden />
      <div
        role="application"
        aria-roledescription="line chart"
        aria-label={escapeInvisible(label)}
        aria-describedby={describedBy}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the plot takes the arrow keys, as its description says
        tabIndex={0}
        className="absolute cursor-crosshair touch-pan-y select-none"
        style={{ left: plot.left, top: plot.top, width: plot.width, height: plot.height }}
        {...handlers}
      />
    </>
  );
}

/** The crosshair's x, where it stands over the same axis. */
export function xOf(crosshair: Store<Crosshair | null>, axisId: string): number | null {
  const at = crosshair.get();
  return at?.axis === axisId ? at.x : null;
}
