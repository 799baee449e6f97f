import { Graph, layout } from "@dagrejs/dagre";
import type { GraphPicture, GraphProcess } from "./prepare.ts";

export const NODE_WIDTH = 236;
const HEAD_HEIGHT = 56;
const STEP_HEIGHT = 24;
const GAP = { across: 24, along: 44 };

export interface PlacedProcess {
  process: GraphProcess;
  x: number;
  y: number;
  height: number;
  /** Neighbours for the arrow keys, by id. */
  before: string[];
  after: string[];
}
export interface GraphLayout {
  placed: PlacedProcess[];
  width: number;
  height: number;
}

/**
 * Places the processes: along their edges, or in columns of time when there are none.
 * @param expanded ids of processes whose steps are shown.
 * @param direction left to right, or top to bottom on a narrow screen.
 */
export function layoutGraph(picture: GraphPicture, expanded: ReadonlySet<string>, direction: "LR" | "TB"): GraphLayout {
  const heightOf = (process: GraphProcess) =>
    HEAD_HEIGHT + (expanded.has(process.id) && process.steps.length > 0 ? process.steps.length * STEP_HEIGHT + 8 : 0);
  return picture.arrangement === "edges"
    ? alongEdges(picture, heightOf, direction)
    : inTime(picture, heightOf, direction);
}

function alongEdges(
  { processes, edges }: GraphPicture,
  heightOf: (process: GraphProcess) => number,
  direction: "LR" | "TB",
): GraphLayout {
  const graph = new Graph();
  graph.setGraph({ rankdir: direction, nodesep: GAP.across, ranksep: GAP.along, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const process of processes) graph.setNode(process.id, { width: NODE_WIDTH, height: heightOf(process) });
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  const placed = processes.map((process): PlacedProcess => {
    const node = graph.node(process.id) as { x: number; y: number; height: number };
    return {
      process,
      x: node.x - NODE_WIDTH / 2,
      y: node.y - node.height / 2,
      height: node.height,
      before: edges.filter((edge) => edge.to === process.id).map((edge) => edge.from),
      after: edges.filter((edge) => edge.from === process.id).map((edge) => edge.to),
    };
  });
  return { placed, ...extent(placed) };
}

function inTime(
  { processes }: GraphPicture,
  heightOf: (process: GraphProcess) => number,
  direction: "LR" | "TB",
): GraphLayout {
  const columns = timeColumns(processes);
  const placed: PlacedProcess[] = [];
  let along = 8;
  columns.forEach((column, i) => {
    let across = 8;
    for (const process of column) {
      const height = heightOf(process);
      const [x, y] = direction === "LR" ? [along, across] : [8, along];
      placed.push({
        process,
        x,
        y,
        height,
        before: (columns[i - 1] ?? []).map(({ id }) => id),
        after: (columns[i + 1] ?? []).map(({ id }) => id),
      });
      if (direction === "LR") across += height + GAP.across / 2;
      else along += height + GAP.across / 2;
    }
    if (direction === "LR") along += NODE_WIDTH + GAP.along / 2;
  });
  return { placed, ...extent(placed) };
}

/** Reused ones first, then those that ran, a column for all that ran at the same time; last what never ran. */
export function timeColumns(processes: readonly GraphProcess[]): GraphProcess[][] {
  const reused = processes.filter((process) => process.origin === "reused");
  const timed = processes.filter((process) => process.origin !== "reused" && process.startedAt !== null);
  const rest = processes.filter((process) => process.origin !== "reused" && process.startedAt === null);
  timed.sort((a, b) => Date.parse(a.startedAt as string) - Date.parse(b.startedAt as string));
  const columns: GraphProcess[][] = [];
  let columnEnd = -Infinity;
  for (const process of timed) {
    const start = Date.parse(process.startedAt as string);
    const end = process.origin === "running" ? Infinity : start + (process.seconds ?? 0) * 1000;
    const column = columns.at(-1);
    if (column && start < columnEnd) {
      column.push(process);
      columnEnd = Math.min(columnEnd, end);
    } else {
      columns.push([process]);
      columnEnd = end;
    }
  }
  return [reused, ...columns, rest].filter((column) => column.length > 0);
}

function extent(placed: readonly PlacedProcess[]): { width: number; height: number } {
  return {
    width: Math.max(0, ...placed.map(({ x }) => x + NODE_WIDTH + 8)),
    height: Math.max(0, ...placed.map(({ y, height }) => y + height + 8)),
  };
}

/** The process an arrow key leads to from `id`; null at an edge of the picture. */
export function neighbour(
  layout: GraphLayout,
  id: string,
  key: "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown",
): string | null {
  const here = layout.placed.find(({ process }) => process.id === id);
  if (!here) return null;
  const horizontal = key === "ArrowLeft" || key === "ArrowRight";
  const sign = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
  let best: { id: string; cost: number } | null = null;
  for (const { process, x, y } of layout.placed) {
    const ahead = (horizontal ? x - here.x : y - here.y) * sign;
    if (process.id === id || ahead <= 0) continue;
    const aside = Math.abs(horizontal ? y - here.y : x - here.x);
    const linked = here.before.includes(process.id) || here.after.includes(process.id);
    const cost = ahead + aside * 2 - (linked ? 1000 : 0);
    if (!best || cost < best.cost) best = { id: process.id, cost };
  }
  return best?.id ?? null;
}
