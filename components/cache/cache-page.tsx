"use client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { lazy, Suspense, useMemo } from "react";
import type { Entry } from "../../lib/domain/entry.ts";
import { parseFilter } from "../../lib/domain/filter/parse.ts";
import type { Source } from "../../lib/domain/source.ts";
import { cacheQueries } from "../../lib/queries/cache-queries.ts";
import { overviewQueries, sourceQueries } from "../../lib/queries/source-queries.ts";
import { FilterBar } from "../ui/filter/filter-bar.tsx";
import { formatPlural } from "../ui/format.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { EmptyState, ErrorState, FilteredEmptyState, PartialBadge, Skeleton, StaleBadge } from "../ui/states.tsx";
import { VirtualTable } from "../ui/table/virtual-table.tsx";
import { useTrail } from "../ui/trail.ts";
import { readList, useUrlState, writeList } from "../ui/url-state.ts";
import { BrowseButton, ChosenPlace } from "./cache-place.tsx";
import { CacheTree } from "./cache-tree.tsx";
import { titleOfEntry } from "./describe-entry.ts";
import { makeEntryColumns } from "./entry-columns.tsx";
import { entryFilterWords } from "./entry-filter-words.ts";
import { StateFilter } from "./state-filter.tsx";
import { filterOfPlace, readPlace, type TreePart, writePlace } from "./tree-place.ts";

const EntrySidePanel = lazy(() =>
  import("./entry-side-panel.tsx").then((module) => ({ default: module.EntrySidePanel })),
);

/** What is cached: a tree to narrow it, a table of entries, a side panel for one. All of it is in the address. */
export function CachePage() {
  const { get, change } = useUrlState();
  const router = useRouter();
  useTrail([{ label: "Cache" }]);
  const place = readPlace(get("at"));
  const q = get("q") ?? "";
  const states = readList(get("state"));
  const sort = get("sort") ?? "-created";
  const open = get("open");
  const [openSource, openEntry] = open?.split("/") ?? [];

  const sources = useQuery(sourceQueries.list());
  const query = useInfiniteQuery(cacheQueries.entries({ ...filterOfPlace(place, q), state: states, sort }));
  const pages = query.data?.pages;
  const rows = useMemo(() => pages?.flatMap(({ items }) => items) ?? [], [pages]);
  const first = pages?.[0];
  const columns = useMemo(() => makeEntryColumns(sources.data?.items ?? noSources), [sources.data]);
  const filtered = q !== "" || states.length > 0 || place.length > 0;
  const figures = useQuery({ ...overviewQueries.figures(), enabled: !filtered });
  const orphans = filtered ? 0 : (figures.data?.orphanPayloads ?? 0);
  const tree = {
    sources: sources.data?.items ?? noSources,
    place,
    onPlace: (next: readonly TreePart[]) => change({ at: writePlace(next), open: null }),
  };

  return (
    <div className="flex h-full min-h-0 flex-col">
      <PageHeader title="Cache">
        {first?.total && (
          <span>
            {first.total.exact ? "" : "at least "}
            {formatPlural(first.total.value - orphans, "entry", "entries")}
            {orphans > 0 && `, ${formatPlural(orphans, "orphan")}`}
          </span>
        )}
        <ChosenPlace {...tree} />
        {first && !first.complete && <PartialBadge />}
        <StaleBadge asOf={first?.asOf} after={120} />
      </PageHeader>
      <div className="flex flex-wrap items-start gap-2 px-4 pb-2">
        <FilterBar
          label="Filter entries"
          value={q}
          onCommit={(text) => change({ q: text })}
          check={(text) => parseFilter(text, "entries").problem}
          words={entryFilterWords(rows)}
          placeholder="process = train_sgd and size > 1MiB and not state = usable"
          className="min-w-60 flex-1"
        />
        <BrowseButton {...tree} />
        <StateFilter chosen={states} onChange={(next) => change({ state: writeList(next) })} />
      </div>
      <div className="relative flex min-h-0 flex-1 border-t border-line">
        <div className="w-72 shrink-0 overflow-auto border-r border-line max-lg:hidden">
          <CacheTree {...tree} />
        </div>
        <div className="min-w-0 flex-1">
          {query.isPending ? (
            <Skeleton lines={10} className="p-4" />
          ) : query.isError ? (
            <ErrorState error={query.error} what="the entries" onRetry={() => query.refetch()} />
          ) : rows.length === 0 && filtered ? (
            <FilteredEmptyState
              what="entries"
              filter={[...place.map(({ label }) => label), ...states, q].filter(Boolean).join(" · ")}
              onClear={() => change({ q: null, state: null, at: null })}
            />
          ) : rows.length === 0 ? (
            <EmptyState title="No cache entries yet">They appear after the first run with caching on.</EmptyState>
          ) : (
            <VirtualTable
              className="h-full"
              label="Cache entries"
              columns={columns}
              rows={rows}
              rowKey={keyOf}
              rowLabel={titleOfEntry}
              pinned={pinnedColumns}
              total={first?.total?.value ?? null}
              hasMore={query.hasNextPage}
              loadingMore={query.isFetchingNextPage}
              onNeedMore={query.fetchNextPage}
              activeKey={open}
              onActivate={(entry) => change({ open: keyOf(entry) })}
              onOpen={({ source, id }) => router.push(`/cache/${source}/${id}`)}
              sort={sort}
              onSort={(next) => change({ sort: next })}
            />
          )}
        </div>
        <Suspense fallback={null}>
          {openSource && openEntry && (
            <EntrySidePanel
              source={openSource}
              entry={openEntry}
              row={rows.find((row) => keyOf(row) === open)}
              onClose={() => change({ open: null })}
            />
          )}
        </Suspense>
      </div>
    </div>
  );
}

/** Key of an entry over all sources. */
function keyOf({ source, id }: Pick<Entry, "source" | "id">): string {
  return `${source}/${id}`;
}

const noSources: readonly Source[] = [];
const pinnedColumns: ReadonlySet<string> = new Set(["entry"]);
