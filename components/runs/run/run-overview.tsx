"use client";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import type { Graph, StepUse } from "../../../lib/domain/run.ts";
import { runQueries } from "../../../lib/queries/run-queries.ts";
import { GanttCard } from "../../charts/gantt/gantt-chart.tsx";
import { GraphCard, type GraphCardProps } from "../../charts/graph/graph-card.tsx";
import { prepareGraph } from "../../charts/graph/prepare.ts";
import { EmptyState, InlineError, Skeleton } from "../../ui/states.tsx";
import { useUrlState } from "../../ui/url-state.ts";
import { useWhy } from "../why/why-address.ts";
import { RunFailures } from "./run-failures.tsx";
import { isUnderWay, type RunView } from "./run-view.ts";
import { useNarrow } from "./use-narrow.ts";

const LOW = 288;
const TALL = 440;
/** Title and border of the graph's card. */
const CARD_HEAD = 42;

/** How the run went: its graph with what was reused, and its own executions over time. */
export function RunOverview({ view }: { view: RunView }) {
  const { run, nameOfRun, linkOfRun } = view;
  const { change } = useUrlState();
  const { ask } = useWhy();
  const height = graphHeight(run.steps, useNarrow());
  const underWay = isUnderWay(run);
  const query = useQuery(runQueries.graph(run.source, run.id));
  const graph = query.data;
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
  const why = useCallback((process: string) => ask({ process, step: null }), [ask]);
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
        <GraphCard picture={picture} hint={hintOf(graph)} {...{ height, producerOf }} onOpen={open} onWhy={why} />
      ) : (
        query.isPending && (
          <div className="rounded-md border border-line p-4" style={{ height: height + CARD_HEAD }}>
            <Skeleton lines={6} />
          </div>
        )
      )}
      <GanttCard run={run} underWay={underWay} order={order} nameOfRun={nameOfRun} onOpen={open} />
    </div>
  );
}

/** What the reader must know about where the arrows come from, and the line that would connect the code. */
function hintOf(graph: Graph | undefined): GraphCardProps["hint"] {
  if (!graph || graph.origin === "version") return null;
  const say = (what: string) => [what, graph.hint].filter(Boolean).join(" ");
  if (graph.origin === "present-config")
    return {
      text: say(
        "Drawn from the config as it is now, since the run's own version is not at hand. What ran then may differ.",
      ),
      doubtful: true,
    };
  return {
    text: say("In order of time: what would tell how the processes hang together is not at hand."),
    doubtful: false,
  };
}

/** Of the graph's drawing, by what is known before it is there: how many processes there are, and how wide the window. */
function graphHeight(steps: readonly StepUse[], narrow: boolean): number {
  const processes = new Set(steps.map(({ process }) => process)).size;
  return processes > (narrow ? 3 : 8) ? TALL : LOW;
}
