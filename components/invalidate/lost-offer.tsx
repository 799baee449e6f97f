"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ReactNode } from "react";
import type { LostEntry } from "../../lib/domain/entry.ts";
import type { PlanSelector } from "../../lib/domain/plan.ts";
import { keepingQueries, type LostFilter } from "../../lib/queries/keeping-queries.ts";
import { Button } from "../ui/button.tsx";
import { formatDuration, formatPlural } from "../ui/format.ts";
import { useAddition } from "./use-addition.tsx";

interface LostOfferProps {
  source: string;
  filter: LostFilter;
  className?: string;
  /** What is shown where nothing can come back. */
  otherwise?: ReactNode;
}

/** Where an entry is gone and its result still there: says so, and offers to bring it back. */
export function LostOffer({ source, filter, className, otherwise = null }: LostOfferProps) {
  const query = useQuery(keepingQueries.lost(source, filter));
  const lost = query.data?.items ?? [];
  const { dialog, add } = useAddition();
  const [first] = lost;
  if (!first) return query.isPending ? null : otherwise;
  const entries = new Set(lost.map(({ entryId }) => entryId)).size;
  const saved = savedBy(lost);
  const subject = entries === 1 ? nameOf(first) : formatPlural(entries, "entry", "entries");
  return (
    <section aria-label="Gone entries that can be revived" className={className}>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <span className="min-w-0">
          {entries === 1 ? "The entry is gone, but " : `${formatPlural(entries, "entry", "entries")} are gone, but `}
          <Link href={`/artifacts/${source}/${first.artifactId}`} prefetch={false} className="underline">
            {entries === 1 ? "the file of its result" : "the files of their results"}
          </Link>
          {entries === 1 ? " is" : " are"} still there
          {saved === null ? "." : `: reviving ${entries === 1 ? "it" : "them"} saves ${formatDuration(saved)}.`}
        </span>
        <Button onClick={() => add({ source, intent: "revive", subject, selector: selectorOf(filter) })}>
          Revive…
        </Button>
      </p>
      {dialog}
    </section>
  );
}

function selectorOf({ entry, ...rest }: LostFilter): PlanSelector {
  return { ...rest, ...(entry !== undefined && { entries: [entry] }) };
}

function nameOf({ process, step }: LostEntry): string {
  return step === null ? process : `${process} ▸ ${step}`;
}

/** What a process took holds what its steps took. */
function savedBy(lost: readonly LostEntry[]): number | null {
  const whole = lost.filter(({ step }) => step === null);
  const counted = new Map((whole.length > 0 ? whole : lost).map((one) => [one.entryId, one.savedSeconds]));
  return [...counted.values()].reduce<number | null>((sum, saved) => (saved === null ? sum : (sum ?? 0) + saved), null);
}
