"use client";
import { lazy, Suspense, useCallback, useMemo, useRef, useState } from "react";
import { classNames } from "../../ui/class-names.ts";
import { formatCount, formatPlural } from "../../ui/format.ts";
import type { MenuItem } from "../../ui/menu.tsx";
import { ChartCard } from "../frame/chart-card.tsx";
import { originWord } from "../frame/origin-mark.ts";
import { useWidth } from "../frame/use-width.ts";
import { graphTable } from "./describe.ts";
import type { GraphPicture } from "./prepare.ts";

const GraphBody = lazy(() => import("./graph-body.tsx").then((module) => ({ default: module.GraphBody })));

export interface GraphCardProps {
  picture: GraphPicture;
  /** What to know about where the arrows come from, in one line; `doubtful`: they may not be those of the run. */
  hint: { text: string; doubtful: boolean } | null;
  /** Of its drawing, pixels: known before there is one, so that nothing moves when it comes. */
  height: number;
  producerOf(runId: string): { name: string; href: string };
  onOpen(process: string): void;
  onWhy(process: string): void;
}

const NARROW = 640;

/** The run's processes and how they hang together. The drawing's code is loaded when it is first shown. */
export function GraphCard({ picture, hint, height, producerOf, onOpen, onWhy }: GraphCardProps) {
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
      count={countProcesses(picture)}
      table={drawing ? () => graphTable(picture, (runId) => producerOf(runId).name) : null}
      picture={drawing ? async () => svg.current?.() ?? "" : null}
      settings={settings}
    >
      {hint && (
        <p className={classNames("px-3 pb-2 text-label", hint.doubtful ? "text-amber" : "text-quiet")}>
          {hint.doubtful && <span aria-hidden>! </span>}
          {hint.text}
        </p>
      )}
      <div ref={body} className="mx-1 mb-1 min-w-0 overflow-hidden">
        {!drawing && <p className="px-2 pb-3 text-quiet">This run recorded no processes.</p>}
        {drawing && width > 0 && (
          <Suspense fallback={<div style={{ height }} />}>
            <GraphBody
              {...{ picture, expanded, width, producerOf, onToggle, onOpen, onWhy }}
              least={height}
              direction={width < NARROW ? "TB" : "LR"}
              svgRef={svg}
            />
          </Suspense>
        )}
      </div>
    </ChartCard>
  );
}

/** "7 processes, 2 still to come", "5 processes, 1 not recorded". */
function countProcesses({ processes }: GraphPicture): string {
  const marked = (mark: string) => processes.filter((process) => process.mark === mark).length;
  const parts = ["queued", "unknown"].flatMap((mark) =>
    marked(mark) > 0 ? [`${formatCount(marked(mark))} ${originWord(mark)}`] : [],
  );
  return [formatPlural(processes.length, "process", "processes"), ...parts].join(", ");
}
