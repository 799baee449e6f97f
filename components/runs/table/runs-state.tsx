"use client";
import type { Source } from "../../../lib/domain/source.ts";
import { EmptyState, ErrorState, type Failure, FilteredEmptyState, Skeleton } from "../../ui/states.tsx";
import { escapeInvisible } from "../../ui/visible-text.ts";

export interface RunsStateProps {
  loading: boolean;
  error: Failure | null;
  filter: string;
  sources: readonly Source[] | undefined;
  onClear(): void;
  onRetry(): void;
}

/** What stands in place of the table while it has no rows. */
export function RunsState({ loading, error, filter, sources, onClear, onRetry }: RunsStateProps) {
  if (loading && !error) return <Skeleton lines={14} className="flex-1 gap-3 p-3" />;
  if (error?.code === "bad_request") {
    return <ErrorState error={error} what="runs" onRetry={onClear} retryLabel="Show all runs" className="flex-1" />;
  }
  if (error) return <ErrorState error={error} what="runs" onRetry={onRetry} className="flex-1" />;
  if (filter) {
    return (
      <div className="flex-1">
        <FilteredEmptyState what="runs" filter={filter} onClear={onClear} />
      </div>
    );
  }
  const lost = sources?.find(({ status }) => status === "unreachable");
  if (lost) {
    return (
      <ErrorState
        error={lost.error ?? { message: `${escapeInvisible(lost.label)} cannot be reached.` }}
        what={`runs of ${escapeInvisible(lost.label)}`}
        onRetry={onRetry}
        className="flex-1"
      />
    );
  }
  if (sources?.some(({ status }) => status === "indexing")) {
    return (
      <EmptyState title="Reading the sources" className="flex-1">
        Runs appear here as they are found.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No runs yet" className="flex-1">
      They appear after the first run of a pipeline that writes to{" "}
      {sources?.length === 1 ? escapeInvisible(sources[0]?.label ?? "") : "one of the sources"}.
    </EmptyState>
  );
}
