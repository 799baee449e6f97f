"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import type { LedgerItem } from "../../../lib/domain/ledger.ts";
import { type LedgerFilter, ledgerQueries } from "../../../lib/queries/ledger-queries.ts";
import { BarsCard } from "../../charts/bars/bars-card.tsx";
import { Button } from "../../ui/button.tsx";
import { formatCount, formatShare } from "../../ui/format.ts";
import { NameText } from "../../ui/names.tsx";
import { InlineError } from "../../ui/states.tsx";
import { findBreak, type HitRateBreak } from "./find-break.ts";

const lookups = [
  { name: "hits", colour: "var(--violet)" },
  { name: "misses", colour: "var(--teal)" },
];
const times = [
  { name: "saved", colour: "var(--violet)" },
  { name: "spent", colour: "var(--teal)" },
];

export interface LedgerChartsProps {
  filter: Omit<LedgerFilter, "by">;
  chart: "run" | "day";
  onChart(chart: "run" | "day"): void;
}

/** Hits and misses, saved and spent, from the first run or day to the last, with the run at which the hit rate broke. */
export function LedgerCharts({ filter, chart, onChart }: LedgerChartsProps) {
  const router = useRouter();
  const { data, error, refetch } = useQuery(ledgerQueries.ledger({ ...filter, by: chart, sort: "-group" }));
  const items = (data?.items ?? []).filter(({ group, hits, misses }) => group !== null && hits + misses > 0).reverse();
  const found = chart === "run" ? findBreak(items) : null;
  const mark = found && { key: keyOf(found.run), words: tellBreak(found) };
  const open = (key: string) => {
    const run = items.find((item) => keyOf(item) === key);
    if (run?.runId) router.push(`/runs/${run.source}/${run.runId}`);
  };
  const groupsOf = (read: (item: LedgerItem) => number[]) =>
    items.map((item) => ({ key: keyOf(item), label: item.group ?? "", amounts: read(item) }));
  const shared = { one: chart, mark, ...(chart === "run" && { onOpen: open }) };
  if (error && !data) return <InlineError error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <BarsCard
        {...shared}
        title="Hits and misses"
        parts={lookups}
        kind="count"
        shareName="hit rate"
        groups={groupsOf(({ hits, misses }) => [hits, misses])}
      >
        <p className="m-0 flex min-h-6 flex-wrap items-center gap-x-2 pt-1 text-label text-quiet">
          <span className="flex gap-1">
            {(["run", "day"] as const).map((one) => (
              <Button
                key={one}
                look="quiet"
                className="h-6 text-label"
                aria-pressed={one === chart}
                onClick={() => onChart(one)}
              >
                by {one}
              </Button>
            ))}
          </span>
          {found && <BreakWords found={found} />}
          {data?.nextCursor && `the latest ${formatCount(data.items.length)}`}
        </p>
      </BarsCard>
      <BarsCard
        {...shared}
        title="Saved and spent"
        parts={times}
        kind="duration"
        shareName="share saved"
        groups={groupsOf(({ savedSeconds, spentSeconds }) => [savedSeconds, spentSeconds])}
      />
    </>
  );
}

function BreakWords({ found: { run, before, after } }: { found: HitRateBreak }) {
  return (
    <span className="flex min-w-0 items-baseline gap-1">
      <span aria-hidden className="text-red">
        ▾
      </span>
      <span className="whitespace-nowrap">
        fell from {formatShare(before)} to {formatShare(after)} at
      </span>
      <Link href={`/runs/${run.source}/${run.runId}`} prefetch={false} className="flex min-w-0">
        <NameText name={run.group ?? ""} />
      </Link>
    </span>
  );
}

function tellBreak({ run, before, after }: HitRateBreak): string {
  return `The hit rate fell from ${formatShare(before)} to ${formatShare(after)} at ${run.group}.`;
}

function keyOf({ source, runId, group }: LedgerItem): string {
  return runId === null ? (group ?? "") : `${source}/${runId}`;
}
