"use client";
import Link from "next/link";
import { Fragment } from "react";
import { describeRun } from "../../../lib/domain/run-sentence.ts";
import { shortName } from "../../charts/frame/short-name.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { HashText, NameText } from "../../ui/names.tsx";
import { RunDot } from "../../ui/run-dot.tsx";
import { StatusMark } from "../../ui/status-mark.tsx";
import { Duration, RelativeTime, RunningFor } from "../../ui/values.tsx";
import { RunCauses } from "../why/run-causes.tsx";
import { chartProcessesOf, isUnderWay, type RunView } from "./run-view.ts";

const SHOWN_WARNINGS = 3;
const MOST_NAME_LETTERS = 60;
const MOST_LETTERS = 400;

/** The first lines of the page: the run in a sentence, its name, status, times and version, and what to beware of. */
export function RunHeader({ view }: { view: RunView }) {
  const { run } = view;
  const version = describeVersion(run.version);
  return (
    <header className="flex flex-col gap-1.5 px-4 pt-3 pb-2">
      <div className="flex min-w-0 items-center gap-2 text-quiet">
        <RunDot runId={run.id} />
        <h1 className="min-w-0 text-body font-medium text-ink">
          <NameText name={run.name} />
        </h1>
        <CopyButton text={run.name} label="Copy the run's id" />
      </div>
      <p className="text-title font-semibold break-words">
        {describeRun(run, chartProcessesOf(run)).map((part, at) =>
          part.process === undefined ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one sentence
            <Fragment key={at}>{shortName(part.text, MOST_LETTERS)}</Fragment>
          ) : (
            <Link
              // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one sentence
              key={at}
              href={`?tab=steps&process=${encodeURIComponent(part.process)}`}
              prefetch={false}
              className="text-ink underline decoration-line decoration-2 underline-offset-4 hover:decoration-current"
              translate="no"
              data-tip={part.process.length > MOST_NAME_LETTERS ? shortName(part.process, MOST_LETTERS) : undefined}
            >
              {shortName(part.process, MOST_NAME_LETTERS)}
            </Link>
          ),
        )}
      </p>
      <RunCauses view={view} />
      <dl className="flex flex-wrap items-center gap-x-5 gap-y-1 text-label text-quiet">
        <Item name="Status">
          <StatusMark
            name={run.status}
            {...(run.statusReason && { reason: shortName(run.statusReason, MOST_LETTERS) })}
          />
        </Item>
        <Item name="Experiment">
          <Link
            href={`/runs?source=${run.source}&experiment=${run.experimentId}`}
            prefetch={false}
            className="text-ink"
          >
            <NameText name={run.experimentName} />
          </Link>
        </Item>
        <Item name="Started">
          <RelativeTime at={run.startedAt} />
        </Item>
        <Item name={isUnderWay(run) ? "Running for" : "Took"}>
          {isUnderWay(run) ? <RunningFor since={run.startedAt} /> : <Duration seconds={run.durationSeconds} />}
        </Item>
        {run.cache && run.cache.savedSeconds > 0 && (
          <Item name="Cache saved">
            <Duration seconds={run.cache.savedSeconds} />
          </Item>
        )}
        <Item name="Version">
          {run.version && <HashText hash={run.version.hash} />}
          <span {...(version.tip && { "data-tip": version.tip })}>{version.text}</span>
        </Item>
      </dl>
      <Warnings warnings={run.warnings} />
    </header>
  );
}

function Item({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="flex items-center gap-1.5">
      <dt className="text-faint">{name}</dt>
      <dd className="m-0 flex min-w-0 items-center gap-1.5 text-ink">{children}</dd>
    </div>
  );
}

function Warnings({ warnings }: { warnings: RunView["run"]["warnings"] }) {
  if (warnings.length === 0) return null;
  const line = ({ code, sentence }: (typeof warnings)[number]) => (
    <li key={`${code} ${sentence}`} className="flex gap-1.5">
      <span aria-hidden className="font-semibold">
        !
      </span>
      <span className="min-w-0 break-words">{shortName(sentence, MOST_LETTERS)}</span>
    </li>
  );
  const more = warnings.slice(SHOWN_WARNINGS);
  return (
    <section aria-label="Warnings" className="text-label text-amber">
      <ul>{warnings.slice(0, SHOWN_WARNINGS).map(line)}</ul>
      {more.length > 0 && (
        <details>
          <summary>{more.length} more</summary>
          <ul>{more.map(line)}</ul>
        </details>
      )}
    </section>
  );
}

/** Where the exact config and code of the run were found, or that they were not. */
export function describeVersion(version: RunView["run"]["version"]): { text: string; tip: string | null } {
  if (!version) return { text: "not recorded", tip: "Nothing that this run wrote carries a version." };
  if (version.found === null)
    return {
      text: "no files match it",
      tip: "No config and code at hand has this hash. A snapshot or the git history of the workspace would.",
    };
  if (version.found === "commit")
    return { text: `in commit ${version.commit?.slice(0, 8) ?? ""}`, tip: version.commit };
  if (version.found === "snapshot") return { text: "in a snapshot", tip: "Copied when the run was seen to begin." };
  return { text: "in the workspace", tip: "The files as they are now have this hash." };
}
