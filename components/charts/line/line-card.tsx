"use client";
import { CircleAlert } from "lucide-react";
import { lazy, Suspense, useCallback, useMemo, useRef, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { formatCount, formatPlural } from "../../ui/format.ts";
import { Input } from "../../ui/input.tsx";
import type { MenuItem } from "../../ui/menu.tsx";
import type { Failure } from "../../ui/states.tsx";
import { createStore } from "../../ui/store.ts";
import { useLoaded } from "../../ui/use-loaded.ts";
import type { Domain } from "../frame/axes.ts";
import { ChartCard } from "../frame/chart-card.tsx";
import type { XChoice } from "../frame/chart-settings.tsx";
import { useCrosshair } from "../frame/crosshair.tsx";
import { shortName } from "../frame/short-name.ts";
import { useInView } from "../frame/use-in-view.ts";
import { useTurn } from "../frame/use-turn.ts";
import { useWidth } from "../frame/use-width.ts";
import { ChartFoot } from "./chart-foot.tsx";
import { chooseLines, toggleIsolated } from "./choose-lines.ts";
import { Legend, ROW } from "./legend.tsx";
import { loadLineChart } from "./load-line-chart.ts";
import type { LineInput, LineSettings } from "./picture.ts";
import { PlotMessage } from "./plot-message.tsx";
import { prepareLines } from "./prepare.ts";
import { remarksOf } from "./remarks.ts";
import { lineTable } from "./table.ts";

const ChartSettings = lazy(() =>
  import("../frame/chart-settings.tsx").then((module) => ({ default: module.ChartSettings })),
);

export interface LineCardProps {
  /** Unique on the page. */
  id: string;
  /** In words, for files and screen readers; `title` is what is shown. */
  name: string;
  title?: React.ReactNode;
  unit?: string | null;
  /** Every line asked for, also those not there yet. */
  inputs: readonly LineInput[];
  /** Lines there are in all, where more exist than were asked for. */
  total?: number;
  pending: boolean;
  error?: Failure | null;
  onRetry?: () => void;
  settings: LineSettings;
  onSettings(settings: LineSettings): void;
  xChoices: readonly XChoice[];
  /** The zoomed part of x. The owner asks for finer buckets when it changes. */
  range: Domain | null;
  onRange(range: Domain | null): void;
  /** These lines with every point within `range`, for exports. */
  loadPoints(inputs: readonly LineInput[]): Promise<LineInput[]>;
  /** Height of the plot, pixels. */
  height?: number;
}

const BESIDE_FROM = 720;
const FILTER_FROM = 9;

/** A line chart in its card: head, plot, legend. It is drawn only while near the window; its zoom and selection survive new points. */
export function LineCard(props: LineCardProps) {
  const { id, name, inputs, settings, range, onRange, onSettings, xChoices, height = 220 } = props;
  const { unit = null, error = null, onRetry } = props;
  const card = useRef<HTMLElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const width = useWidth(body);
  const { seen: wasNear, near } = useInView(card);
  const LineChart = useLoaded(loadLineChart);
  const seen = useTurn(wasNear && LineChart !== null && !props.pending);
  const crosshair = useCrosshair();
  const [raised] = useState(() => createStore<string | null>(null));
  const [isolated, setIsolated] = useState<ReadonlySet<string>>(new Set());
  const [filter, setFilter] = useState("");
  const [open, setOpen] = useState(false);

  const chosen = useMemo(() => chooseLines(inputs, isolated, filter), [inputs, isolated, filter]);
  const picture = useMemo(
    () => (seen ? prepareLines(chosen.drawn, settings, range) : null),
    [seen, chosen.drawn, settings, range],
  );
  const listed = useMemo(
    () => (seen && chosen.listed !== chosen.drawn ? prepareLines(chosen.listed, settings, range) : picture),
    [seen, chosen, settings, range, picture],
  );
  const isolate = useCallback(
    (key: string, add: boolean) => setIsolated((current) => toggleIsolated(current, key, add)),
    [],
  );

  const xName = xChoices.find((choice) => choice.id === settings.x)?.label ?? settings.x;
  const remarks = useMemo(() => (picture ? remarksOf(picture, shortName(xName)) : []), [picture, xName]);
  const hasPoints = picture?.lines.some((line) => line.xs.length > 0) ?? false;
  const beside = width >= BESIDE_FROM && inputs.length > 1;
  const filters = inputs.length >= FILTER_FROM;
  const rowsBeside = Math.floor((height - (filters ? 32 : 0)) / ROW);
  const rowsBelow = inputs.length === 1 ? 0 : Math.min(inputs.length, 4);
  const legendHeight = (beside ? rowsBeside : rowsBelow) * ROW;
  const total = props.total ?? inputs.length;
  const loadRaw = async () => {
    const raw = await props.loadPoints(chosen.drawn);
    return lineTable(prepareLines(raw, { ...settings, smoothing: 0, logY: false }, range), name, xName);
  };
  const menu: MenuItem[] = [
    {
      kind: "check",
      label: "Logarithmic y axis",
      checked: settings.logY,
      onSelect: () => onSettings({ ...settings, logY: !settings.logY }),
    },
    { label: "Settings…", onSelect: () => setOpen(true) },
  ];
  return (
    <ChartCard
      cardRef={card}
      name={name}
      title={props.title ?? name}
      unit={unit}
      count={
        total > 1 ? `${formatCount(picture?.lines.length ?? 0)} of ${formatPlural(total, "series", "series")}` : null
      }
      table={picture && hasPoints ? () => lineTable(picture, name, xName) : null}
      raw={picture?.reduced ? { count: picture.reduced.points, load: loadRaw } : null}
      picture={
        picture && hasPoints
          ? async () => (await import("./svg-picture.ts")).drawLinesSvg(picture, { title: name, unit, xName })
          : null
      }
      settings={menu}
      actions={
        <>
          {error && hasPoints && <ErrorMark error={error} onRetry={onRetry} />}
          {isolated.size > 0 && (
            <Button look="quiet" className="h-6 text-label" onClick={() => setIsolated(new Set())}>
              Show all
            </Button>
          )}
          {range && (
            <Button look="quiet" className="h-6 text-label" onClick={() => onRange(null)}>
              Reset zoom
            </Button>
          )}
        </>
      }
    >
      <div
        ref={body}
        className={beside ? "grid grid-cols-[minmax(0,1fr)_16rem] gap-3 px-3 pb-2" : "flex flex-col gap-1 px-3 pb-2"}
      >
        <div className="min-w-0">
          <div className="relative" style={{ height }}>
            {picture && hasPoints && LineChart && (
              <LineChart
                {...{ picture, xName, height, crosshair, raised, onRange }}
                chartId={id}
                axisId={settings.x}
                active={near}
                label={`${name} over ${xName}, ${formatPlural(picture.lines.length, "series", "series")}`}
              />
            )}
            {!hasPoints && (
              <PlotMessage pending={props.pending || !seen} error={error} onRetry={onRetry} filter={filter} />
            )}
          </div>
          <ChartFoot xName={xName} remarks={remarks} onRange={onRange} />
        </div>
        <div className="min-w-0">
          {filters && (
            <Input
              aria-label="Filter the series"
              placeholder="Filter series"
              value={filter}
              onChange={(event) => setFilter(event.target.value)}
              className="mb-1 h-7 w-full text-label"
            />
          )}
          {listed ? (
            <Legend
              {...{ axisId: settings.x, xName, crosshair, raised, isolated }}
              picture={listed}
              alone={inputs.length === 1}
              height={legendHeight}
              active={near}
              onIsolate={isolate}
            />
          ) : (
            <div style={{ height: legendHeight + 20 }} />
          )}
        </div>
      </div>
      {open && (
        <Suspense fallback={null}>
          <ChartSettings
            {...{ name, settings, xChoices, range, onSettings, onRange }}
            rangeEditable={picture?.xKind !== "time"}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      )}
    </ChartCard>
  );
}

/** What is shown stays, though newer or finer points did not come. */
function ErrorMark({ error, onRetry }: { error: Failure; onRetry: (() => void) | undefined }) {
  return (
    <Button
      look="quiet"
      className="h-6 text-label text-red"
      onClick={onRetry}
      data-tip={["Newer or finer points did not come.", error.message, error.remedy].filter(Boolean).join(" ")}
    >
      <CircleAlert aria-hidden className="size-4" /> Try again
    </Button>
  );
}
