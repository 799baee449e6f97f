"use client";
import type { ReadMetric } from "../../../lib/queries/revive.ts";
import { missing } from "../../ui/format.ts";
import { NameText } from "../../ui/names.tsx";
import { ScrollBox } from "../../ui/scroll-box.tsx";
import { Measured } from "../../ui/values.tsx";
import { RunLink } from "./run-link.tsx";
import type { RunView } from "./run-view.ts";

/** Single figures, one a row. */
export function MetricTable({ metrics, view }: { metrics: readonly ReadMetric[]; view: RunView }) {
  return (
    <ScrollBox label="Table of figures" className="max-w-4xl rounded-md border border-line">
      <table className="w-full min-w-[30rem] border-separate border-spacing-0 text-label [&_td]:border-t [&_td]:border-line [&_td]:px-3 [&_td]:py-1.5 [&_th]:px-3 [&_th]:py-1.5 [&_th]:text-left [&_th]:font-medium [&_th]:text-quiet">
        <thead className="bg-frame">
          <tr>
            <th scope="col">Metric</th>
            <th scope="col">Process</th>
            <th scope="col">Step</th>
            <th scope="col" className="text-right!">
              Value
            </th>
            <th scope="col">From run</th>
          </tr>
        </thead>
        <tbody>
          {metrics.map((metric) => (
            <tr key={metric.id} className="hover:bg-hover">
              <td className="max-w-64 font-medium">
                <NameText name={metric.name} />
              </td>
              <td className="max-w-56 text-quiet">
                {metric.process === null ? missing : <NameText name={metric.process} />}
              </td>
              <td className="max-w-56 text-quiet">
                {metric.step === null ? missing : <NameText name={metric.step} />}
              </td>
              <td className="text-right tabular-nums">
                <Measured value={metric.last} />
              </td>
              <td className="max-w-64">
                {metric.producerRunId && metric.producerRunId !== view.run.id ? (
                  <RunLink runId={metric.producerRunId} view={view} />
                ) : (
                  <span className="text-quiet">this run</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}
