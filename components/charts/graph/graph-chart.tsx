"use client";
import "@xyflow/react/dist/base.css";
import { type Edge, ReactFlow, ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { Maximize, Minus, Plus } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { IconButton } from "../../ui/button.tsx";
import { describeProcess } from "./describe.ts";
import { type GraphLayout, NODE_WIDTH, neighbour } from "./layout.ts";
import type { GraphPicture } from "./prepare.ts";
import { ProcessNode, type ProcessNodeData, type ProcessNodeType } from "./process-node.tsx";
import { revealOnAxis } from "./view.ts";

export interface GraphChartProps {
  picture: GraphPicture;
  layout: GraphLayout;
  direction: "LR" | "TB";
  expanded: ReadonlySet<string>;
  width: number;
  height: number;
  producerOf(runId: string): { name: string; href: string };
  onToggle(id: string): void;
  onOpen(process: string): void;
  onWhy(process: string): void;
}

const nodeTypes = { process: ProcessNode };
/** Room below the graph for its buttons, which must cover no process. */
export const FOOT = 40;
/** Below this, names cannot be read; a larger graph is moved instead. */
const SMALLEST = 0.7;

/** Where the eye should begin: at what failed, else where the graph begins. */
function firstToLookAt({ placed }: GraphLayout): string | undefined {
  const failed = placed.find(({ process }) => process.failure?.here);
  return (failed ?? placed.find(({ before }) => before.length === 0) ?? placed[0])?.process.id;
}

/** How large the graph is drawn in a given width: as it is, or as small as can still be read. */
export function graphZoom(layout: GraphLayout, width: number): number {
  return Math.min(1, Math.max(SMALLEST, width / layout.width));
}

/** The graph: move by drag, zoom with Ctrl and wheel or the buttons, walk with the arrow keys. */
export function GraphChart(props: GraphChartProps) {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  );
}

function Flow({ picture, layout, direction, expanded, width, height, producerOf, ...does }: GraphChartProps) {
  const { onToggle, onOpen, onWhy } = does;
  const root = useRef<HTMLElement>(null);
  const flow = useReactFlow();
  const [reached, setReached] = useState<string | null>(null);
  const first = firstToLookAt(layout);
  const reachable = layout.placed.some(({ process }) => process.id === reached) ? reached : first;

  const show = useCallback(
    (id: string) => {
      const node = layout.placed.find(({ process }) => process.id === id);
      const { x, y, zoom } = flow.getViewport();
      if (!node) return;
      const across = { offset: x, size: width, extent: layout.width * zoom };
      const down = { offset: y, size: height - FOOT, extent: layout.height * zoom };
      void flow.setViewport({
        x: revealOnAxis(across, node.x * zoom, NODE_WIDTH * zoom),
        y: revealOnAxis(down, node.y * zoom, node.height * zoom),
        zoom,
      });
    },
    [flow, layout, width, height],
  );
  const onArrow = useCallback(
    (id: string, key: string) => {
      if (key !== "ArrowLeft" && key !== "ArrowRight" && key !== "ArrowUp" && key !== "ArrowDown") return false;
      const next = neighbour(layout, id, key);
      if (next) {
        show(next);
        root.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(next)}"]`)?.focus({ preventScroll: true });
      }
      return true;
    },
    [layout, show],
  );

  const nodes = useMemo(
    () =>
      layout.placed.map(({ process, x, y, height: tall }): ProcessNodeType => {
        const data: ProcessNodeData = {
          process,
          label: describeProcess(process, picture),
          expanded: expanded.has(process.id),
          direction,
          reachable: process.id === reachable,
          producer: process.producerRunId ? producerOf(process.producerRunId) : null,
          ...{ onToggle, onOpen, onWhy, onArrow, onFocus: setReached },
        };
        return { id: process.id, type: "process", position: { x, y }, width: NODE_WIDTH, height: tall, data };
      }),
    [layout, picture, expanded, direction, reachable, producerOf, onToggle, onOpen, onWhy, onArrow],
  );
  const edges = useMemo(
    () =>
      picture.edges.map(({ from, to }): Edge => {
        const near = from === reached || to === reached;
        return {
          id: JSON.stringify([from, to]),
          source: from,
          target: to,
          style: { stroke: near ? "var(--accent)" : "var(--line-control)", strokeWidth: near ? 1.75 : 1 },
        };
      }),
    [picture, reached],
  );

  const zoom = graphZoom(layout, width);
  const left = Math.max(0, (width - layout.width * zoom) / 2);
  const top = Math.max(0, (height - FOOT - layout.height * zoom) / 2);
  const place = useMemo(() => ({ x: left, y: top, zoom }), [left, top, zoom]);
  const begin = useRef(() => {});
  begin.current = () => first && show(first);
  // Only a new size moves the view: new facts and opened steps leave it where the reader put it.
  useEffect(() => {
    void flow.setViewport(place).then(() => begin.current());
  }, [flow, place]);

  return (
    <section ref={root} aria-label="Processes" style={{ width, height }}>
      <div style={{ height: height - FOOT }}>
        <ReactFlow<ProcessNodeType>
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          defaultViewport={place}
          minZoom={0.25}
          maxZoom={2}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          zoomOnScroll={false}
          zoomOnDoubleClick={false}
          preventScrolling={false}
          disableKeyboardA11y
          // It would stand on the processes: the credit is in the foot.
          proOptions={{ hideAttribution: true }}
        />
      </div>
      <div className="flex items-end justify-between px-1 pt-1">
        <a href="https://reactflow.dev" target="_blank" rel="noreferrer" className="text-label text-quiet no-underline">
          React Flow
        </a>
        <div className="flex gap-0.5 rounded-md border border-line bg-canvas">
          <IconButton label="Smaller" className="size-7" onClick={() => void flow.zoomOut()}>
            <Minus aria-hidden className="size-4" />
          </IconButton>
          <IconButton label="Larger" className="size-7" onClick={() => void flow.zoomIn()}>
            <Plus aria-hidden className="size-4" />
          </IconButton>
          <IconButton
            label="Show all"
            className="size-7"
            onClick={() => void flow.fitView({ padding: 0.05, maxZoom: 1 })}
          >
            <Maximize aria-hidden className="size-4" />
          </IconButton>
        </div>
      </div>
    </section>
  );
}
