import { ButtonLink } from "../ui/button.tsx";
import { EmptyState, ErrorState, type Failure, Skeleton } from "../ui/states.tsx";

export interface OperationsStateProps {
  trash: boolean;
  loading: boolean;
  error: Failure | null;
  onRetry(): void;
}

/** What stands in place of the table while it has no rows. */
export function OperationsState({ trash, loading, error, onRetry }: OperationsStateProps) {
  if (loading) return <Skeleton lines={8} className="p-4" />;
  if (error) return <ErrorState error={error} what="the operations" onRetry={onRetry} />;
  const actions = <ButtonLink href="/cache">To the cache</ButtonLink>;
  if (trash)
    return (
      <EmptyState title="The trash is empty" actions={actions}>
        What an invalidation takes out waits here, and can be put back.
      </EmptyState>
    );
  return (
    <EmptyState title="Nothing has been changed yet" actions={actions}>
      Invalidate an entry from the cache, its page or a run's steps: it shows here, with a way back.
    </EmptyState>
  );
}
