"use client";
import { type RefObject, useEffect, useMemo } from "react";
import { FOOT, GraphChart, type GraphChartProps, graphZoom } from "./graph-chart.tsx";
import { layoutGraph } from "./layout.ts";
import { drawGraphSvg } from "./svg-picture.ts";

const TALLEST = 560;

/** Lays the graph out; in one chunk with the layout's library. Steps that the reader opens may make it taller than `least`. */
export function GraphBody({
  svgRef,
  least,
  ...props
}: Omit<GraphChartProps, "layout" | "height"> & { svgRef: RefObject<(() => string) | null>; least: number }) {
  const { picture, expanded, direction, width } = props;
  const layout = useMemo(() => layoutGraph(picture, expanded, direction), [picture, expanded, direction]);
  useEffect(() => {
    svgRef.current = () => drawGraphSvg(picture, layout, direction);
  }, [svgRef, picture, layout, direction]);
  const wanted = Math.min(TALLEST, Math.ceil(layout.height * graphZoom(layout, width)) + FOOT);
  const height = expanded.size === 0 ? least : Math.max(least, wanted);
  return <GraphChart {...props} layout={layout} height={height} />;
}
