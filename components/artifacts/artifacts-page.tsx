"use client";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { lazy, Suspense, useMemo } from "react";
import { fieldNames } from "../../lib/domain/filter/fields.ts";
import { parseFilter } from "../../lib/domain/filter/parse.ts";
import { oldestOf, scansOf, sourceQueries } from "../../lib/queries/source-queries.ts";
import { FilterBar } from "../ui/filter/filter-bar.tsx";
import { formatPlural } from "../ui/format.ts";
import { Select } from "../ui/input.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { NotRefreshed, PartialBadge, StaleBadge } from "../ui/states.tsx";
import { NewRowsButton } from "../ui/table/new-rows-button.tsx";
import { useHolding } from "../ui/table/use-held-rows.ts";
import { VirtualTable } from "../ui/table/virtual-table.tsx";
import { useTrail } from "../ui/trail.ts";
import { useUrlState } from "../ui/url-state.ts";
import { escapeInvisible } from "../ui/visible-text.ts";
import { artifactColumns } from "./artifact-columns.tsx";
import { titleOfArtifact } from "./artifact-name.tsx";
import { ArtifactsState } from "./artifacts-state.tsx";
import { useArtifactsTable } from "./use-artifacts-table.ts";

const filterWords = { fields: fieldNames("artifacts"), names: {}, values: {} };

const ArtifactSidePanel = lazy(() =>
  import("./artifact-side-panel.tsx").then((module) => ({ default: module.ArtifactSidePanel })),
);

/** Files that runs left in one source: charts, results, spilled parts; a look inside beside the list. */
export function ArtifactsPage() {
  const { get, change } = useUrlState();
  const router = useRouter();
  useTrail([{ label: "Artifacts" }]);
  const sources = useQuery(sourceQueries.list());
  const source = get("source") ?? sources.data?.items[0]?.id ?? null;
  const q = get("q") ?? "";
  const sort = get("sort") ?? "-modified";
  const activeId = get("artifact");
  const { holding, onAway, pointer } = useHolding();
  const filter = useMemo(() => ({ q, sort }), [q, sort]);
  const { query, rows, first, waiting, showNew } = useArtifactsTable(source, filter, !holding && activeId === null);
  const activeRow = rows.find(({ id }) => id === activeId);
  const inScope = sources.data?.items.filter(({ id }) => id === source) ?? [];
  const retry = () => void Promise.all([sources.refetch(), query.refetch()]);

  return (
    <div className="flex h-full min-h-0 flex-col">
      <PageHeader title="Artifacts">
        {first?.total && <span>{formatPlural(first.total.value, "artifact")}</span>}
        <PartialBadge scans={scansOf(inScope, null)} one="artifact" />
        <StaleBadge asOf={oldestOf(inScope)} after={120} />
        {first && <NotRefreshed error={query.isRefetchError ? query.error : null} onRetry={retry} />}
        <NewRowsButton count={waiting} one="new artifact" onShow={showNew} />
      </PageHeader>
      <div className="flex flex-wrap items-start gap-2 px-4 pb-2">
        {(sources.data?.items.length ?? 0) > 1 && (
          <Select
            aria-label="Source"
            value={source ?? ""}
            onChange={(event) => change({ source: event.target.value, artifact: null })}
          >
            {sources.data?.items.map(({ id, label }) => (
              <option key={id} value={id}>
                {escapeInvisible(label)}
              </option>
            ))}
          </Select>
        )}
        <FilterBar
          label="Filter artifacts"
          value={q}
          onCommit={(text) => change({ q: text })}
          check={(text) => parseFilter(text, "artifacts").problem}
          words={filterWords}
          placeholder="name ~ png and size > 10KiB"
          className="min-w-60 flex-1"
        />
      </div>
      <div className="relative flex min-h-0 flex-1 border-t border-line">
        <div className="min-w-0 flex-1" {...pointer}>
          {rows.length === 0 ? (
            <ArtifactsState
              loading={query.isPending && !sources.error}
              error={sources.data ? query.error : sources.error}
              filter={q}
              onRetry={retry}
              onClear={() => change({ q: null, sort: null })}
            />
          ) : (
            <VirtualTable
              className="h-full"
              label="Artifacts"
              columns={artifactColumns}
              rows={rows}
              rowKey={({ id }) => id}
              rowLabel={(artifact) => titleOfArtifact(artifact)}
              total={first?.total?.value ?? null}
              hasMore={query.hasNextPage}
              loadingMore={query.isFetchingNextPage}
              moreFailed={query.isFetchNextPageError ? query.error : null}
              onNeedMore={query.fetchNextPage}
              activeKey={activeId}
              onActivate={({ id }) => change({ artifact: id })}
              onOpen={({ id }) => router.push(`/artifacts/${source}/${id}`)}
              sort={sort}
              onSort={(next) => change({ sort: next })}
              onAway={onAway}
            />
          )}
        </div>
        <Suspense fallback={null}>
          {source && activeId && (
            <ArtifactSidePanel
              source={source}
              artifact={activeId}
              title={activeRow && titleOfArtifact(activeRow)}
              onClose={() => change({ artifact: null })}
            />
          )}
        </Suspense>
      </div>
    </div>
  );
}
