"use client";
import { memo, useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import {
  CartesianGrid,
  LineChart as RechartsLineChart,
  usePlotArea,
  useXAxisScale,
  useYAxisScale,
  XAxis,
  YAxis,
} from "recharts";
import { formatNumber } from "../../ui/format.ts";
import type { Store } from "../../ui/store.ts";
import type { Domain } from "../frame/axes.ts";
import type { Crosshair } from "../frame/crosshair.tsx";
import { useWidth } from "../frame/use-width.ts";
import { scaleBetween } from "./drawing.ts";
import { formatX, lineAxes, MARGIN, X_AXIS_HEIGHT } from "./geometry.ts";
import { reachOf, readLines } from "./nearest.ts";
import type { LinePicture } from "./picture.ts";
import { type PlacedPlot, PlotLayer, xOf } from "./plot-layer.tsx";

export interface LineChartProps {
  chartId: string;
  /** What the chart shows, for those who cannot see it. */
  label: string;
  picture: LinePicture;
  xName: string;
  axisId: string;
  height: number;
  active: boolean;
  crosshair: Store<Crosshair | null>;
  raised: Store<string | null>;
  onRange(range: Domain | null): void;
}

const tick = { fontSize: 11, fill: "var(--text-faint)" };
const axisLine = { stroke: "var(--line-control)" };
const SPOKEN = 3;

/** The frame that Recharts draws (axes, grid) with the lines on a canvas over it. */
export function LineChart(props: LineChartProps) {
  const { chartId, label, picture, xName, height, crosshair, axisId, ...rest } = props;
  const root = useRef<HTMLDivElement>(null);
  const width = useWidth(root);
  const [placed, setPlaced] = useState<{ picture: LinePicture; plot: PlacedPlot } | null>(null);
  const hintId = useId();
  const [spoken, announce] = useAnnouncement();
  const latest = useRef(picture);
  latest.current = picture;
  const onDrawn = useCallback((series: number) => root.current?.setAttribute("data-series-drawn", String(series)), []);
  const onStep = useCallback(() => {
    const x = xOf(crosshair, axisId);
    if (x === null) return announce("");
    const now = latest.current;
    const readings = readLines(now.lines, x, reachOf(now)).filter(({ y }) => !Number.isNaN(y));
    const values = readings.slice(0, SPOKEN).map(({ line, y }) => `${line.label} ${formatNumber(y)}`);
    const more = readings.length > SPOKEN ? [`and ${readings.length - SPOKEN} more`] : [];
    announce([`${xName} ${formatX(x, now)}`, ...(values.length > 0 ? values : ["no value"]), ...more].join(", "));
  }, [crosshair, axisId, xName, announce]);

  return (
    <div ref={root} className="relative" style={{ height }} data-chart="line" data-chart-id={chartId}>
      {width > 0 && <Frame width={width} height={height} picture={picture} onPlaced={setPlaced} />}
      {placed && (
        <PlotLayer
          {...rest}
          {...placed}
          {...{ chartId, label, crosshair, axisId, onStep, onDrawn }}
          describedBy={hintId}
        />
      )}
      <p id={hintId} className="sr-only">
        Left and right arrows move along {xName}, with Shift ten points at once. Plus and minus zoom, 0 shows
        everything. The chart's menu has it as a table.
      </p>
      <p role="status" className="sr-only">
        {spoken}
      </p>
    </div>
  );
}

interface FrameProps {
  width: number;
  height: number;
  picture: LinePicture;
  onPlaced(placed: { picture: LinePicture; plot: PlacedPlot }): void;
}

const Frame = memo(function Frame({ width, height, picture, onPlaced }: FrameProps) {
  const axes = useMemo(() => lineAxes(picture, width, height), [picture, width, height]);
  const corners = useMemo(() => picture.xDomain.map((x, i) => ({ x, y: picture.yDomain[i as 0 | 1] })), [picture]);
  const shared = { type: "number" as const, allowDataOverflow: true, interval: 0 as const, tick, tickMargin: 6 };
  return (
    <RechartsLineChart
      width={width}
      height={height}
      data={corners}
      margin={MARGIN}
      accessibilityLayer={false}
      className="pointer-events-none"
    >
      <CartesianGrid vertical={false} stroke="var(--line)" />
      <XAxis
        {...shared}
        dataKey="x"
        height={X_AXIS_HEIGHT}
        domain={[...axes.x.domain]}
        ticks={axes.x.ticks}
        tickFormatter={(value: number) => axes.x.labels[axes.x.ticks.indexOf(value)] ?? ""}
        axisLine={axisLine}
        tickLine={axisLine}
        tickSize={4}
      />
      <YAxis
        {...shared}
        dataKey="y"
        width={axes.yWidth}
        domain={[...axes.y.domain]}
        scale={picture.logY ? "log" : "linear"}
        ticks={axes.y.ticks}
        tickFormatter={(value: number) => axes.y.labels[axes.y.ticks.indexOf(value)] ?? ""}
        axisLine={false}
        tickLine={false}
      />
      <PlotProbe picture={picture} onPlaced={onPlaced} />
    </RechartsLineChart>
  );
});

/** Tells where Recharts has put the axes, before the browser paints. */
function PlotProbe({ picture, onPlaced }: Pick<FrameProps, "picture" | "onPlaced">) {
  const area = usePlotArea();
  const [xScale, yScale] = [useXAxisScale(), useYAxisScale()];
  const [x0, x1] = picture.xDomain.map((x) => xScale?.(x));
  const [y0, y1] = picture.yDomain.map((y) => yScale?.(y));
  const [left, top, width, height] = [area?.x, area?.y, area?.width, area?.height];
  useLayoutEffect(() => {
    if (left === undefined || top === undefined || width === undefined || height === undefined) return;
    if (x0 === undefined || x1 === undefined || y0 === undefined || y1 === undefined) return;
    const x = scaleBetween(picture.xDomain, [x0 - left, x1 - left]);
    const y = scaleBetween(picture.yDomain, [y0 - top, y1 - top], picture.logY);
    onPlaced({ picture, plot: { left, top, width, height, x, y } });
  }, [picture, onPlaced, left, top, width, height, x0, x1, y0, y1]);
  return null;
}

/** Speaks politely, once the keys rest. */
function useAnnouncement(): [string, (words: string) => void] {
  const [spoken, setSpoken] = useState("");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const announce = useCallback((words: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setSpoken(words), 250);
  }, []);
  return [spoken, announce];
}
