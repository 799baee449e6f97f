"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { runQueries } from "../../../lib/queries/run-queries.ts";
import type { XChoice } from "../../charts/frame/chart-settings.tsx";
import { shortName } from "../../charts/frame/short-name.ts";
import { LineCard } from "../../charts/line/line-card.tsx";
import type { LineInput, LineSettings } from "../../charts/line/picture.ts";
import { unfoldSeries } from "../../charts/line/prepare.ts";
import { NameText } from "../../ui/names.tsx";
import { colourAt, runColour } from "../../ui/run-colour.ts";
import { readList, useUrlState, writeList } from "../../ui/url-state.ts";
import { readZoom, writeZoom } from "./chart-zooms.ts";
import type { ChartPlan } from "./group-metrics.ts";
import { fetchAllPoints } from "./raw-points.ts";
import type { RunView } from "./run-view.ts";
import { type ChartAnswer, pointsOf } from "./use-run-series.ts";

export interface MetricChartProps {
  plan: ChartPlan;
  view: RunView;
  answer: ChartAnswer;
  choices: readonly XChoice[];
  x: string;
  smoothing: number;
  /** The name alone does not tell it from its neighbours. */
  withStep: boolean;
}

/** A metric of the run, a line for each copy. Zooming into reduced points asks for finer ones; what is there stays until they come. */
export function MetricChart({ plan, view, answer, choices, x, smoothing, withStep }: MetricChartProps) {
  const { run } = view;
  const client = useQueryClient();
  const { get, change } = useUrlState();
  const [log, fit, zoom] = [readList(get("log")), readList(get("fit")), get("zoom")];
  const [logY, ignoreOutliers] = [log.includes(plan.id), fit.includes(plan.id)];
  const range = useMemo(() => readZoom(zoom, plan.id), [zoom, plan.id]);
  const refs = plan.lines.map(({ metric }) => ({ source: run.source, run: run.id, metric: metric.id }));
  const finer = useQuery({
    ...runQueries.seriesMany(refs, {
      x: answer.x,
      points: pointsOf(refs.length, 1),
      ...(range && { from: range[0], to: range[1] }),
    }),
    enabled: range !== null && answer.series.some((series) => series?.reduced),
  });
  const isFiner = range !== null && finer.data !== undefined && !finer.isPlaceholderData;
  const series = useSameItems(isFiner ? unfoldSeries(finer.data) : answer.series);
  const failed = range === null ? null : finer.error;

  const inputs = useMemo(
    () =>
      plan.lines.map(({ metric, label, place }, at): LineInput => {
        const { colour, dash } = plan.total === 1 ? runColour(run.id) : colourAt(place);
        return { key: metric.id, label, colour, dash, series: series[at] ?? null };
      }),
    [run.id, plan, series],
  );
  const settings = useMemo(
    (): LineSettings => ({ x: answer.x, smoothing, logY, ignoreOutliers }),
    [answer.x, smoothing, logY, ignoreOutliers],
  );
  const onSettings = (next: LineSettings) =>
    change({
      // A zoomed part is one of the x that it was chosen on.
      ...(next.x !== settings.x && { x: next.x === "step" ? null : next.x, zoom: null }),
      smooth: next.smoothing === 0 ? null : String(next.smoothing),
      log: writeList(withOrWithout(log, plan.id, next.logY)),
      fit: writeList(withOrWithout(fit, plan.id, next.ignoreOutliers)),
    });
  const loadAll = (metric: string) =>
    fetchAllPoints(client, { source: run.source, run: run.id, metric }, answer.x, range);
  const axes = new Set(plan.lines.flatMap(({ metric }) => metric.xAxes));
  const name = [processOf(plan), withStep ? plan.step : null, plan.metric].filter(Boolean).join(" ▸ ");
  return (
    <LineCard
      id={plan.id}
      name={name}
      title={<Title plan={plan} view={view} withStep={withStep} />}
      inputs={inputs}
      total={plan.total}
      pending={answer.pending}
      error={failed ?? answer.error}
      onRetry={failed ? () => void finer.refetch() : answer.retry}
      settings={settings}
      onSettings={onSettings}
      xChoices={choices.filter((choice) => choice.id === "step" || axes.has(choice.id) || choice.id === x)}
      range={range}
      onRange={(next) => change({ zoom: writeZoom(get("zoom"), plan.id, next) })}
      loadPoints={(lines) => loadPoints(lines, loadAll)}
    />
  );
}

function Title({ plan, view, withStep }: Pick<MetricChartProps, "plan" | "view" | "withStep">) {
  const { run, nameOfRun, linkOfRun } = view;
  const producers = new Set(plan.lines.map(({ metric }) => metric.producerRunId ?? run.id));
  const [producer] = producers;
  // By itself it has no legend that would tell whose it is.
  const beside = plan.process === undefined && plan.total === 1 ? plan.lines[0]?.label : withStep ? plan.step : null;
  const borrowed = producers.size === 1 && producer !== run.id ? producer : undefined;
  return (
    <span className="flex min-w-0 items-baseline gap-1.5">
      <NameText name={plan.metric} />
      {beside && (
        <span className="min-w-0 text-label font-normal text-quiet">
          <NameText name={beside} />
        </span>
      )}
      {borrowed !== undefined && (
        <a
          href={linkOfRun(borrowed)}
          className="shrink-0 text-label font-normal text-violet no-underline hover:underline"
          data-tip={`Logged by run ${shortName(nameOfRun(borrowed))}, whose result was reused`}
        >
          ↺ from {shortName(nameOfRun(borrowed).slice(-8))}
        </a>
      )}
    </span>
  );
}

/** The process in the chart's name: of a single copy, that copy's own. */
function processOf({ process, total, lines }: ChartPlan): string | null {
  return (total === 1 && process !== undefined ? lines[0]?.metric.process : process) ?? null;
}

async function loadPoints(
  lines: readonly LineInput[],
  load: (metric: string) => Promise<LineInput["series"]>,
): Promise<LineInput[]> {
  const whole: LineInput[] = [];
  for (const line of lines) whole.push({ ...line, series: await load(line.key) });
  return whole;
}

function withOrWithout(list: readonly string[], item: string, present: boolean): string[] {
  const others = list.filter((one) => one !== item);
  return present ? [...others, item] : others;
}

/** The list as it was before while each of its items is the same. */
function useSameItems<Item>(list: readonly Item[]): readonly Item[] {
  const before = useRef(list);
  const same = before.current.length === list.length && list.every((item, at) => item === before.current[at]);
  if (!same) before.current = list;
  return before.current;
}
