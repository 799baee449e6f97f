"use client";
import { lazy, Suspense } from "react";
import type { ReadMetric } from "../../../lib/queries/revive.ts";
import { formatPlain } from "../../ui/format.ts";
import { NameText } from "../../ui/names.tsx";
import { TextBox } from "../../ui/scroll-box.tsx";
import { Skeleton } from "../../ui/states.tsx";
import { escapeInvisible } from "../../ui/visible-text.ts";
import { RunLink } from "./run-link.tsx";
import type { RunView } from "./run-view.ts";
import { tableOf } from "./table-of.ts";

const TableTwin = lazy(() =>
  import("../../charts/frame/table-twin.tsx").then((module) => ({ default: module.TableTwin })),
);

const SHORT = 120;

/** What was logged but is no number: short texts in a line, everything else as stored. */
export function MetricSnapshots({ metrics, view }: { metrics: readonly ReadMetric[]; view: RunView }) {
  return (
    <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,16rem),1fr))] gap-x-4 gap-y-4 text-label">
      {metrics.map((metric) => (
        <li key={metric.id} className="flex min-w-0 flex-col gap-1">
          <span className="flex min-w-0 gap-2">
            <span className="min-w-0 font-medium">
              <NameText name={metric.name} />
            </span>
            <span className="min-w-0 text-quiet">
              <NameText name={[metric.process, metric.step].filter(Boolean).join(" ▸ ")} />
            </span>
          </span>
          <Snapshot metric={metric} />
          {metric.producerRunId && metric.producerRunId !== view.run.id && (
            <RunLink runId={metric.producerRunId} view={view} />
          )}
        </li>
      ))}
    </ul>
  );
}

function Snapshot({ metric: { name, value } }: { metric: ReadMetric }) {
  const table = tableOf(value, name);
  if (table)
    return (
      <Suspense fallback={<Skeleton lines={4} />}>
        <TableTwin table={table} className="max-h-64 w-fit max-w-full" />
      </Suspense>
    );
  const text = formatPlain(value);
  if (text.length > SHORT)
    return (
      <TextBox
        label={name}
        text={typeof value === "string" ? value : JSON.stringify(value, null, 2)}
        className="max-h-64"
      />
    );
  return (
    <span translate="no" className="break-words">
      {escapeInvisible(text)}
    </span>
  );
}
