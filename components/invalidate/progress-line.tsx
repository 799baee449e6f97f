import type { ItemOutcome, Operation } from "../../lib/domain/operation.ts";
import { formatCount } from "../ui/format.ts";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { StatusMark } from "../ui/status-mark.tsx";

/** Outcomes in words. */
export const outcomeWords: Record<ItemOutcome, string> = {
  deleted: "taken out",
  conflict: "changed, left",
  gone: "already gone",
  failed: "failed",
  unknown: "unknown",
  restored: "put back",
  recreated: "made anew, left",
  revived: "revived",
  purged: "purged",
  extended: "kept longer",
  undone: "undone",
};

/** An operation's status, its bar while it runs, and how many items came out how. */
export function ProgressLine({ operation }: { operation: Operation }) {
  const { status, totals, problem } = operation;
  const outcomes = outcomeOrder.filter((name) => totals.outcomes[name]);
  return (
    <div className="flex flex-col gap-2">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1" role="status">
        <StatusMark name={status} />
        {status === "running" && (
          <span className="tabular-nums">
            {formatCount(totals.settled)} of {formatCount(totals.items)}
          </span>
        )}
        {outcomes.map((name) => (
          <span key={name} className="text-quiet tabular-nums">
            {formatCount(totals.outcomes[name])} {outcomeWords[name]}
          </span>
        ))}
      </p>
      {status === "running" && <ProgressBar className="w-full" done={totals.settled} of={totals.items} />}
      {problem && (
        <p className="text-amber">
          <span aria-hidden>! </span>Waiting for the store: {problem}
        </p>
      )}
    </div>
  );
}

const outcomeOrder = Object.keys(outcomeWords) as ItemOutcome[];
