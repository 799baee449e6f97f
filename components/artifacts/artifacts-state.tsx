import { EmptyState, ErrorState, type Failure, FilteredEmptyState, Skeleton } from "../ui/states.tsx";

export interface ArtifactsStateProps {
  loading: boolean;
  error: Failure | null;
  filter: string;
  onRetry(): void;
  onClear(): void;
}

/** What stands in place of the table while it has no rows. */
export function ArtifactsState({ loading, error, filter, onRetry, onClear }: ArtifactsStateProps) {
  if (loading) return <Skeleton lines={10} className="p-4" />;
  if (error?.code === "bad_request") {
    return <ErrorState error={error} what="the artifacts" onRetry={onClear} retryLabel="Show all artifacts" />;
  }
  if (error) return <ErrorState error={error} what="the artifacts" onRetry={onRetry} />;
  if (filter) return <FilteredEmptyState what="artifacts" filter={filter} onClear={onClear} />;
  return (
    <EmptyState title="No artifacts yet">Charts and cached results appear here once a run has written some.</EmptyState>
  );
}
