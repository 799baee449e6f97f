"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { ReadMetric } from "../../../lib/queries/revive.ts";
import { runQueries } from "../../../lib/queries/run-queries.ts";
import type { Domain } from "../../charts/frame/axes.ts";
import type { XChoice } from "../../charts/frame/chart-settings.tsx";
import { LineCard } from "../../charts/line/line-card.tsx";
import type { LineSettings } from "../../charts/line/prepare.ts";
import { NameText } from "../../ui/names.tsx";
import { runColour } from "../../ui/run-colour.ts";
import { readList, useUrlState, writeList } from "../../ui/url-state.ts";
import type { RunView } from "./run-view.ts";
import type { SeriesAnswer } from "./use-run-series.ts";

export interface MetricChartProps {
  metric: ReadMetric;
  view: RunView;
  answer: SeriesAnswer;
  choices: readonly XChoice[];
  x: string;
  smoothing: number;
  /** The name alone does not tell it from its neighbours. */
  withStep: boolean;
}

const FINER = 1000;

/** One metric of the run. Zooming into reduced points asks for finer ones; what is there stays until they come. */
export function MetricChart({ metric, view, answer, choices, x, smoothing, withStep }: MetricChartProps) {
  const { run, nameOfRun } = view;
  const { get, change } = useUrlState();
  const [zoom, setZoom] = useState<{ x: string; range: Domain } | null>(null);
  const range = zoom?.x === answer.x ? zoom.range : null;
  const [log, fit] = [readList(get("log")), readList(get("fit"))];
  const [logY, ignoreOutliers] = [log.includes(metric.id), fit.includes(metric.id)];
  const ref = { source: run.source, run: run.id, metric: metric.id };
  const finer = useQuery({
    ...runQueries.series(ref, { x: answer.x, points: FINER, ...(range && { from: range[0], to: range[1] }) }),
    enabled: range !== null && (answer.series?.reduced ?? false),
  });
  const series = (range && finer.data) || answer.series;

  const inputs = useMemo(() => {
    const { colour, dash } = runColour(run.id);
    return [{ key: metric.id, label: metric.name, colour, dash, series }];
  }, [run.id, metric.id, metric.name, series]);
  const settings = useMemo(
    (): LineSettings => ({ x: answer.x, smoothing, logY, ignoreOutliers }),
    [answer.x, smoothing, logY, ignoreOutliers],
  );
  const onSettings = (next: LineSettings) =>
    change({
      x: next.x === settings.x ? get("x") : next.x === "step" ? null : next.x,
      smooth: next.smoothing === 0 ? null : String(next.smoothing),
      log: writeList(withOrWithout(log, metric.id, next.logY)),
      fit: writeList(withOrWithout(fit, metric.id, next.ignoreOutliers)),
    });
  const borrowed = metric.producerRunId && metric.producerRunId !== run.id ? metric.producerRunId : null;
  const name = [metric.process, withStep ? metric.step : null, metric.name].filter(Boolean).join(" ▸ ");
  return (
    <LineCard
      id={metric.id}
      name={name}
      title={
        <span className="flex min-w-0 items-baseline gap-1.5">
          <NameText name={metric.name} />
          {withStep && metric.step && <span className="truncate text-label font-normal text-quiet">{metric.step}</span>}
          {borrowed && (
            <a
              href={view.linkOfRun(borrowed)}
              className="shrink-0 text-label font-normal text-violet no-underline hover:underline"
              data-tip={`Logged by run ${nameOfRun(borrowed)}, whose result was reused`}
            >
              ↺ from {nameOfRun(borrowed).slice(-8)}
            </a>
          )}
        </span>
      }
      inputs={inputs}
      pending={answer.pending}
      error={answer.error}
      onRetry={answer.retry}
      settings={settings}
      onSettings={onSettings}
      xChoices={choices.filter((choice) => choice.id === "step" || metric.xAxes.includes(choice.id) || choice.id === x)}
      range={range}
      onRange={(next) => setZoom(next && { x: answer.x, range: next })}
    />
  );
}

function withOrWithout(list: readonly string[], item: string, present: boolean): string[] {
  const others = list.filter((one) => one !== item);
  return present ? [...others, item] : others;
}
