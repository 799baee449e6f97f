"use client";
import { type RefObject, useEffect, useMemo } from "react";
import { FOOT, GraphChart, type GraphChartProps, graphZoom } from "./graph-chart.tsx";
import { layoutGraph } from "./layout.ts";
import { drawGraphSvg } from "./svg-picture.ts";

const TALLEST = 560;

/** Lays the graph out and gives it its height; in one chunk with the layout's library. */
export function GraphBody({
  svgRef,
  ...props
}: Omit<GraphChartProps, "layout" | "height"> & { svgRef: RefObject<(() => string) | null> }) {
  const { picture, expanded, direction, width } = props;
  const layout = useMemo(() => layoutGraph(picture, expanded, direction), [picture, expanded, direction]);
  useEffect(() => {
    svgRef.current = () => drawGraphSvg(picture, layout, direction);
  }, [svgRef, picture, layout, direction]);
  const height = Math.min(TALLEST, Math.ceil(layout.height * graphZoom(layout, width))) + FOOT;
  return <GraphChart {...props} layout={layout} height={height} />;
}
