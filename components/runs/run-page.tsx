"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ComponentType, useLayoutEffect, useMemo } from "react";
import { runQueries } from "../../lib/queries/run-queries.ts";
import { sourceQueries } from "../../lib/queries/source-queries.ts";
import { loadLineChart } from "../charts/line/load-line-chart.ts";
import { askAhead } from "../ui/ask-ahead.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { ErrorState, InlineError, Skeleton } from "../ui/states.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { useTrail } from "../ui/trail.ts";
import { useUrlState } from "../ui/url-state.ts";
import { loadAhead, useLoaded } from "../ui/use-loaded.ts";
import { RunHeader } from "./run/run-header.tsx";
import type { RunView } from "./run/run-view.ts";
import { useWhy, type WhySubject } from "./why/why-address.ts";

const tabs = ["overview", "metrics", "steps", "artifacts", "config", "log"] as const;
type TabId = (typeof tabs)[number];

/** The code of each part. */
const loads = {
  overview: () => import("./run/run-overview.tsx").then((module) => module.RunOverview),
  metrics: () => {
    loadAhead(loadLineChart);
    return import("./run/run-metrics.tsx").then((module) => module.RunMetrics);
  },
  steps: () => import("./run/run-steps.tsx").then((module) => module.RunSteps),
  artifacts: () => import("./run/run-artifacts.tsx").then((module) => module.RunArtifacts),
  config: () => import("./run/run-config.tsx").then((module) => module.RunConfig),
  log: () => import("./run/run-log.tsx").then((module) => module.RunLog),
};
const labels: Record<TabId, string> = {
  overview: "Overview",
  metrics: "Metrics",
  steps: "Steps",
  artifacts: "Artifacts",
  config: "Config & code",
  log: "Log",
};

// Where this page is what the browser opens, its part's code is asked for before the page is live.
if (typeof window !== "undefined" && /\/runs\/[^/]+\/[^/]+$/.test(window.location.pathname))
  loadAhead(loads[tabOf(new URLSearchParams(window.location.search).get("tab"))]);

/** One run: what it did, what came out of the cache, its metrics, files, config and log. Follows a running one. */
export function RunPage({ sourceId, runId }: { sourceId: string; runId: string }) {
  const query = useQuery(runQueries.detail(sourceId, runId));
  usePartAhead(sourceId, runId);
  const source = useQuery(sourceQueries.list()).data?.items.find(({ id }) => id === sourceId);
  const run = query.data;
  useTrail([
    { label: source?.label ?? "Runs", href: `/runs?source=${sourceId}` },
    ...(run
      ? [
          { label: run.experimentName, href: `/runs?source=${sourceId}&experiment=${run.experimentId}` },
          { label: run.name },
        ]
      : [{ label: "Run" }]),
  ]);
  const view = useMemo(
    (): RunView | null =>
      run
        ? {
            run,
            nameOfRun: (id) => (id === run.id ? run.name : (run.runNames[id] ?? id)),
            linkOfRun: (id) => `/runs/${sourceId}/${id}`,
          }
        : null,
    [run, sourceId],
  );
  if (query.isPending) return <RunSkeleton />;
  if (!view)
    return (
      <>
        <PageHeader title="Run" />
        <ErrorState
          error={query.error as NonNullable<typeof query.error>}
          what="this run"
          onRetry={() => query.refetch()}
          list={{ href: `/runs?source=${sourceId}`, label: "All runs" }}
        />
      </>
    );
  return (
    <div className="flex min-h-full flex-col">
      <RunHeader view={view} />
      {query.isError && (
        <div className="px-4 pb-2">
          <InlineError error={query.error} onRetry={() => query.refetch()} />
        </div>
      )}
      <RunTabs view={view} />
      <Why view={view} />
    </div>
  );
}

const loadWhy = () => import("./why/why-dialog.tsx").then((module) => module.WhyDialog);

/** The explanation that the address asks for. */
function Why({ view }: { view: RunView }) {
  const { subject } = useWhy();
  return subject && <WhyShown view={view} subject={subject} />;
}

function WhyShown(props: { view: RunView; subject: WhySubject }) {
  const WhyDialog = useLoaded<ComponentType<{ view: RunView; subject: WhySubject }>>(loadWhy);
  return WhyDialog && <WhyDialog {...props} />;
}

/** The part that is to be shown comes while the run itself is on its way. */
function usePartAhead(sourceId: string, runId: string): void {
  const client = useQueryClient();
  const tab = useTab();
  const metrics = runQueries.metrics(sourceId, runId);
  askAhead(runQueries.detail(sourceId, runId), ...(tab === "metrics" ? [metrics] : []));
  useLoaded<unknown>(loads[tab]);
  useLayoutEffect(() => {
    if (tab === "metrics") void client.prefetchQuery(runQueries.metrics(sourceId, runId));
  }, [client, tab, sourceId, runId]);
}

function useTab(): TabId {
  return tabOf(useUrlState().get("tab"));
}

function tabOf(asked: string | null): TabId {
  return (tabs as readonly (string | null)[]).includes(asked) ? (asked as TabId) : "overview";
}

/** Name, sentence, facts, tabs, and the graph's card. */
function RunSkeleton() {
  return (
    <div className="flex flex-col gap-4 p-4">
      <Skeleton lines={3} className="max-w-3xl" />
      <div className="h-9 border-b border-line" />
      <div className="h-[330px] rounded-md border border-line" />
    </div>
  );
}

function RunTabs({ view }: { view: RunView }) {
  const { change } = useUrlState();
  const { run } = view;
  const tab = useTab();
  const Part = useLoaded<ComponentType<{ view: RunView }>>(loads[tab]);
  const counts: Partial<Record<TabId, number>> = {
    metrics: run.metrics.length,
    steps: run.steps.length,
  };
  return (
    <Tabs
      label="Parts of the run"
      className="sticky top-0 z-10 bg-canvas px-4"
      tabs={tabs.map((id) => ({ id, label: labels[id], ...(counts[id] ? { count: counts[id] } : {}) }))}
      value={tab}
      onChange={(id) => change({ tab: id === "overview" ? null : id }, "push")}
    >
      <div className="px-4 pt-4 pb-8">{Part ? <Part view={view} /> : <Skeleton lines={8} />}</div>
    </Tabs>
  );
}
