import type { Graph, StepOrigin, StepUse } from "../../../lib/domain/run.ts";
import { originMark } from "../frame/origin-mark.ts";

/** A process of the run with its steps, joined from the graph and the run's own records. */
export interface GraphProcess {
  id: string;
  name: string;
  origin: StepOrigin;
  /** Name of its mark: the origin, or `stalled` or `queued` by the run's status. */
  mark: string;
  /** This run's own seconds; for a reused one, what making the result took its producer. */
  seconds: number | null;
  startedAt: string | null;
  producerRunId: string | null;
  entryId: string | null;
  /** `here`: it failed itself; otherwise the process whose failure it inherited. */
  failure: { here: boolean; message: string; causedBy: string | null } | null;
  steps: GraphStep[];
}
export interface GraphStep {
  id: string;
  name: string;
  mark: string;
  seconds: number | null;
  producerRunId: string | null;
}
export interface GraphPicture {
  processes: GraphProcess[];
  /** Between processes, by id, each once. */
  edges: { from: string; to: string }[];
  /** `time`: nothing recorded how the processes hang together, so they stand in order of time. */
  arrangement: "edges" | "time";
}

interface Fate {
  /** The run may still come to what it has not run. */
  underWay: boolean;
  /** The graph is that of the run's own version. */
  ownVersion: boolean;
}

/**
 * Joins a run's graph with its step uses. Processes that only the records name are added without edges.
 * @param underWay the run may still come to what it has not run.
 */
export function prepareGraph(graph: Graph, uses: readonly StepUse[], underWay: boolean): GraphPicture {
  const fate = { underWay, ownVersion: graph.origin === "version" };
  const processUses = new Map(uses.filter((use) => use.step === null).map((use) => [use.process, use]));
  const nodes = graph.nodes.filter((node) => node.parentId === null);
  const drawn = new Set(nodes.map((node) => node.label));
  const recordedOnly = [...new Set(uses.map((use) => use.process))].filter((name) => !drawn.has(name));

  const processes = [
    ...nodes.map((node) => {
      const children = graph.nodes
        .filter((child) => child.parentId === node.id)
        .sort((a, b) => (a.stepIndex ?? 0) - (b.stepIndex ?? 0));
      return toProcess(node.id, node.label, node.origin, processUses.get(node.label), children, uses, fate);
    }),
    ...recordedOnly.map((name) => toProcess(`record:${name}`, name, "unknown", processUses.get(name), [], uses, fate)),
  ];

  const parentOf = new Map(graph.nodes.map((node) => [node.id, node.parentId ?? node.id]));
  const edges = new Map<string, { from: string; to: string }>();
  for (const edge of graph.edges) {
    const from = parentOf.get(edge.from);
    const to = parentOf.get(edge.to);
    if (from && to && from !== to) edges.set(JSON.stringify([from, to]), { from, to });
  }
  return {
    processes,
    edges: [...edges.values()],
    arrangement: graph.origin === "none" || edges.size === 0 ? "time" : "edges",
  };
}

function toProcess(
  id: string,
  name: string,
  drawnOrigin: StepOrigin,
  use: StepUse | undefined,
  children: Graph["nodes"],
  uses: readonly StepUse[],
  { underWay, ownVersion }: Fate,
): GraphProcess {
  const origin = use?.origin ?? drawnOrigin;
  const stepUses = uses.filter((other) => other.process === name && other.step !== null);
  const mark = originMark(origin, underWay);
  // Steps may still come while their process may.
  const stepsMayCome = mark === "queued" || mark === "running";
  // A process that is reused as a whole leaves no record of its steps: they were reused with it, if its version had them.
  const within = (drawn: StepOrigin) =>
    origin === "reused" && (drawn === "never-ran" || (drawn === "unknown" && ownVersion)) ? "reused" : drawn;
  const steps = children.map((child) => {
    const own = stepUses.find((other) => other.step === child.label);
    return toStep(child.id, child.label, own?.origin ?? within(child.origin), own, own ? underWay : stepsMayCome);
  });
  const known = new Set(children.map((child) => child.label));
  for (const other of stepUses) {
    if (!known.has(other.step as string))
      steps.push(toStep(`${id}/${other.step}`, other.step as string, other.origin, other, underWay));
  }
  return {
    id,
    name,
    origin,
    mark,
    seconds: secondsOf(use),
    startedAt: use?.origin === "reused" ? null : (use?.startedAt ?? null),
    producerRunId: use?.producer?.runId ?? null,
    entryId: use?.entryId ?? null,
    failure: use?.error
      ? { here: !use.error.caused, message: use.error.message, causedBy: use.error.caused?.process ?? null }
      : null,
    steps,
  };
}

function toStep(id: string, name: string, origin: StepOrigin, use: StepUse | undefined, underWay: boolean): GraphStep {
  const producerRunId = use?.producer?.runId ?? null;
  return { id, name, mark: originMark(origin, underWay), seconds: secondsOf(use), producerRunId };
}

function secondsOf(use: StepUse | undefined): number | null {
  return use?.executionSeconds ?? use?.producer?.executionSeconds ?? null;
}
