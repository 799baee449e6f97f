"use client";
import { EmptyState, ErrorState, InlineError, Skeleton } from "../../ui/states.tsx";
import { LogView } from "./log-view.tsx";
import { isUnderWay, type RunView } from "./run-view.ts";
import { useLog } from "./use-log.ts";

/** The run's log. While the run is under way it follows the end, until one scrolls up. */
export function RunLog({ view }: { view: RunView }) {
  const { run } = view;
  const log = useLog(view);
  if (log.pending) return <Skeleton lines={12} />;
  if (log.lines.length === 0) {
    if (log.error?.code === "not_found" || log.error?.code === "unsupported")
      return <EmptyState title="No log of this run">{log.error.remedy ?? log.error.message}</EmptyState>;
    if (log.error) return <ErrorState error={log.error} what="the log" onRetry={log.retry} />;
    return <EmptyState title={isUnderWay(run) ? "Nothing logged yet" : "The log is empty"} />;
  }
  return (
    <div className="flex flex-col gap-2">
      {log.error && <InlineError error={log.error} onRetry={log.retry} />}
      <LogView log={log} underWay={isUnderWay(run)} />
    </div>
  );
}
