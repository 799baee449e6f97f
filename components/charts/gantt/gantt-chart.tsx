"use client";
import { useEffect, useMemo, useRef, useState } from "react";
import type { StepUse } from "../../../lib/domain/run.ts";
import { classNames } from "../../ui/class-names.ts";
import { formatAbsolute, formatDuration, formatPlural } from "../../ui/format.ts";
import { NameText } from "../../ui/names.tsx";
import { markOf, StatusMark } from "../../ui/status-mark.tsx";
import { ChartCard } from "../frame/chart-card.tsx";
import { originWord } from "../frame/origin-mark.ts";
import { useWidth } from "../frame/use-width.ts";
import { ganttTable, tellRow } from "./describe.ts";
import { type GanttPicture, type GanttRow, prepareGantt } from "./prepare.ts";

const ROW = 24;
const FOOT = 22;
const SIDE = 10;
const LIVE_TICK = 1000;

export interface GanttCardProps {
  run: { startedAt: string | null; endedAt: string | null; steps: readonly StepUse[] };
  /** The run may still go on; otherwise what says running was cut off. */
  underWay: boolean;
  /** Process names from first to last, where the graph tells. */
  order: readonly string[];
  nameOfRun(runId: string): string;
  onOpen(process: string): void;
}

/** What this run itself did, over time. */
export function GanttCard({ run, underWay, order, nameOfRun, onOpen }: GanttCardProps) {
  const plot = useRef<HTMLDivElement>(null);
  const width = useWidth(plot);
  const now = useSeconds(underWay);
  const picture = useMemo(
    () => prepareGantt(run, order, underWay ? now : null, Math.max(2, Math.floor(width / 90))),
    [run, order, underWay, now, width],
  );
  const { rows } = picture;
  const ran = rows.filter((row) => row.mark.kind === "bar" && row.step === null).length;
  const processes = rows.filter((row) => row.step === null).length;
  return (
    <ChartCard
      name="Timeline"
      title="Timeline"
      count={`${ran} of ${formatPlural(processes, "process", "processes")} ran here`}
      table={rows.length > 0 ? () => ganttTable(picture, nameOfRun) : null}
      picture={rows.length > 0 ? async () => (await import("./svg-picture.ts")).drawGanttSvg(picture) : null}
    >
      <div className="grid grid-cols-[minmax(6.5rem,13rem)_minmax(0,1fr)] px-3 pb-2 text-label">
        <ul aria-hidden className="min-w-0 pr-2">
          {rows.map((row) => (
            <li
              key={row.key}
              className={classNames("flex h-6 items-center gap-1.5", row.step !== null && "pl-4 text-quiet")}
            >
              <StatusMark name={row.fate} word={originWord(row.fate)} short />
              <NameText name={row.step ?? row.process} />
            </li>
          ))}
        </ul>
        <div ref={plot} className="min-w-0">
          {width > 0 && <Bars picture={picture} width={width} nameOfRun={nameOfRun} onOpen={onOpen} />}
        </div>
      </div>
    </ChartCard>
  );
}

function Bars({
  picture,
  width,
  nameOfRun,
  onOpen,
}: {
  picture: GanttPicture;
  width: number;
  nameOfRun(runId: string): string;
  onOpen(process: string): void;
}) {
  const { rows, span, axis, start } = picture;
  const height = rows.length * ROW;
  const x = (offset: number) => SIDE + (span === 0 ? 0 : (offset / span) * (width - 2 * SIDE));
  return (
    <svg
      width={width}
      height={height + FOOT}
      role="img"
      aria-label={`Timeline of ${formatPlural(rows.length, "row")}${start === null ? "" : `, from ${formatAbsolute(start)}`}`}
      data-chart="gantt"
    >
      {start !== null &&
        axis.ticks.map((tick, i) => (
          <g key={tick}>
            <line x1={x(tick)} x2={x(tick)} y1={0} y2={height} stroke="var(--line)" />
            <text
              x={x(tick)}
              y={height + 15}
              fontSize={11}
              fill="var(--text-faint)"
              textAnchor={i === 0 ? "start" : "middle"}
            >
              {axis.labels[i]}
            </text>
          </g>
        ))}
      {rows.map((row, i) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: a shortcut for the mouse; the table of steps has the same links
        <g
          key={row.key}
          transform={`translate(0 ${i * ROW})`}
          data-tip={tellRow(row, nameOfRun)}
          onClick={() => onOpen(row.process)}
          className="cursor-pointer"
        >
          <rect width={width} height={ROW} fill="transparent" />
          <Mark row={row} x={x} width={width} />
        </g>
      ))}
    </svg>
  );
}

function Mark({ row, x, width }: { row: GanttRow; x(offset: number): number; width: number }) {
  const { colour } = markOf(row.fate);
  const middle = ROW / 2;
  if (row.mark.kind === "none")
    return <line x1={x(0)} x2={x(0) + 8} y1={middle} y2={middle} stroke="var(--grey)" strokeWidth={2} />;
  if (row.mark.kind === "tick") {
    const at = x(row.mark.at ?? 0);
    return (
      <>
        <line x1={at} x2={at} y1={4} y2={ROW - 4} stroke={colour} strokeWidth={3} />
        <text x={at + 8} y={middle + 4} fontSize={11} fill="var(--text-faint)">
          reused
        </text>
      </>
    );
  }
  const { from, to, open } = row.mark;
  const [left, right] = [x(from), Math.max(x(to), x(from) + 2)];
  const thick = row.step === null ? 12 : 6;
  const text = row.seconds === null ? "" : formatDuration(row.seconds);
  const fits = right + 6 + text.length * 6.5 < width;
  return (
    <>
      <rect
        x={left}
        y={middle - thick / 2}
        width={right - left}
        height={thick}
        rx={open ? 0 : 2}
        fill={colour}
        fillOpacity={row.step === null ? 1 : 0.55}
      />
      {open && <path d={`M${right} ${middle - thick / 2}l6 ${thick / 2}l-6 ${thick / 2}z`} fill={colour} />}
      <text
        x={fits ? right + (open ? 10 : 6) : left - 6}
        y={middle + 4}
        fontSize={11}
        fill="var(--text-quiet)"
        textAnchor={fits ? "start" : "end"}
      >
        {text}
      </text>
    </>
  );
}

/** Epoch ms, moving once a second while something runs and the page is in sight. */
function useSeconds(moving: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!moving) return;
    const timer = setInterval(() => !document.hidden && setNow(Date.now()), LIVE_TICK);
    return () => clearInterval(timer);
  }, [moving]);
  return now;
}
