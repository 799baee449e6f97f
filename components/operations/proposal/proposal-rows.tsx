"use client";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import type { Proposal, ShownPlan, ShownPlanItem } from "../../../lib/domain/proposal.ts";
import { proposalQueries } from "../../../lib/queries/proposal-queries.ts";
import { titleOfItem } from "../../invalidate/title-of-item.ts";
import { Button } from "../../ui/button.tsx";
import { formatCount, formatPlural } from "../../ui/format.ts";
import { Select } from "../../ui/input.tsx";
import { EmptyState, ErrorState, InlineError, Skeleton } from "../../ui/states.tsx";
import { VirtualTable } from "../../ui/table/virtual-table.tsx";
import { useUrlState } from "../../ui/url-state.ts";
import { HoldDialog } from "./hold-dialog.tsx";
import { pathOfItem, proposalRowColumns } from "./proposal-row-columns.tsx";

/** Everything that would go; rows are held back with a reason, and let go again. */
export function ProposalRows({ plan, proposal }: { plan: ShownPlan; proposal: Proposal }) {
  const place = { source: plan.source, plan: plan.id };
  const client = useQueryClient();
  const router = useRouter();
  const { get, change } = useUrlState();
  const onlyHeld = get("rows") === "held";
  const query = useInfiniteQuery(proposalQueries.items(place, onlyHeld));
  const columns = useMemo(() => proposalRowColumns(plan.source), [plan.source]);
  const rows = useMemo(() => query.data?.pages.flatMap(({ items }) => items) ?? [], [query.data]);
  const [selected, setSelected] = useState<ReadonlySet<string>>(nothing);
  const [holding, setHolding] = useState(false);
  const refresh = () => client.invalidateQueries({ queryKey: proposalQueries.all() });
  const release = useMutation({ ...proposalQueries.release(place), onSettled: refresh });
  const chosen = rows.filter(({ entryId }) => selected.has(entryId));
  const free = chosen.filter(({ held }) => !held).map(({ entryId }) => entryId);
  const held = chosen.filter((row) => row.held).map(({ entryId }) => entryId);
  const isOpen = proposal.state === "open";
  const total = query.data?.pages[0]?.total?.value ?? null;
  return (
    <section aria-label="What would go" className="flex min-h-80 flex-1 flex-col border-t border-line">
      <div className="flex min-h-11 flex-wrap items-center gap-2 px-4 py-1.5">
        <Select
          aria-label="Rows"
          value={onlyHeld ? "held" : "all"}
          onChange={({ target }) => change({ rows: target.value === "held" ? "held" : null })}
        >
          <option value="all">all {formatCount(plan.totals.entries + plan.totals.payloads)}</option>
          <option value="held">held back: {formatCount(proposal.heldItems)}</option>
        </Select>
        {isOpen && chosen.length === 0 && <span className="text-quiet">Select what must stay.</span>}
        {isOpen && free.length > 0 && (
          <Button onClick={() => setHolding(true)}>Hold back {formatPlural(free.length, "row")}…</Button>
        )}
        {isOpen && held.length > 0 && (
          <Button disabled={release.isPending} onClick={() => release.mutate(held)}>
            Release {formatPlural(held.length, "row")}
          </Button>
        )}
        {release.error && <InlineError error={release.error} />}
      </div>
      {query.isPending ? (
        <Skeleton lines={6} className="p-4" />
      ) : !query.data ? (
        <ErrorState error={query.error} what="the rows" onRetry={() => void query.refetch()} />
      ) : rows.length === 0 ? (
        <EmptyState
          title="Nothing is held back"
          actions={<Button onClick={() => change({ rows: null })}>Show all rows</Button>}
        />
      ) : (
        <VirtualTable<ShownPlanItem>
          className="min-h-0 flex-1 border-t border-line"
          label="What would go"
          columns={columns}
          pinned={pinned}
          rows={rows}
          sort={null}
          rowKey={({ entryId }) => entryId}
          rowLabel={titleOfItem}
          total={total}
          hasMore={query.hasNextPage}
          loadingMore={query.isFetchingNextPage}
          moreFailed={query.isFetchNextPageError ? query.error : null}
          onNeedMore={query.fetchNextPage}
          onOpen={(item) => router.push(pathOfItem(plan.source, item))}
          {...(isOpen && {
            selected,
            onSelect: (keys: readonly string[], on: boolean) =>
              setSelected((current) =>
                on ? new Set([...current, ...keys]) : new Set([...current].filter((key) => !keys.includes(key))),
              ),
          })}
        />
      )}
      {holding && (
        <HoldDialog
          place={place}
          items={free}
          onClose={() => setHolding(false)}
          onHeld={() => {
            setHolding(false);
            setSelected(nothing);
            void refresh();
          }}
        />
      )}
    </section>
  );
}

const nothing: ReadonlySet<string> = new Set();
const pinned: ReadonlySet<string> = new Set(["thing"]);
