"use client";
import { ChevronRight } from "lucide-react";
import Link from "next/link";
import { useEffect, useRef } from "react";
import type { StepUse } from "../../../lib/domain/run.ts";
import { originMark, originWord, questionOf } from "../../charts/frame/origin-mark.ts";
import { shortName } from "../../charts/frame/short-name.ts";
import { useInvalidate } from "../../invalidate/use-invalidate.tsx";
import { Button } from "../../ui/button.tsx";
import { classNames } from "../../ui/class-names.ts";
import { missing } from "../../ui/format.ts";
import { NameText } from "../../ui/names.tsx";
import { ScrollBox } from "../../ui/scroll-box.tsx";
import { EmptyState } from "../../ui/states.tsx";
import { StatusMark } from "../../ui/status-mark.tsx";
import { useUrlState } from "../../ui/url-state.ts";
import { Duration, RelativeTime } from "../../ui/values.tsx";
import { escapeInvisible } from "../../ui/visible-text.ts";
import { useWhy } from "../why/why-address.ts";
import { orderSteps } from "./order-steps.ts";
import { RunLink } from "./run-link.tsx";
import { isUnderWay, type RunView } from "./run-view.ts";

/** Every process and step: how it came about, when, how long, from which run and entry, and why it failed. */
export function RunSteps({ view }: { view: RunView }) {
  const { get } = useUrlState();
  const chosen = get("process");
  const { run } = view;
  const rows = orderSteps(run.steps);
  const { dialog, invalidate } = useInvalidate();
  if (rows.length === 0) {
    return <EmptyState title="No steps recorded">This run's records name no processes or steps.</EmptyState>;
  }
  return (
    <ScrollBox label="Processes and steps" className="rounded-md border border-line">
      <table className="w-full min-w-[64rem] border-separate whitespace-nowrap border-spacing-0 text-label [&_td]:border-t [&_td]:border-line [&_td]:px-3 [&_td]:py-1.5 [&_td]:align-top [&_th]:px-3 [&_th]:py-1.5 [&_th]:text-left [&_th]:font-medium [&_th]:text-quiet">
        <thead className="bg-frame">
          <tr>
            <th scope="col" className="sticky left-0 bg-frame">
              Process, step
            </th>
            <th scope="col">State</th>
            <th scope="col">Started</th>
            <th scope="col" className="text-right!">
              Own time
            </th>
            <th scope="col">Result made by</th>
            <th scope="col" className="text-right!">
              Making it took
            </th>
            <th scope="col">Cache entry</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((use) => (
            <StepRow
              key={JSON.stringify([use.process, use.step])}
              use={use}
              view={view}
              chosen={use.process === chosen && use.step === null}
              onInvalidate={(entry) =>
                invalidate({
                  source: run.source,
                  selector: { entries: [entry] },
                  subject: use.step === null ? use.process : `${use.process} ▸ ${use.step}`,
                })
              }
            />
          ))}
        </tbody>
      </table>
      {dialog}
    </ScrollBox>
  );
}

function StepRow({
  use,
  view,
  chosen,
  onInvalidate,
}: {
  use: StepUse;
  view: RunView;
  chosen: boolean;
  onInvalidate(entry: string): void;
}) {
  const row = useRef<HTMLTableRowElement>(null);
  const { change } = useUrlState();
  useEffect(() => {
    if (chosen) row.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const { run } = view;
  const mark = originMark(use.origin, isUnderWay(run));
  const failure = use.error && (use.error.caused ? "dependency failed" : "failed here");
  const word = mark !== "queued" && failure ? failure : originWord(mark);
  const own = use.origin !== "reused";
  const { entryId } = use;
  const { ask } = useWhy();
  const question = questionOf(use.origin);
  return (
    <>
      <tr ref={row} aria-current={chosen || undefined} className="group hover:bg-hover aria-[current=true]:bg-selected">
        <th
          scope="row"
          className={classNames(
            "sticky left-0 max-w-52 border-t border-line bg-canvas align-top group-hover:bg-hover group-aria-[current=true]:bg-selected text-ink! md:max-w-72",
            use.step === null ? "font-medium!" : "pl-8! font-normal!",
          )}
        >
          {use.step === null ? <NameText name={use.process} tail={12} /> : <NameText name={use.step} tail={12} />}
        </th>
        <td>
          <StatusMark name={mark} word={word} />
        </td>
        <td>{own ? <RelativeTime at={use.startedAt} /> : <span className="text-faint">{missing}</span>}</td>
        <td className="text-right tabular-nums">
          <Duration seconds={use.executionSeconds} />
        </td>
        <td className="max-w-72">
          {use.producer ? (
            <RunLink runId={use.producer.runId} view={view} />
          ) : (
            <span className="text-quiet">{use.origin === "executed" ? "this run" : missing}</span>
          )}
        </td>
        <td className="text-right tabular-nums">
          <Duration seconds={use.producer?.executionSeconds} />
        </td>
        <td>
          {entryId ? (
            <span className="inline-flex items-center gap-3">
              <Link href={`/cache/${run.source}/${entryId}`} prefetch={false} className="inline-flex items-center">
                entry <ChevronRight aria-hidden className="size-3.5" />
              </Link>
              <Button look="quiet" className="-my-1 h-6 text-label! text-quiet" onClick={() => onInvalidate(entryId)}>
                Invalidate…
              </Button>
            </span>
          ) : (
            <span className="text-faint">{missing}</span>
          )}
        </td>
        <td>
          {question && (
            <button
              type="button"
              className="text-quiet underline hover:text-ink"
              aria-label={`${question} ${escapeInvisible(use.step ?? use.process)}`}
              onClick={() => ask({ process: use.process, step: use.step })}
            >
              {question}
            </button>
          )}
        </td>
      </tr>
      {use.error && (
        <tr>
          <td colSpan={8} className="border-t-0! pt-0! pl-8!">
            <StepError error={use.error} onLog={() => change({ tab: "log", find: use.process, line: null }, "push")} />
          </td>
        </tr>
      )}
    </>
  );
}

function StepError({ error, onLog }: { error: NonNullable<StepUse["error"]>; onLog(): void }) {
  if (error.caused) {
    return (
      <p className="text-quiet">
        because{" "}
        <span className="font-medium text-ink" translate="no">
          {shortName(error.caused.process)}
        </span>{" "}
        failed
      </p>
    );
  }
  return (
    <>
      <pre
        className="w-[min(70rem,calc(100vw-5rem))] font-mono break-words whitespace-pre-wrap text-red"
        translate="no"
      >
        {error.message.split("\n").map(escapeInvisible).join("\n")}
      </pre>
      {error.from === "log" && (
        <button type="button" className="mt-0.5 text-quiet underline hover:text-ink" onClick={onLog}>
          show it in the log
        </button>
      )}
    </>
  );
}
