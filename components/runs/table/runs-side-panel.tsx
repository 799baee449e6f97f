"use client";
import { useQuery } from "@tanstack/react-query";
import type { StepUse } from "../../../lib/domain/run.ts";
import { describeRun, sentenceText } from "../../../lib/domain/run-sentence.ts";
import type { ReadRun } from "../../../lib/queries/revive.ts";
import { runQueries } from "../../../lib/queries/run-queries.ts";
import { originMark, originWord } from "../../charts/frame/origin-mark.ts";
import { ButtonLink } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { formatCount, formatDuration, formatPlain, formatPlural } from "../../ui/format.ts";
import { NameText } from "../../ui/names.tsx";
import { RunDot } from "../../ui/run-dot.tsx";
import { Fact, Facts, SidePanel } from "../../ui/side-panel.tsx";
import { InlineError, Skeleton } from "../../ui/states.tsx";
import { StatusMark } from "../../ui/status-mark.tsx";
import { Duration, Measured, RelativeTime, RunningFor } from "../../ui/values.tsx";
import { escapeInvisible } from "../../ui/visible-text.ts";
import { chartProcessesOf, isUnderWay } from "../run/run-view.ts";

export interface RunsSidePanelProps {
  source: string;
  run: string;
  /** The row, which is at hand before the run's own answer comes. */
  row: ReadRun | undefined;
  onClose(): void;
}

/** One run in short, beside the table. */
export function RunsSidePanel({ source, run: runId, row, onClose }: RunsSidePanelProps) {
  const detail = useQuery(runQueries.detail(source, runId));
  const run = detail.data ?? row;
  const processes = detail.data?.steps.filter(({ step }) => step === null) ?? [];
  return (
    <SidePanel
      label="Selected run"
      onClose={onClose}
      title={
        <span className="flex items-center gap-2">
          <RunDot runId={runId} />
          <NameText name={run?.name ?? runId} />
          {run && <CopyButton text={run.name} label="Copy the name" />}
        </span>
      }
      actions={
        <ButtonLink href={`/runs/${source}/${runId}`} look="primary" className="h-7">
          Open
        </ButtonLink>
      }
    >
      <div className="flex flex-col gap-5 p-4">
        {detail.error && <InlineError error={detail.error} onRetry={() => void detail.refetch()} />}
        {run ? (
          <Summary
            run={run}
            sentence={detail.data ? sentenceText(describeRun(detail.data, chartProcessesOf(detail.data))) : null}
          />
        ) : (
          <Skeleton lines={6} />
        )}
        {detail.data && processes.length > 0 && (
          <Part title="Processes" count={processes.length}>
            <ul className="m-0 flex list-none flex-col gap-1 p-0 text-label">
              {processes.map((use) => (
                <ProcessLine key={use.process} use={use} underWay={isUnderWay(detail.data)} />
              ))}
            </ul>
          </Part>
        )}
        {run && <Metrics run={run} />}
        {run && <Params run={run} />}
      </div>
    </SidePanel>
  );
}

function ProcessLine({ use, underWay }: { use: StepUse; underWay: boolean }) {
  const mark = originMark(use.origin, underWay);
  const inherited = use.error?.caused && mark !== "queued";
  return (
    <li className="flex items-center gap-3">
      <NameText name={use.process} className="flex-1" />
      <span className="text-quiet">
        {use.origin === "reused" ? (
          <span data-tip="What making it took, in the run that made it">
            saved {formatDuration(use.producer?.executionSeconds)}
          </span>
        ) : (
          <Duration seconds={use.executionSeconds} />
        )}
      </span>
      <span className="min-w-20">
        <StatusMark name={mark} word={inherited ? "dependency failed" : originWord(mark)} />
      </span>
    </li>
  );
}

function Summary({ run, sentence }: { run: ReadRun; sentence: string | null }) {
  return (
    <section className="flex flex-col gap-3">
      {sentence && <p className="font-medium">{escapeInvisible(sentence)}</p>}
      <Facts>
        <Fact name="Status">
          <StatusMark name={run.status} {...(run.statusReason && { reason: run.statusReason })} />
        </Fact>
        <Fact name="Experiment">
          <NameText name={run.experimentName} />
        </Fact>
        <Fact name="Started">
          <RelativeTime at={run.startedAt} />
        </Fact>
        <Fact name="Duration">
          {run.status === "running" && run.durationSeconds === null ? (
            <RunningFor since={run.startedAt} />
          ) : (
            <Duration seconds={run.durationSeconds} />
          )}
        </Fact>
        {run.cache && (
          <Fact name="Cache">
            {run.cache.hits} of {formatPlural(run.cache.total, "process", "processes")} reused,{" "}
            {formatDuration(run.cache.savedSeconds)} saved
          </Fact>
        )}
      </Facts>
      {run.warnings.map(({ code, sentence: words }) => (
        <p key={`${code} ${words}`} className="flex gap-2 text-label">
          <span aria-hidden className="font-semibold text-amber">
            !
          </span>
          {escapeInvisible(words)}
        </p>
      ))}
    </section>
  );
}

function Metrics({ run }: { run: ReadRun }) {
  const measured = run.metrics.filter(({ last, min }) => last !== null || min !== null);
  if (measured.length === 0) return null;
  return (
    <Part title="Metrics" count={measured.length}>
      <table className="w-full table-fixed border-collapse text-label">
        <thead>
          <tr className="text-right text-quiet [&_th]:py-0.5 [&_th]:font-normal">
            <th className="w-2/5 text-left">Name</th>
            <th>Last</th>
            <th>Min</th>
            <th>Max</th>
          </tr>
        </thead>
        <tbody>
          {measured.map(({ id, name, process, last, min, max }) => (
            <tr key={id} className="text-right [&_td]:py-0.5">
              <td className="pr-2 text-left">
                <span className="flex min-w-0 flex-col">
                  <NameText name={name} />
                  {process && <NameText name={process} className="text-faint" />}
                </span>
              </td>
              {[last, min, max].map((value, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: last, min and max have their place
                <td key={at} className="align-top">
                  <Measured value={value} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Part>
  );
}

function Params({ run }: { run: ReadRun }) {
  const params = Object.entries(run.params ?? {});
  return (
    <Part title="Params" count={params.length}>
      {run.params === null ? (
        <p className="text-label text-quiet">Not recorded.</p>
      ) : (
        <Facts>
          {params.map(([name, value]) => (
            <Fact key={name} name={<NameText name={name} />}>
              <NameText name={formatPlain(value)} />
            </Fact>
          ))}
        </Facts>
      )}
    </Part>
  );
}

function Part({ title, count, children }: { title: string; count: number; children: React.ReactNode }) {
  return (
    <section className="flex flex-col gap-2 border-t border-line pt-3">
      <h3 className="flex gap-2 font-semibold">
        {title} <span className="font-normal text-quiet">{formatCount(count)}</span>
      </h3>
      {children}
    </section>
  );
}
