"use client";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { lazy, Suspense, useMemo } from "react";
import type { LedgerItem } from "../../../lib/domain/ledger.ts";
import { ledgerQueries } from "../../../lib/queries/ledger-queries.ts";
import { oldestOf, scansOf, sourceQueries } from "../../../lib/queries/source-queries.ts";
import { formatPlural } from "../../ui/format.ts";
import { PageHeader } from "../../ui/page-header.tsx";
import { EmptyState, ErrorState, NotRefreshed, PartialBadge, Skeleton, StaleBadge } from "../../ui/states.tsx";
import { VirtualTable } from "../../ui/table/virtual-table.tsx";
import { useTrail } from "../../ui/trail.ts";
import { useUrlState } from "../../ui/url-state.ts";
import { CacheSections } from "../cache-sections.tsx";
import { hrefOf, makeLedgerColumns } from "./ledger-columns.tsx";
import { LedgerToolbar } from "./ledger-toolbar.tsx";
import { LedgerFigures } from "./ledger-totals.tsx";
import { filterOf, groupingWords, readView } from "./ledger-view.ts";
import { PolicyCard } from "./policy-card.tsx";

const LedgerCharts = lazy(() => import("./ledger-charts.tsx").then((module) => ({ default: module.LedgerCharts })));

/** What the cache saved, what was spent, what is stored, and what could go. All of it is in the address. */
export function LedgerPage() {
  const { get, change } = useUrlState();
  const router = useRouter();
  useTrail([{ label: "Cache", href: "/cache" }, { label: "Ledger" }]);
  const view = readView(get);
  const today = Math.floor(Date.now() / 86_400_000);
  const address = JSON.stringify(view);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the view is read anew with each drawing; its address says when it changed
  const filter = useMemo(() => filterOf(view, today * 86_400_000), [address, today]);
  const sources = useQuery(sourceQueries.list()).data?.items ?? none;
  const { by, sort } = view;
  const query = useQuery(ledgerQueries.ledger({ ...filter, by, ...(sort && { sort }) }));
  const items = query.data?.items ?? noItems;
  const hasCost = query.data?.totals.cost !== undefined;
  const columns = useMemo(() => makeLedgerColumns(by, sources, hasCost), [by, sources, hasCost]);
  const inScope = sources.filter(({ id }) => view.source === null || view.source === id);
  const total = query.data?.total?.value ?? 0;

  return (
    <div className="flex h-full min-h-0 flex-col overflow-auto">
      <PageHeader title="Cache">
        <CacheSections at="Ledger" />
        {query.data && <span>{formatPlural(total, groupingWords[by].one, manyOf(groupingWords[by].one))}</span>}
        {query.data?.nextCursor && <span>the first {formatPlural(items.length, "row")} are shown</span>}
        <PartialBadge scans={scansOf(inScope, "runs")} one="run" />
        <StaleBadge asOf={oldestOf(inScope)} after={120} />
        <NotRefreshed error={query.isRefetchError ? query.error : null} onRetry={() => void query.refetch()} />
      </PageHeader>
      <LedgerToolbar view={view} sources={sources} items={items} onChange={change} />
      <LedgerFigures totals={query.data?.totals} />
      <h2 className="sr-only">Over time, and what could go</h2>
      <div className="grid shrink-0 grid-cols-1 gap-3 px-4 py-3 lg:grid-cols-2 xl:grid-cols-3">
        <Suspense fallback={<Skeleton lines={6} className="h-56" />}>
          <LedgerCharts filter={filter} chart={view.chart} onChart={(chart) => change({ chart })} />
        </Suspense>
        <PolicyCard source={inScope.find(({ id }) => id === view.source) ?? null} get={get} onChange={change} />
      </div>
      <div className="min-h-80 flex-1 border-t border-line">
        {query.isPending ? (
          <Skeleton lines={8} className="p-4" />
        ) : query.error && !query.data ? (
          <ErrorState error={query.error} what="the ledger" onRetry={() => void query.refetch()} />
        ) : items.length === 0 ? (
          <EmptyState title="Nothing was looked up in these days">
            {view.by === "step"
              ? "Steps are told of where their process was executed; a reused process leaves none."
              : "The ledger fills with the first run that has caching on."}
          </EmptyState>
        ) : (
          <VirtualTable
            className="h-full"
            label="Ledger"
            columns={columns}
            rows={items}
            rowKey={keyOf}
            rowLabel={(item) => item.group ?? "not recorded"}
            pinned={pinnedColumns}
            total={items.length}
            onOpen={(item) => {
              const href = hrefOf(by, item);
              if (href) router.push(href);
            }}
            sort={sort ?? usualSort(by)}
            onSort={(next) => change({ sort: next })}
          />
        )}
      </div>
    </div>
  );
}

function keyOf({ source, experimentId, group, runId }: LedgerItem): string {
  return JSON.stringify([source, experimentId, runId ?? group]);
}

/** As the server sorts when nothing is said. */
function usualSort(by: string): string {
  return by === "run" || by === "day" ? "-group" : by === "age" ? "group" : "-saved";
}

function manyOf(one: string): string {
  return one === "process" ? "processes" : `${one}s`;
}

const none = [] as const;
const noItems: readonly LedgerItem[] = [];
const pinnedColumns: ReadonlySet<string> = new Set(["group"]);
