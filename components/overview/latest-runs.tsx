"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ReadRun } from "../../lib/queries/revive.ts";
import { runQueries } from "../../lib/queries/run-queries.ts";
import { Sparkline } from "../charts/sparkline/sparkline.tsx";
import { formatDuration, formatNumber, missing } from "../ui/format.ts";
import { Select } from "../ui/input.tsx";
import { NameText } from "../ui/names.tsx";
import { runColour } from "../ui/run-colour.ts";
import { RunDot } from "../ui/run-dot.tsx";
import { EmptyState, ErrorState, InlineError, Skeleton } from "../ui/states.tsx";
import { StatusMark } from "../ui/status-mark.tsx";
import { useUrlState } from "../ui/url-state.ts";
import { Duration, Measured, RelativeTime, RunningFor } from "../ui/values.tsx";
import { escapeInvisible } from "../ui/visible-text.ts";
import { pickRuns } from "./pick-runs.ts";
import { headOf, type LineMetric, lineMetrics, lineValues, seriesKey, seriesRefs } from "./pick-series.ts";

const shownRuns = 12;
const noRuns: readonly ReadRun[] = [];

/** Runs under way first, then the latest, each with a small line of one metric. */
export function LatestRuns() {
  const { get, change } = useUrlState();
  const latest = useQuery(runQueries.latest({ sort: "-started" }, shownRuns));
  const underWay = useQuery(runQueries.latest({ status: ["running", "queued"], sort: "-started" }, shownRuns));
  const runs = pickRuns(underWay.data?.items ?? noRuns, latest.data?.items ?? noRuns, shownRuns);
  const metrics = lineMetrics(runs);
  const metric = metrics.find(({ label }) => label === get("metric")) ?? metrics[0];
  const refs = seriesRefs(runs, metric);
  const series = useQuery(runQueries.seriesMany(refs, { points: 60 })).data ?? [];
  // By name: until the answer comes, the series are those of the refs before.
  const lines = new Map(series.map((one) => [seriesKey(one), lineValues(one, series)]));
  return (
    <section aria-labelledby="latest-runs" className="min-w-0">
      <header className="flex flex-wrap items-center gap-3 px-4 py-2">
        <h2 id="latest-runs" className="text-head font-semibold">
          Latest runs
        </h2>
        <Link href="/runs" prefetch={false}>
          All runs
        </Link>
        {metrics.length > 0 && (
          <div className="ml-auto flex items-center gap-2 text-label text-quiet">
            Line
            <Select
              aria-label="Metric of the small lines"
              value={metric?.label}
              onChange={(event) => change({ metric: event.target.value })}
              className="max-w-56"
            >
              {metrics.map(({ label }) => (
                <option key={label} value={label}>
                  {escapeInvisible(label)}
                </option>
              ))}
            </Select>
          </div>
        )}
      </header>
      {latest.isPending && <Skeleton lines={8} className="gap-3 px-4 py-2" />}
      {latest.error && !latest.data && (
        <ErrorState error={latest.error} what="runs" onRetry={() => void latest.refetch()} />
      )}
      {latest.error && latest.data && <InlineError error={latest.error} onRetry={() => void latest.refetch()} />}
      {latest.data && runs.length === 0 && (
        <EmptyState title="No runs yet">
          They appear here after the first run of a pipeline that writes to one of the sources.
        </EmptyState>
      )}
      {runs.length > 0 && (
        <div className="overflow-x-auto">
          <table className="w-full min-w-[44rem] border-collapse text-label">
            <thead>
              <tr className="border-y border-line bg-frame text-left text-quiet [&_th]:px-2 [&_th]:py-2 [&_th]:font-medium">
                <th className="pl-4!">Name</th>
                <th>Status</th>
                <th>Experiment</th>
                <th>Started</th>
                <th className="text-right">Duration</th>
                <th>Reused</th>
                <th className="max-w-40 truncate pr-4! text-right">
                  {metric ? escapeInvisible(metric.label) : "Line"}
                </th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <RunLine key={`${run.source} ${run.id}`} run={run} metric={metric} lines={lines} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function RunLine({
  run,
  metric,
  lines,
}: {
  run: ReadRun;
  metric: LineMetric | undefined;
  lines: ReadonlyMap<string, readonly (number | null)[]>;
}) {
  const head = headOf(run, metric);
  const last = head?.last ?? null;
  const values = (head && lines.get(seriesKey({ source: run.source, run: run.id, metric: head.id }))) ?? [];
  const { colour } = runColour(run.id);
  return (
    <tr className="border-b border-line hover:bg-hover [&_td]:px-2 [&_td]:py-1">
      <td className="max-w-72 pl-4!">
        <span className="flex items-center gap-2">
          <RunDot runId={run.id} />
          <Link
            href={`/runs/${run.source}/${run.id}`}
            prefetch={false}
            className="flex min-w-0 text-ink hover:text-accent"
          >
            <NameText name={run.name} />
          </Link>
        </span>
      </td>
      <td>
        <StatusMark name={run.status} {...(run.statusReason && { reason: run.statusReason })} />
      </td>
      <td className="max-w-40">
        <NameText name={run.experimentName} />
      </td>
      <td className="whitespace-nowrap">
        <RelativeTime at={run.startedAt} />
      </td>
      <td className="text-right whitespace-nowrap">
        {run.status === "running" && run.durationSeconds === null ? (
          <RunningFor since={run.startedAt} />
        ) : (
          <Duration seconds={run.durationSeconds} />
        )}
      </td>
      <td className="whitespace-nowrap">
        {run.cache ? (
          <span
            data-tip={`${formatDuration(run.cache.savedSeconds)} saved`}
            className={run.cache.hits > 0 ? "text-violet" : "text-quiet"}
          >
            {run.cache.hits} of {run.cache.total}
          </span>
        ) : (
          <span className="text-faint">{missing}</span>
        )}
      </td>
      <td className="pr-4!">
        <span className="flex items-center justify-end gap-3">
          {values.length > 0 && (
            <Sparkline
              values={values}
              label={`${escapeInvisible(metric?.label ?? "")} over steps, last ${formatNumber(last)}`}
              colour={colour}
              height={20}
            />
          )}
          <span className="w-14 text-right">
            <Measured value={last} />
          </span>
        </span>
      </td>
    </tr>
  );
}
