"use client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useMemo } from "react";
import type { Operation } from "../../lib/domain/operation.ts";
import { operationQueries } from "../../lib/queries/operation-queries.ts";
import { proposalQueries } from "../../lib/queries/proposal-queries.ts";
import { sourceQueries } from "../../lib/queries/source-queries.ts";
import { titleOfOperation } from "../invalidate/intents.ts";
import { formatCount, formatPlural } from "../ui/format.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { NotRefreshed } from "../ui/states.tsx";
import { VirtualTable } from "../ui/table/virtual-table.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { useTrail } from "../ui/trail.ts";
import { useUrlState } from "../ui/url-state.ts";
import { makeOperationColumns } from "./operation-columns.tsx";
import { OperationsState } from "./operations-state.tsx";

const OperationPanel = lazy(() =>
  import("./operation-panel.tsx").then((module) => ({ default: module.OperationPanel })),
);
const ProposalsTable = lazy(() =>
  import("./proposal/proposals-table.tsx").then((module) => ({ default: module.ProposalsTable })),
);
const AuditTable = lazy(() => import("./audit-table.tsx").then((module) => ({ default: module.AuditTable })));

type View = "all" | "proposals" | "trash" | "audit";

/** What was done to stores and is being done, what is proposed, what waits in the trash, and who did it. */
export function OperationsPage() {
  const { get, change } = useUrlState();
  useTrail([{ label: "Operations" }]);
  const asked = get("tab");
  const view: View = asked === "proposals" || asked === "trash" || asked === "audit" ? asked : "all";
  const open = useQuery(proposalQueries.open()).data?.total?.value;
  const labelOf = useSourceLabels();
  return (
    <div className="flex h-full min-h-0 flex-col [&>[role=tabpanel]]:min-h-0 [&>[role=tabpanel]]:flex-1">
      <PageHeader title="Operations" />
      <Tabs
        label="Operations"
        className="px-4"
        tabs={[
          { id: "all", label: "All" },
          { id: "proposals", label: "Proposals", ...(open && { count: formatCount(open) }) },
          { id: "trash", label: "Trash" },
          { id: "audit", label: "Audit" },
        ]}
        value={view}
        onChange={(id) => change({ tab: id === "all" ? null : id, open: null }, "push")}
      >
        {view === "audit" ? (
          <Suspense fallback={null}>
            <AuditTable />
          </Suspense>
        ) : view === "proposals" ? (
          <Suspense fallback={null}>
            <ProposalsTable labelOf={labelOf} />
          </Suspense>
        ) : (
          <OperationsTable key={view} trash={view === "trash"} labelOf={labelOf} />
        )}
      </Tabs>
    </div>
  );
}

/** What sources are called. */
function useSourceLabels(): (source: string) => string {
  const sources = useQuery(sourceQueries.list()).data?.items;
  const labels = useMemo(() => new Map(sources?.map(({ id, label }) => [id, label] as const)), [sources]);
  return useCallback((id) => labels.get(id) ?? id, [labels]);
}

function OperationsTable({ trash, labelOf }: { trash: boolean; labelOf(source: string): string }) {
  const { get, change } = useUrlState();
  const open = get("open");
  const query = useInfiniteQuery(operationQueries.list(trash));
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const columns = useMemo(() => makeOperationColumns(labelOf), [labelOf]);
  return (
    <div className="relative flex h-full min-h-0">
      <div className="flex min-w-0 flex-1 flex-col">
        {query.data && (
          <p className="flex flex-wrap items-center gap-x-3 px-4 py-1.5 text-label text-quiet">
            {formatPlural(query.data.pages[0]?.total?.value ?? rows.length, "operation")}
            {trash && " of which something can be put back"}
            <NotRefreshed error={query.isRefetchError ? query.error : null} onRetry={() => void query.refetch()} />
          </p>
        )}
        {rows.length === 0 ? (
          <OperationsState
            trash={trash}
            loading={query.isPending}
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        ) : (
          <VirtualTable<Operation>
            className="min-h-0 flex-1 border-t border-line"
            label={trash ? "Trash" : "Operations"}
            columns={columns}
            pinned={pinned}
            rows={rows}
            sort={null}
            rowKey={({ id }) => id}
            rowLabel={titleOfOperation}
            total={query.data?.pages[0]?.total?.value ?? null}
            hasMore={query.hasNextPage}
            loadingMore={query.isFetchingNextPage}
            moreFailed={query.isFetchNextPageError ? query.error : null}
            onNeedMore={query.fetchNextPage}
            activeKey={open}
            onActivate={({ id }) => change({ open: id })}
          />
        )}
      </div>
      <Suspense fallback={null}>
        {open && <OperationPanel key={open} id={open} labelOf={labelOf} onClose={() => change({ open: null })} />}
      </Suspense>
    </div>
  );
}

const pinned: ReadonlySet<string> = new Set(["what"]);
