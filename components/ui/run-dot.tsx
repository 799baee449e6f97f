import { classNames } from "./class-names.ts";
import { runColour } from "./run-colour.ts";

/** The colour of a run as a dot; a ring where its lines are dashed. */
export function RunDot({ runId, className }: { runId: string; className?: string }) {
  const colour = runColour(runId);
  return (
    <span
      aria-hidden
      className={classNames(
        "inline-block size-2.5 shrink-0 rounded-full border-2 border-(--run)",
        !colour.dashed && "bg-(--run)",
        colour.className,
        className,
      )}
    />
  );
}
