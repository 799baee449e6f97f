"use client";
import { lazy, Suspense, useCallback, useMemo, useRef, useState } from "react";
import { formatPlural } from "../../ui/format.ts";
import type { MenuItem } from "../../ui/menu.tsx";
import { ChartCard } from "../frame/chart-card.tsx";
import { useWidth } from "../frame/use-width.ts";
import { graphTable } from "./describe.ts";
import type { GraphPicture } from "./prepare.ts";

const GraphBody = lazy(() => import("./graph-body.tsx").then((module) => ({ default: module.GraphBody })));

export interface GraphCardProps {
  picture: GraphPicture;
  /** What would make the graph complete, in one line. */
  hint: string | null;
  producerOf(runId: string): { name: string; href: string };
  onOpen(process: string): void;
}

const NARROW = 640;
/** Of the skeleton, until the layout tells. */
const FIRST_HEIGHT = 240;

/** The run's processes and how they hang together. The drawing's code is loaded when it is first shown. */
export function GraphCard({ picture, hint, producerOf, onOpen }: GraphCardProps) {
  const body = useRef<HTMLDivElement>(null);
  const width = useWidth(body);
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const svg = useRef<(() => string) | null>(null);
  const onToggle = useCallback((id: string) => {
    setExpanded((current) => {
      const next = new Set(current);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const withSteps = useMemo(
    () => picture.processes.filter((process) => process.steps.length > 0).map(({ id }) => id),
    [picture],
  );
  const allOpen = withSteps.length > 0 && withSteps.every((id) => expanded.has(id));
  const settings: MenuItem[] =
    withSteps.length === 0
      ? []
      : [
          {
            kind: "check",
            label: "Show all steps",
            checked: allOpen,
            onSelect: () => setExpanded(new Set(allOpen ? [] : withSteps)),
          },
        ];
  const drawing = picture.processes.length > 0;
  return (
    <ChartCard
      name="Process graph"
      title="Process graph"
      count={formatPlural(picture.processes.length, "process", "processes")}
      table={drawing ? () => graphTable(picture, (runId) => producerOf(runId).name) : null}
      picture={drawing ? () => svg.current?.() ?? "" : null}
      settings={settings}
    >
      {hint && <p className="px-3 pb-2 text-label text-quiet">{hint}</p>}
      <div ref={body} className="mx-1 mb-1 min-w-0 overflow-hidden">
        {!drawing && <p className="px-2 pb-3 text-quiet">This run recorded no processes.</p>}
        {drawing && width > 0 && (
          <Suspense fallback={<div style={{ height: FIRST_HEIGHT }} />}>
            <GraphBody
              {...{ picture, expanded, width, producerOf, onToggle, onOpen }}
              direction={width < NARROW ? "TB" : "LR"}
              svgRef={svg}
            />
          </Suspense>
        )}
      </div>
    </ChartCard>
  );
}
