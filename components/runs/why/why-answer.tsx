"use client";
import { ChevronRight } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import type { Certainty, Explanation, Verdict } from "../../../lib/domain/explanation.ts";
import { classNames } from "../../ui/class-names.ts";
import { formatPlain } from "../../ui/format.ts";
import { LineDiff } from "../../ui/line-diff.tsx";
import { HashText, isHash, NameText } from "../../ui/names.tsx";
import { RunDot } from "../../ui/run-dot.tsx";
import { ScrollBox } from "../../ui/scroll-box.tsx";
import { Duration, RelativeTime } from "../../ui/values.tsx";
import { escapeInvisible } from "../../ui/visible-text.ts";
import type { RunView } from "../run/run-view.ts";
import { ToldSentence } from "./told-sentence.tsx";
import type { WhySubject } from "./why-address.ts";

const certaintyWords: Record<Certainty, string> = {
  recorded: "Recorded: this is what the store says.",
  observed: "Observed: Trialdeck saw it happen.",
  inferred: "Inferred: it follows from what is recorded, but stands nowhere itself.",
};
const partWords: Record<NonNullable<Explanation["firstCause"]>["part"], string> = {
  config: "configuration",
  function: "code",
  input: "input",
  "global-config": "shared settings",
  "data-file": "data file",
};
const verdictWords: Partial<Record<Verdict, string>> = {
  removed: "it was removed",
  expired: "it expired",
  "payload-gone": "the file of its result was lost",
  "previous-failed": "a run that failed replaced it",
};

/** The whole answer: the sentence first, then what can be done, then what it stands on. */
export function WhyAnswer({
  explanation,
  view,
  offer,
  onAsk,
}: {
  explanation: Explanation;
  view: RunView;
  offer: ReactNode;
  onAsk(subject: WhySubject): void;
}) {
  const { process, step, sentenceParts, certainty, candidates, notes, parts, values, codeDiff, hit } = explanation;
  const isItself = (name: string) => step === null && name === process;
  const others = explanation.alsoChanged.filter((cause) => cause.process !== explanation.firstCause?.process);
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-col gap-1">
        <p className="text-head font-semibold break-words">
          <ToldSentence
            parts={sentenceParts.map((part) => (part.process && isItself(part.process) ? { text: part.text } : part))}
            onAsk={(name) => onAsk({ process: name, step: null })}
          />
        </p>
        <p className="text-quiet">{certaintyWords[certainty]}</p>
        {others.length > 0 && (
          <p className="break-words text-quiet">
            Also changed by itself:{" "}
            {others.map(({ process: name, part }) => `${escapeInvisible(name ?? "")} (${partWords[part]})`).join(", ")}.
          </p>
        )}
        {notes.map((note) => (
          <p key={note} className="break-words text-quiet">
            {escapeInvisible(note)}
          </p>
        ))}
      </div>
      {offer}
      {candidates && (
        <Part title="What may have happened">
          <ul className="list-disc pl-5">
            {candidates.map((candidate) => (
              <li key={candidate}>{verdictWords[candidate] ?? candidate}</li>
            ))}
          </ul>
          <p className="mt-1 text-quiet">None of it was seen: Trialdeck did not watch at that time.</p>
        </Part>
      )}
      {hit && <Origin hit={hit} view={view} />}
      {values.length > 0 && (
        <Part title="Values">
          <Compared
            what="Values"
            rows={values.map(({ path, before, after }) => ({
              name: path,
              before: sayValue(before),
              after: sayValue(after),
            }))}
          />
        </Part>
      )}
      {codeDiff && codeDiff.length > 0 && (
        <Part title="Code">
          <div className="flex flex-col gap-3">
            {codeDiff.map((change) => (
              <LineDiff key={change.name} change={change} />
            ))}
          </div>
        </Part>
      )}
      {parts.length > 0 && !hit && (
        <Part title="Parts of its key">
          <Compared
            what="Parts of its key"
            rows={parts.map(({ name, before, after, same }) => ({
              name,
              before: sayPart(before),
              after: sayPart(after),
              word: same === null ? "not known" : same ? "same" : "different",
            }))}
          />
        </Part>
      )}
      <Neighbours explanation={explanation} view={view} />
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="min-w-0">
      <h3 className="mb-1 font-semibold">{title}</h3>
      {children}
    </section>
  );
}

function Compared({
  what,
  rows,
}: {
  what: string;
  rows: { name: string; before: ReactNode; after: ReactNode; word?: string }[];
}) {
  const judged = rows.some(({ word }) => word !== undefined);
  return (
    <ScrollBox label={`${what} before and after`} className="rounded-md border border-line">
      <table className="w-full text-label [&_td]:border-t [&_td]:border-line [&_td]:px-3 [&_td]:py-1.5 [&_th]:px-3 [&_th]:py-1.5 [&_th]:text-left [&_th]:font-medium">
        <thead className="bg-frame text-quiet">
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Before</th>
            <th scope="col">This run</th>
            {judged && <th scope="col">Compared</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, before, after, word }) => (
            <tr key={name}>
              <th scope="row" className="border-t border-line">
                <NameText name={name} tail={12} />
              </th>
              <td translate="no">{before}</td>
              <td translate="no">{after}</td>
              {judged && (
                <td
                  className={classNames(
                    "whitespace-nowrap",
                    word === "different" ? "font-medium text-amber" : "text-quiet",
                  )}
                >
                  <span aria-hidden>{word === "different" ? "≠ " : word === "same" ? "= " : "? "}</span>
                  {word}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

function sayPart(value: string | null): ReactNode {
  if (value === null) return <span className="text-faint">not recorded</span>;
  return isHash(value) ? <HashText hash={value} /> : <NameText name={value} />;
}

function sayValue(value: unknown): ReactNode {
  if (value === undefined) return <span className="text-faint">not set</span>;
  return <span className="break-words">{escapeInvisible(formatPlain(value))}</span>;
}

/** Where a reused result comes from. */
function Origin({ hit, view }: { hit: NonNullable<Explanation["hit"]>; view: RunView }) {
  const { linkOfRun, run } = view;
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1.5">
      <dt className="text-quiet">Made by</dt>
      <dd className="m-0 min-w-0">
        {hit.producerRunId ? (
          <RunLine href={linkOfRun(hit.producerRunId)} id={hit.producerRunId} name={hit.producerRunName} />
        ) : (
          "not recorded"
        )}
      </dd>
      <dt className="text-quiet">On</dt>
      <dd className="m-0">
        <RelativeTime at={hit.at} />
      </dd>
      <dt className="text-quiet">Making it took</dt>
      <dd className="m-0">
        <Duration seconds={hit.executionSeconds} />
      </dd>
      {hit.entryId && (
        <>
          <dt className="text-quiet">Kept as</dt>
          <dd className="m-0">
            <EntryLink source={run.source} entryId={hit.entryId} />
          </dd>
        </>
      )}
    </dl>
  );
}

function Neighbours({
  explanation: { comparedWith, closest, hit },
  view,
}: {
  explanation: Explanation;
  view: RunView;
}) {
  const { run, linkOfRun } = view;
  if (hit || (!comparedWith && !closest)) return null;
  const line = (title: string, other: NonNullable<Explanation["closest"]>) => (
    <>
      <dt className="text-quiet">{title}</dt>
      <dd className="m-0 flex min-w-0 flex-wrap items-center gap-x-4">
        <RunLine href={linkOfRun(other.runId)} id={other.runId} name={other.runName} />
        {other.entryId && <EntryLink source={run.source} entryId={other.entryId} />}
      </dd>
    </>
  );
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1.5">
      {comparedWith && line("Compared with", comparedWith)}
      {closest && closest.entryId !== comparedWith?.entryId && line("Closest entry", closest)}
    </dl>
  );
}

function RunLine({ href, id, name }: { href: string; id: string; name: string | null }) {
  return (
    <Link href={href} prefetch={false} className="flex min-w-0 items-center gap-1.5">
      <RunDot runId={id} />
      <NameText name={name ?? id} />
    </Link>
  );
}

function EntryLink({ source, entryId }: { source: string; entryId: string }) {
  return (
    <Link href={`/cache/${source}/${entryId}`} prefetch={false} className="inline-flex items-center">
      entry <ChevronRight aria-hidden className="size-3.5" />
    </Link>
  );
}
