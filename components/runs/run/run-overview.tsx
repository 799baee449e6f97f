"use client";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import type { Graph } from "../../../lib/domain/run.ts";
import { runQueries } from "../../../lib/queries/run-queries.ts";
import { sourceQueries } from "../../../lib/queries/source-queries.ts";
import { GanttCard } from "../../charts/gantt/gantt-chart.tsx";
import { GraphCard } from "../../charts/graph/graph-card.tsx";
import { prepareGraph } from "../../charts/graph/prepare.ts";
import { EmptyState, InlineError, Skeleton } from "../../ui/states.tsx";
import { useUrlState } from "../../ui/url-state.ts";
import { RunFailures } from "./run-failures.tsx";
import { isUnderWay, type RunView } from "./run-view.ts";

/** How the run went: its graph with what was reused, and its own executions over time. */
export function RunOverview({ view }: { view: RunView }) {
  const { run, nameOfRun, linkOfRun } = view;
  const { change } = useUrlState();
  const underWay = isUnderWay(run);
  const query = useQuery(runQueries.graph(run.source, run.id));
  const graph = query.data;
  const source = useQuery(sourceQueries.list()).data?.items.find(({ id }) => id === run.source);
  const picture = useMemo(
    () => (graph ? prepareGraph(graph, run.steps, underWay) : null),
    [graph, run.steps, underWay],
  );
  const order = useMemo(
    () => (picture?.arrangement === "edges" ? picture.processes.map(({ name }) => name) : []),
    [picture],
  );
  const producerOf = useCallback(
    (id: string) => ({ name: nameOfRun(id), href: linkOfRun(id) }),
    [nameOfRun, linkOfRun],
  );
  const open = useCallback((process: string) => change({ tab: "steps", process }, "push"), [change]);
  if (run.steps.length === 0) {
    return (
      <EmptyState title="This run recorded no processes">
        Its metrics, artifacts and config are in the other tabs. Processes and steps appear when the pipeline's tool
        records them.
      </EmptyState>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <h2 className="sr-only">How it went</h2>
      <RunFailures view={view} />
      {query.isError && <InlineError error={query.error} onRetry={() => query.refetch()} />}
      {picture ? (
        <GraphCard picture={picture} hint={hintOf(graph, source?.hints[0])} producerOf={producerOf} onOpen={open} />
      ) : (
        query.isPending && <Skeleton lines={6} className="h-72 rounded-md border border-line p-4" />
      )}
      <GanttCard run={run} underWay={underWay} order={order} nameOfRun={nameOfRun} onOpen={open} />
    </div>
  );
}

/** What the reader must know about where the arrows come from, and the line that would connect the code. */
function hintOf(graph: Graph | undefined, connect: string | undefined): string | null {
  if (!graph || graph.origin === "version") return null;
  if (graph.origin === "present-config")
    return "The arrows are those of the config as it is now: the run's own config is not at hand.";
  return ["In order of time: what would tell how the processes hang together is not at hand.", connect]
    .filter(Boolean)
    .join(" ");
}
