"use client";
import { memo, type UIEvent, useState, useSyncExternalStore } from "react";
import { classNames } from "../../ui/class-names.ts";
import { formatNumber } from "../../ui/format.ts";
import { NameText } from "../../ui/names.tsx";
import { type Store, useStore } from "../../ui/store.ts";
import type { Crosshair } from "../frame/crosshair.tsx";
import { formatX } from "./geometry.ts";
import { type Reading, reachOf, readLines } from "./nearest.ts";
import type { LinePicture } from "./picture.ts";
import { xOf } from "./plot-layer.tsx";
import { oddWords } from "./remarks.ts";

export const ROW = 24;

export interface LegendProps {
  picture: LinePicture;
  axisId: string;
  xName: string;
  height: number;
  active: boolean;
  crosshair: Store<Crosshair | null>;
  raised: Store<string | null>;
  /** The chart has this line only: its name is the chart's. */
  alone: boolean;
  /** Lines that alone are drawn; empty: all. */
  isolated: ReadonlySet<string>;
  onIsolate(key: string, add: boolean): void;
}

const none = () => () => {};

/** The values at the crosshair, highest first; only the rows in sight are in the page. */
export function Legend({
  picture,
  axisId,
  xName,
  height,
  active,
  crosshair,
  raised,
  alone,
  isolated,
  onIsolate,
}: LegendProps) {
  const pointed = useSyncExternalStore(
    active ? crosshair.subscribe : none,
    () => xOf(crosshair, axisId),
    () => null,
  );
  const lifted = useStore(raised);
  const [top, setTop] = useState(0);
  const reach = reachOf(picture);
  const x = pointed !== null && isWithin(picture, pointed, reach) ? pointed : null;
  const readings = readLines(picture.lines, x, reach);
  const heading = x === null ? "Last value" : `${xName} ${formatX(x, picture)}`;
  const [only] = readings;
  if (alone && only) return <OnlyReading heading={heading} reading={only} />;
  const first = Math.max(0, Math.min(Math.floor(top / ROW) - 1, readings.length));
  const shown = readings.slice(first, first + Math.ceil(height / ROW) + 2);
  return (
    <div className="flex min-w-0 flex-col text-label">
      <p className="h-5 truncate text-faint">{heading}</p>
      <div
        className="relative overflow-y-auto"
        style={{ height }}
        onScroll={(event: UIEvent<HTMLElement>) => setTop(event.currentTarget.scrollTop)}
      >
        <ul aria-label="Series" className="relative" style={{ height: readings.length * ROW }}>
          {shown.map((reading, i) => (
            <LegendRow
              key={reading.line.key}
              at={first + i}
              of={readings.length}
              name={reading.line.label}
              colour={reading.line.colour}
              dash={reading.line.dash}
              value={valueText(reading)}
              tip={valueTip(reading)}
              seriesKey={reading.line.key}
              dimmed={lifted !== null && lifted !== reading.line.key}
              pressed={isolated.has(reading.line.key)}
              raised={raised}
              onIsolate={onIsolate}
            />
          ))}
        </ul>
      </div>
    </div>
  );
}

/** The other charts' crosshair may stand where this one has nothing: then it keeps its last values. */
function isWithin({ xDomain: [low, high] }: LinePicture, x: number, reach: number): boolean {
  return x >= low - reach && x <= high + reach;
}

/** One line needs no list: its name is the chart's. */
function OnlyReading({ heading, reading }: { heading: string; reading: Reading }) {
  return (
    <p className="flex h-5 items-center justify-between gap-3 text-label">
      <span className="truncate text-quiet">{heading}</span>
      <span className="shrink-0 tabular-nums" data-tip={valueTip(reading)}>
        {valueText(reading)}
        {reading.endsOdd && !Number.isNaN(reading.y) && (
          <span className="text-quiet"> · last finite {formatNumber(reading.y)}</span>
        )}
      </span>
    </p>
  );
}

interface RowProps {
  at: number;
  of: number;
  name: string;
  colour: string;
  dash: string | undefined;
  value: string;
  tip: string | undefined;
  seriesKey: string;
  dimmed: boolean;
  pressed: boolean;
  raised: Store<string | null>;
  onIsolate(key: string, add: boolean): void;
}

const LegendRow = memo(function LegendRow({
  at,
  of,
  name,
  colour,
  dash,
  value,
  tip,
  seriesKey,
  dimmed,
  pressed,
  raised,
  onIsolate,
}: RowProps) {
  const lower = () => raised.set((current) => (current === seriesKey ? null : current));
  return (
    <li
      aria-setsize={of}
      aria-posinset={at + 1}
      className={classNames("absolute inset-x-0 h-6", dimmed && "opacity-45")}
      style={{ top: at * ROW }}
    >
      <button
        type="button"
        aria-pressed={pressed}
        className="flex h-full w-full items-center gap-2 rounded-sm px-1 text-left hover:bg-hover aria-pressed:bg-selected"
        onPointerEnter={() => raised.set(seriesKey)}
        onPointerLeave={lower}
        onFocus={() => raised.set(seriesKey)}
        onBlur={lower}
        onClick={(event) => onIsolate(seriesKey, event.ctrlKey || event.metaKey || event.shiftKey)}
      >
        <svg aria-hidden width="16" height="8" className="shrink-0">
          <line x1="0" x2="16" y1="4" y2="4" stroke={colour} strokeWidth="2.5" strokeDasharray={dash} />
        </svg>
        <span className="min-w-0 flex-1">
          <NameText name={name} />
        </span>
        <span className="shrink-0 tabular-nums" data-tip={tip}>
          {value}
        </span>
      </button>
    </li>
  );
});

function valueText({ x, y, line, endsOdd }: Reading): string {
  if (x === null) return "–";
  if (endsOdd) return oddWords[endsOdd];
  if (!Number.isNaN(y)) return formatNumber(y);
  const odd = line.odd.find((one) => one.x === x);
  return odd ? oddWords[odd.kind] : "–";
}

function valueTip({ x, y, raw, low, high, endsOdd }: Reading): string | undefined {
  if (x === null || Number.isNaN(y)) return undefined;
  if (endsOdd) return `last finite ${raw}`;
  const parts = [raw === y ? `${y}` : `${raw}, smoothed ${y}`];
  if (low !== null && high !== null) parts.push(`between ${low} and ${high} in this bucket`);
  return parts.join("; ");
}
