"use client";
import type { ReadMetric } from "../../../lib/queries/revive.ts";
import { formatPlain } from "../../ui/format.ts";
import { NameText } from "../../ui/names.tsx";
import { TextBox } from "../../ui/scroll-box.tsx";
import { RunLink } from "./run-link.tsx";
import type { RunView } from "./run-view.ts";

const SHORT = 120;

/** What was logged but is no number: short texts in a line, everything else as stored. */
export function MetricSnapshots({ metrics, view }: { metrics: readonly ReadMetric[]; view: RunView }) {
  return (
    <dl className="grid max-w-4xl gap-x-4 gap-y-2 text-label sm:grid-cols-[minmax(8rem,16rem)_minmax(0,1fr)]">
      {metrics.map((metric) => {
        const text = typeof metric.value === "string" ? metric.value : JSON.stringify(metric.value, null, 2);
        return (
          <div key={metric.id} className="contents">
            <dt className="min-w-0">
              <span className="font-medium">
                <NameText name={metric.name} />
              </span>
              <span className="block text-quiet">
                <NameText name={[metric.process, metric.step].filter(Boolean).join(" ▸ ")} />
              </span>
              {metric.producerRunId && metric.producerRunId !== view.run.id && (
                <RunLink runId={metric.producerRunId} view={view} />
              )}
            </dt>
            <dd className="m-0 min-w-0">
              {text === undefined || text.length <= SHORT ? (
                <span translate="no" className="break-words">
                  {formatPlain(metric.value)}
                </span>
              ) : (
                <TextBox label={metric.name} text={text} className="max-h-64" />
              )}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
