"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useMemo } from "react";
import type { ProposedPlan } from "../../../lib/domain/proposal.ts";
import { proposalQueries } from "../../../lib/queries/proposal-queries.ts";
import { titleOfIntent } from "../../invalidate/intents.ts";
import { proposalPath } from "../../invalidate/proposal-path.ts";
import { ButtonLink } from "../../ui/button.tsx";
import { formatCount, missing } from "../../ui/format.ts";
import { NameText } from "../../ui/names.tsx";
import { EmptyState, ErrorState, Skeleton } from "../../ui/states.tsx";
import { StatusMark } from "../../ui/status-mark.tsx";
import type { TableColumn } from "../../ui/table/column.ts";
import { VirtualTable } from "../../ui/table/virtual-table.tsx";
import { RelativeTime } from "../../ui/values.tsx";
import { escapeInvisible } from "../../ui/visible-text.ts";

function columnsOf(labelOf: (source: string) => string): TableColumn<ProposedPlan>[] {
  return [
    {
      id: "what",
      title: "Proposal",
      width: 200,
      grow: true,
      cell: (plan) => (
        <Link href={proposalPath(plan)} prefetch={false} tabIndex={-1} className="text-ink hover:text-accent">
          {titleOfIntent(plan.intent)}
        </Link>
      ),
    },
    { id: "state", title: "State", width: 110, cell: ({ proposal }) => <StatusMark name={proposal.state} /> },
    {
      id: "items",
      title: "Items",
      width: 72,
      align: "end",
      cell: ({ totals }) => formatCount(totals.entries + totals.payloads),
    },
    {
      id: "held",
      title: "Held back",
      width: 88,
      align: "end",
      cell: ({ proposal: { heldItems } }) =>
        heldItems === 0 ? <span className="text-faint">{missing}</span> : formatCount(heldItems),
    },
    { id: "source", title: "Source", width: 170, cell: ({ source }) => <NameText name={labelOf(source)} /> },
    { id: "by", title: "By", width: 96, cell: ({ proposal }) => <NameText name={proposal.by} /> },
    { id: "at", title: "When", width: 96, cell: ({ proposal }) => <RelativeTime at={proposal.at} /> },
    { id: "until", title: "Until", width: 96, cell: ({ proposal }) => <RelativeTime at={proposal.until} /> },
    {
      id: "note",
      title: "Why",
      width: 260,
      grow: true,
      cell: ({ proposal: { note } }) => <span data-tip={escapeInvisible(note)}>{escapeInvisible(note)}</span>,
    },
  ];
}

/** Published plans: those that can be applied, and what became of the others. */
export function ProposalsTable({ labelOf }: { labelOf(source: string): string }) {
  const router = useRouter();
  const query = useInfiniteQuery(proposalQueries.list());
  const rows = useMemo(() => query.data?.pages.flatMap(({ items }) => items) ?? [], [query.data]);
  const columns = useMemo(() => columnsOf(labelOf), [labelOf]);
  if (query.isPending) return <Skeleton lines={8} className="p-4" />;
  if (!query.data) return <ErrorState error={query.error} what="the proposals" onRetry={() => void query.refetch()} />;
  if (rows.length === 0)
    return (
      <EmptyState title="Nothing is proposed" actions={<ButtonLink href="/cache">To the cache</ButtonLink>}>
        Publish the plan of an invalidation: others see it here and by its address, and hold back what must stay.
      </EmptyState>
    );
  return (
    <VirtualTable<ProposedPlan>
      className="h-full"
      label="Proposals"
      columns={columns}
      pinned={pinned}
      rows={rows}
      sort={null}
      rowKey={({ id }) => id}
      rowLabel={({ intent, proposal }) => `${titleOfIntent(intent)}, ${proposal.state}, by ${proposal.by}`}
      total={query.data.pages[0]?.total?.value ?? null}
      hasMore={query.hasNextPage}
      loadingMore={query.isFetchingNextPage}
      moreFailed={query.isFetchNextPageError ? query.error : null}
      onNeedMore={query.fetchNextPage}
      onActivate={(plan) => router.push(proposalPath(plan))}
      onOpen={(plan) => router.push(proposalPath(plan))}
    />
  );
}

const pinned: ReadonlySet<string> = new Set(["what"]);
