"use client";
import { PageHeader } from "../ui/page-header.tsx";
import { useTrail } from "../ui/trail.ts";
import { AttentionPanel } from "./attention-panel.tsx";
import { Figures } from "./figures.tsx";
import { LatestRuns } from "./latest-runs.tsx";
import { SourcesPanel } from "./sources-panel.tsx";

/** What is going on, over all sources. */
export function OverviewPage() {
  useTrail([{ label: "Overview" }]);
  return (
    <div className="flex min-h-full flex-col">
      <PageHeader title="Overview" />
      <Figures />
      <div className="grid flex-1 grid-cols-[minmax(0,1fr)_23rem] max-xl:grid-cols-1">
        <LatestRuns />
        <div className="border-l border-line max-xl:border-t max-xl:border-l-0">
          <AttentionPanel />
          <SourcesPanel />
        </div>
      </div>
    </div>
  );
}
