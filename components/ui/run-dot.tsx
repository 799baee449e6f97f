import { classNames } from "./class-names.ts";
import { type RunMark, runColour } from "./run-colour.ts";

const looks: Record<RunMark, string> = {
  full: "rounded-full bg-(--run)",
  ring: "rounded-full",
  half: "rounded-full bg-linear-to-r from-(--run) from-50% to-transparent to-50%",
  square: "rounded-[1px] bg-(--run)",
};

/** The colour of a run and its mark, which goes with the dash of its lines. */
export function RunDot({ runId, className }: { runId: string; className?: string }) {
  const colour = runColour(runId);
  return (
    <span
      aria-hidden
      className={classNames(
        "inline-block size-2.5 shrink-0 border-2 border-(--run)",
        looks[colour.mark],
        colour.className,
        className,
      )}
    />
  );
}
