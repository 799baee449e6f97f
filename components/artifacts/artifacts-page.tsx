"use client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { lazy, Suspense, useMemo } from "react";
import { fieldNames } from "../../lib/domain/filter/fields.ts";
import { parseFilter } from "../../lib/domain/filter/parse.ts";
import { artifactQueries } from "../../lib/queries/artifact-queries.ts";
import { sourceQueries } from "../../lib/queries/source-queries.ts";
import { FilterBar } from "../ui/filter/filter-bar.tsx";
import { formatPlural } from "../ui/format.ts";
import { Select } from "../ui/input.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { EmptyState, ErrorState, FilteredEmptyState, PartialBadge, Skeleton, StaleBadge } from "../ui/states.tsx";
import { VirtualTable } from "../ui/table/virtual-table.tsx";
import { useTrail } from "../ui/trail.ts";
import { useUrlState } from "../ui/url-state.ts";
import { artifactColumns } from "./artifact-columns.tsx";
import { titleOfArtifact } from "./artifact-name.tsx";

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
  const query = useInfiniteQuery({ ...artifactQueries.list(source ?? "", { q, sort }), enabled: source !== null });
  const pages = query.data?.pages;
  const rows = useMemo(() => pages?.flatMap(({ items }) => items) ?? [], [pages]);
  const activeRow = rows.find(({ id }) => id === activeId);
  const first = pages?.[0];
  const failed = sources.error ?? query.error;

  return (
    <div className="flex h-full min-h-0 flex-col">
      <PageHeader title="Artifacts">
        {first?.total && <span>{formatPlural(first.total.value, "artifact")}</span>}
        {first && !first.complete && <PartialBadge />}
        <StaleBadge asOf={first?.asOf} after={120} />
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
                {label}
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
        <div className="min-w-0 flex-1">
          {failed ? (
            <ErrorState
              error={failed}
              what="the artifacts"
              onRetry={() => void Promise.all([sources.refetch(), query.refetch()])}
            />
          ) : query.isPending ? (
            <Skeleton lines={10} className="p-4" />
          ) : rows.length === 0 && q !== "" ? (
            <FilteredEmptyState what="artifacts" filter={q} onClear={() => change({ q: null })} />
          ) : rows.length === 0 ? (
            <EmptyState title="No artifacts yet">
              Charts and cached results appear here once a run has written some.
            </EmptyState>
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
              onNeedMore={query.fetchNextPage}
              activeKey={activeId}
              onActivate={({ id }) => change({ artifact: id })}
              onOpen={({ id }) => router.push(`/artifacts/${source}/${id}`)}
              sort={sort}
              onSort={(next) => change({ sort: next })}
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
