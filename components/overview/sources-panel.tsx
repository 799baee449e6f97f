"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { Source } from "../../lib/domain/source.ts";
import { sourceQueries } from "../../lib/queries/source-queries.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { formatEvery, formatPlural } from "../ui/format.ts";
import { NameText } from "../ui/names.tsx";
import { EmptyState, InlineError, Skeleton } from "../ui/states.tsx";
import { Badge, StatusMark } from "../ui/status-mark.tsx";
import { RelativeTime } from "../ui/values.tsx";
import { escapeInvisible } from "../ui/visible-text.ts";

/** Every source: what it is, how it fares, how fresh it is. */
export function SourcesPanel() {
  const { data, error, isPending, refetch } = useQuery(sourceQueries.list());
  return (
    <section aria-labelledby="sources">
      <h2 id="sources" className="px-4 pt-3 pb-1 text-head font-semibold">
        Sources
      </h2>
      {isPending && <Skeleton lines={3} className="px-4 py-2" />}
      {error && <InlineError error={error} onRetry={() => void refetch()} />}
      {data?.items.length === 0 && (
        <EmptyState title="No source is configured">
          Start with <code className="font-mono text-label">npm start -- TARGET</code>, where TARGET is a folder or an
          address such as <code className="font-mono text-label">redis://localhost:6379/0</code>.
        </EmptyState>
      )}
      <ul className="m-0 list-none p-0">
        {data?.items.map((source) => (
          <SourceLine key={source.id} source={source} />
        ))}
      </ul>
    </section>
  );
}

function SourceLine({ source }: { source: Source }) {
  const { indexed, error } = source;
  return (
    <li className="flex flex-col gap-1 border-b border-line px-4 py-2 last:border-b-0">
      <div className="flex items-center gap-2">
        <Link
          href={`/runs?source=${encodeURIComponent(source.id)}`}
          prefetch={false}
          className="flex min-w-0 flex-1 font-medium text-ink hover:text-accent"
        >
          <NameText name={source.label} tail={12} />
        </Link>
        <span className="text-label">
          <StatusMark name={source.status} />
        </span>
      </div>
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-label text-quiet">
        <span>{source.layout}</span>
        <span>{[...new Set(source.engines.map(({ engine }) => engine))].join(" + ")}</span>
        {source.readOnly && <Badge tip="Nothing in this source can be changed from here">read only</Badge>}
        {source.environment && <Badge tone="amber">{source.environment}</Badge>}
      </p>
      <p className="flex flex-wrap gap-x-3 text-label text-quiet">
        <span>
          {formatPlural(indexed.runs, "run")}, {formatPlural(indexed.entries, "entry", "entries")}
        </span>
        {!indexed.complete && source.status !== "unreachable" && <span className="text-blue">so far</span>}
        {source.asOf && (
          <span>
            as of <RelativeTime at={source.asOf} />
          </span>
        )}
        {source.sweepSeconds !== null && (
          <span data-tip="It does not tell of changes; this is how long one may stay unseen.">
            looked at {formatEvery(source.sweepSeconds)}
          </span>
        )}
      </p>
      {error && <InlineError error={{ ...error, message: error.message }} />}
      {source.hints.map((hint) => (
        <p key={hint} className="flex items-start gap-1 text-label text-quiet">
          <span className="min-w-0 flex-1 break-words">{escapeInvisible(hint)}</span>
          <CopyButton text={hint} label="Copy the suggestion" className="-my-1" />
        </p>
      ))}
    </li>
  );
}
