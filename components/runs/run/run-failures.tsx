"use client";
import { shortName } from "../../charts/frame/short-name.ts";
import { NameText } from "../../ui/names.tsx";
import { useUrlState } from "../../ui/url-state.ts";
import { escapeInvisible } from "../../ui/visible-text.ts";
import { rootFailures } from "./root-failures.ts";
import type { RunView } from "./run-view.ts";

const SHOWN = 3;
const MOST_LETTERS = 400;

/** Why the run did not complete, where that is known: the processes that failed by themselves and what they said. */
export function RunFailures({ view: { run } }: { view: RunView }) {
  const { change } = useUrlState();
  const failures = rootFailures(run.steps);
  if (failures.length === 0)
    return run.statusReason ? (
      <p className="text-quiet first-letter:uppercase">{shortName(run.statusReason, MOST_LETTERS)}</p>
    ) : null;
  return (
    <section aria-label="Why it failed" className="flex flex-col gap-2 border-l-4 border-red pl-3">
      {failures.slice(0, SHOWN).map(({ process, headline, inLog }) => (
        <div key={process} className="min-w-0">
          <p className="flex flex-wrap items-baseline gap-x-3">
            <span className="min-w-0 font-medium">
              <NameText name={process} />
            </span>
            {inLog && (
              <button
                type="button"
                className="text-label text-quiet underline hover:text-ink"
                onClick={() => change({ tab: "log", find: process, line: null }, "push")}
              >
                show it in the log
              </button>
            )}
          </p>
          <p translate="no" className="line-clamp-4 font-mono text-label break-words whitespace-pre-line text-red">
            {headline.split("\n").map(escapeInvisible).join("\n")}
          </p>
        </div>
      ))}
      {failures.length > SHOWN && (
        <button
          type="button"
          className="self-start text-label text-quiet underline hover:text-ink"
          onClick={() => change({ tab: "steps" }, "push")}
        >
          {failures.length - SHOWN} more
        </button>
      )}
    </section>
  );
}
