"use client";
import { ErrorState } from "../components/ui/states.tsx";

/** A page that failed to draw; the frame stays. */
export default function PageError({ error, reset }: { error: Error; reset: () => void }) {
  return <ErrorState error={{ message: error.message }} what="this page" onRetry={reset} />;
}
