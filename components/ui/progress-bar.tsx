import { classNames } from "./class-names.ts";

/** How much of it is done; the words beside it say the same in figures. */
export function ProgressBar({ done, of, className }: { done: number; of: number; className?: string }) {
  return (
    <progress
      className={classNames("h-1.5 accent-accent-fill", className)}
      aria-label="Progress"
      max={of}
      value={done}
    />
  );
}
