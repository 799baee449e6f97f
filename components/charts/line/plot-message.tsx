import { type Failure, InlineError } from "../../ui/states.tsx";

interface PlotMessageProps {
  pending: boolean;
  error: Failure | null;
  onRetry: (() => void) | undefined;
  /** What the reader looks for among the series; empty: all of them. */
  filter: string;
}

/** What stands in the place of the plot while there is nothing to draw. */
export function PlotMessage({ pending, error, onRetry, filter }: PlotMessageProps) {
  if (error) {
    return (
      <div className="flex h-full items-center justify-center">
        <InlineError error={error} {...(onRetry && { onRetry })} />
      </div>
    );
  }
  if (pending) return <PlotSkeleton />;
  return (
    <p className="flex h-full items-center justify-center text-quiet">
      {filter.trim() ? "No series match the filter." : "No points yet."}
    </p>
  );
}

/** The final shape, faint: axes without anything between. */
function PlotSkeleton() {
  return (
    <div role="status" aria-label="Loading" className="flex h-full flex-col justify-between pt-2.5 pb-6 pl-10">
      {[0, 1, 2, 3].map((line) => (
        <span key={line} className="h-px bg-line" />
      ))}
    </div>
  );
}
