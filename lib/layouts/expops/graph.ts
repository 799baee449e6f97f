import type { Graph } from "../../domain/run.ts";
import { displayProcess } from "./names.ts";
import type { ConfiguredProcess, ProjectConfig } from "./project-config.ts";

export type BareGraph = Omit<Graph, "nodes"> & { nodes: Omit<Graph["nodes"][number], "origin">[] };

const mostNodes = 2_000;
const mostEdges = 20_000;

/**
 * The processes of a run and what leads to what, in an order in which they can run. `processes`: shown names of those that the run recorded.
 * The graph of a version is the run's own, with all copies of a fan-out. The present config counts only when it can have been the run's: it
 * knows every process that the run recorded, and a run that was completed recorded every one of its. Else (and without a config) the
 * recorded ones stand alone, in the order given, without edges. Source: docs/layouts/expops.md, "The graph".
 */
export function graphOf(
  config: ProjectConfig | null,
  isVersion: boolean,
  processes: readonly string[],
  isCompleted = false,
): BareGraph {
  const expanded = config && expandCopies(config);
  const known = new Set(expanded?.nodes);
  const fits = processes.length > 0 && processes.every((process) => known.has(process));
  if (!expanded || (!isVersion && !(fits && (!isCompleted || known.size === processes.length)))) {
    return { origin: "none", nodes: processes.map(nodeOf), edges: [] };
  }
  const unknown = processes.filter((process) => !known.has(process));
  return {
    origin: isVersion ? "version" : "present-config",
    nodes: [...expanded.nodes, ...unknown].map(nodeOf),
    edges: expanded.edges,
  };
}

/** Adds steps below their processes, in the order given (that of their starts). Those of a process that the graph does not have are left out. */
export function addSteps(graph: BareGraph, steps: readonly { process: string; step: string }[]): BareGraph {
  const processes = new Set(graph.nodes.map(({ id }) => id));
  const nodes = steps
    .filter(({ process }) => processes.has(process))
    .map(({ process, step }, index) => ({
      id: JSON.stringify([process, step]),
      label: step,
      parentId: process,
      stepIndex: index,
    }));
  return { ...graph, nodes: [...graph.nodes, ...nodes] };
}

function nodeOf(process: string): BareGraph["nodes"][number] {
  return { id: process, label: process, parentId: null, stepIndex: null };
}

/** Shown names of the processes that draw charts, copies included. */
export function chartProcessesOf(config: ProjectConfig): Set<string> {
  const charts = new Set(config.processes.filter(({ isChart }) => isChart).map(({ name }) => name));
  return new Set(
    expandCopies(config)
      .variants.filter(({ process }) => charts.has(process))
      .map(shownName),
  );
}

/** One copy of a process: which part and which seed of each fan-out above it, from the outermost in. */
interface Variant {
  process: string;
  parts: Map<string, number>;
  seeds: Map<string, number>;
}

/** Layers of copies, from the outermost in, each by the name of the process that splits. */
interface Layers {
  parts: string[];
  seeds: string[];
}

/**
 * What follows a process with `seed_parallelism` or `data_parallelism` is copied, once a seed or part, until a process joins the latest
 * layer again. A graph that ExpOps would refuse (a ring, mixed layers), or one beyond 2,000 nodes, is given without copies.
 */
function expandCopies(config: ProjectConfig): {
  variants: Variant[];
  nodes: string[];
  edges: { from: string; to: string }[];
} {
  const processes = sortForRunning(config.processes, config.edges);
  const variants =
    makeVariants(processes, config.edges) ??
    processes.map(({ name }) => ({ process: name, parts: new Map(), seeds: new Map() }));
  const byProcess = Map.groupBy(variants, ({ process }) => process);
  const edges: { from: string; to: string }[] = [];
  for (const { from, to } of uniqueEdges(config.edges)) {
    for (const target of byProcess.get(to) ?? []) {
      for (const origin of byProcess.get(from) ?? []) {
        if (edges.length < mostEdges && agree(origin, target))
          edges.push({ from: shownName(origin), to: shownName(target) });
      }
    }
  }
  return { variants, nodes: variants.map(shownName), edges };
}

function makeVariants(processes: readonly ConfiguredProcess[], edges: ProjectConfig["edges"]): Variant[] | null {
  /** What follows a process stands in these. */
  const layersBelow = new Map<string, Layers>();
  const values = new Map(
    processes.map(({ name, seeds, parts }) => [
      name,
      { seeds, parts: Array.from({ length: Math.min(parts, mostNodes) }, (_, index) => index + 1) },
    ]),
  );
  const sources = Map.groupBy(edges, ({ to }) => to);
  const all: Variant[] = [];
  for (const process of processes) {
    const above = (sources.get(process.name) ?? []).map(
      ({ from }) => layersBelow.get(from) ?? { parts: [], seeds: [] },
    );
    const own = {
      parts: joinedStack(above.map(({ parts }) => parts)),
      seeds: joinedStack(above.map(({ seeds }) => seeds)),
    };
    if (!own.parts || !own.seeds) return null;
    const splits = process.parts > 0 || process.seeds.length > 0;
    const stands = {
      parts: process.joinsParts && !splits ? own.parts.slice(0, -1) : own.parts,
      seeds: process.joinsSeeds && !splits ? own.seeds.slice(0, -1) : own.seeds,
    };
    layersBelow.set(process.name, {
      parts: process.parts > 0 ? [...stands.parts, process.name] : stands.parts,
      seeds: process.seeds.length > 0 && process.parts === 0 ? [...stands.seeds, process.name] : stands.seeds,
    });
    const parts = combine(
      stands.parts.map((name) => [name, values.get(name)?.parts ?? []]),
      mostNodes,
    );
    const seeds = combine(
      stands.seeds.map((name) => [name, values.get(name)?.seeds ?? []]),
      mostNodes,
    );
    if (all.length + parts.length * seeds.length > mostNodes) return null;
    for (const part of parts) for (const seed of seeds) all.push({ process: process.name, parts: part, seeds: seed });
  }
  return all;
}

/** All predecessors must stand in the same layers; `null`: they do not. */
function joinedStack(stacks: readonly string[][]): string[] | null {
  const [first = []] = stacks;
  return stacks.every((stack) => JSON.stringify(stack) === JSON.stringify(first)) ? first : null;
}

/** Every way to choose one value a layer. */
function combine(layers: readonly [string, readonly number[]][], most: number): Map<string, number>[] {
  let chosen: Map<string, number>[] = [new Map()];
  for (const [name, values] of layers) {
    if (chosen.length * values.length > most) return Array(most + 1).fill(new Map());
    chosen = chosen.flatMap((before) => values.map((value) => new Map([...before, [name, value]])));
  }
  return chosen;
}

/** A copy follows those that share all of its layers; a layer that only one of them stands in is where it splits or joins. */
function agree(a: Variant, b: Variant): boolean {
  const same = (one: Map<string, number>, other: Map<string, number>) =>
    [...one].every(([layer, value]) => !other.has(layer) || other.get(layer) === value);
  return same(a.parts, b.parts) && same(a.seeds, b.seeds);
}

function shownName({ process, parts, seeds }: Variant): string {
  if (parts.size + seeds.size === 0) return process;
  const copies = [
    ...[...parts.values()].map((part) => `*[@partition='p${part}']`),
    ...[...seeds.values()].map((seed) => `*[@seed='${seed}']`),
  ];
  return displayProcess(`//${copies.join("/")}/process[@name='${process}']`);
}

/** Processes after all that lead to them, else as configured; those in a ring come last. */
function sortForRunning(processes: readonly ConfiguredProcess[], edges: ProjectConfig["edges"]): ConfiguredProcess[] {
  const byName = new Map(processes.map((process) => [process.name, process]));
  const waiting = new Map(processes.map(({ name }) => [name, 0]));
  const followers = Map.groupBy(uniqueEdges(edges), ({ from }) => from);
  for (const { to } of uniqueEdges(edges)) waiting.set(to, (waiting.get(to) ?? 0) + 1);
  const ready = processes.filter(({ name }) => waiting.get(name) === 0).map(({ name }) => name);
  for (const name of ready) {
    for (const { to } of followers.get(name) ?? []) {
      const left = (waiting.get(to) ?? 0) - 1;
      waiting.set(to, left);
      if (left === 0) ready.push(to);
    }
  }
  const sorted = new Set([...ready, ...processes.map(({ name }) => name)]);
  return [...sorted].flatMap((name) => byName.get(name) ?? []);
}

function uniqueEdges(edges: ProjectConfig["edges"]): { from: string; to: string }[] {
  return [...new Map(edges.map((edge) => [JSON.stringify([edge.from, edge.to]), edge])).values()];
}
