import { EmptyState, ErrorState, type Failure, FilteredEmptyState, Skeleton } from "../ui/states.tsx";

export interface CacheStateProps {
  loading: boolean;
  error: Failure | null;
  /** What narrows the table, in words; empty: nothing does. */
  filter: string;
  onRetry(): void;
  onClear(): void;
}

/** What stands in place of the table while it has no rows. */
export function CacheState({ loading, error, filter, onRetry, onClear }: CacheStateProps) {
  if (loading) return <Skeleton lines={10} className="p-4" />;
  if (error?.code === "bad_request") {
    return <ErrorState error={error} what="the entries" onRetry={onClear} retryLabel="Show all entries" />;
  }
  if (error) return <ErrorState error={error} what="the entries" onRetry={onRetry} />;
  if (filter) return <FilteredEmptyState what="entries" filter={filter} onClear={onClear} />;
  return <EmptyState title="No cache entries yet">They appear after the first run with caching on.</EmptyState>;
}
