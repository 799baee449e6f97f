import type { ReadRunDetail } from "../../../lib/queries/revive.ts";

/** The run that a page shows, and how other runs it mentions are named and linked. */
export interface RunView {
  run: ReadRunDetail;
  nameOfRun(runId: string): string;
  linkOfRun(runId: string): string;
}

/** Processes that only drew charts: the sentence counts them instead of naming them. */
export function chartProcessesOf({ charts, metrics }: Pick<ReadRunDetail, "charts" | "metrics">): Set<string> {
  const measuring = new Set(metrics.map((metric) => metric.process));
  return new Set(charts.flatMap(({ process }) => (process !== null && !measuring.has(process) ? [process] : [])));
}

/** Whether more may still come. */
export function isUnderWay({ status }: Pick<ReadRunDetail, "status">): boolean {
  return status === "running" || status === "queued";
}
