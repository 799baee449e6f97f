"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ReactNode } from "react";
import { overviewQueries } from "../../lib/queries/source-queries.ts";
import { formatBytes, formatCount, formatDuration, formatShare } from "../ui/format.ts";
import { InlineError, Skeleton } from "../ui/states.tsx";
import { StatusMark } from "../ui/status-mark.tsx";

/** The four figures over all sources: time saved, storage held, runs, entries. */
export function Figures() {
  const { data, error, refetch } = useQuery(overviewQueries.figures());
  const failed = error && <InlineError error={error} onRetry={() => void refetch()} />;
  if (failed && !data) return failed;
  const runs = sum(data?.runs);
  const entries = sum(data?.entries);
  const saved = data ? data.savedSeconds / (data.savedSeconds + data.spentSeconds) : null;
  return (
    <>
      {failed}
      <section aria-label="In figures" className="grid grid-cols-4 border-y border-line max-xl:grid-cols-2">
        <Figure title="Time saved by the cache" value={data && formatDuration(data.savedSeconds)}>
          {data &&
            `${formatShare(saved)} of the work was not done again; what was done took ${formatDuration(data.spentSeconds)}`}
        </Figure>
        <Figure title="Storage held" value={data && formatBytes(data.storedBytes)}>
          {data && (
            <Link href="/artifacts" prefetch={false}>
              Payloads of the cache and artifacts of runs
            </Link>
          )}
        </Figure>
        <Figure title="Runs" value={data && formatCount(runs)}>
          {data && (
            <Shares counts={data.runs} href={(status) => `/runs?q=${encodeURIComponent(`status = ${status}`)}`} />
          )}
        </Figure>
        <Figure title="Cache entries" value={data && formatCount(entries)}>
          {data && (
            <Shares
              counts={{ ...data.entries, orphan: data.orphanPayloads }}
              href={(state) => `/cache?state=${state}`}
            />
          )}
        </Figure>
      </section>
    </>
  );
}

function Figure({ title, value, children }: { title: string; value: string | undefined; children: ReactNode }) {
  return (
    <div className="flex min-h-28 flex-col gap-1 border-line px-4 py-3 nth-[n+2]:border-l max-xl:nth-[3]:border-l-0 max-xl:nth-[n+3]:border-t">
      <h2 className="text-label font-medium text-quiet">{title}</h2>
      {value === undefined ? (
        <Skeleton lines={2} className="pt-2" />
      ) : (
        <p className="text-figure font-semibold">{value}</p>
      )}
      <div className="text-label text-quiet">{children}</div>
    </div>
  );
}

function Shares({ counts, href }: { counts: Record<string, number>; href(name: string): string }) {
  const present = Object.entries(counts).filter(([, count]) => count > 0);
  return (
    <ul className="m-0 flex list-none flex-wrap gap-x-3 gap-y-1 p-0">
      {present
        .sort(([, one], [, other]) => other - one)
        .map(([name, count]) => (
          <li key={name}>
            <Link href={href(name)} prefetch={false} className="inline-flex gap-1 text-ink">
              {formatCount(count)} <StatusMark name={name} />
            </Link>
          </li>
        ))}
    </ul>
  );
}

function sum(counts: Record<string, number> | undefined): number {
  return Object.values(counts ?? {}).reduce((total, count) => total + count, 0);
}
