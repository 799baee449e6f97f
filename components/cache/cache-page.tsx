"use client";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { lazy, Suspense, useMemo, useState } from "react";
import { parseFilter } from "../../lib/domain/filter/parse.ts";
import type { Source } from "../../lib/domain/source.ts";
import { keyOfThing } from "../../lib/queries/held-table.ts";
import { oldestOf, overviewQueries, scansOf, sourceQueries } from "../../lib/queries/source-queries.ts";
import { useInvalidate } from "../invalidate/use-invalidate.tsx";
import { Button } from "../ui/button.tsx";
import { FilterBar } from "../ui/filter/filter-bar.tsx";
import { formatPlural } from "../ui/format.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { useShortcuts } from "../ui/shortcuts.ts";
import { NotRefreshed, PartialBadge, StaleBadge } from "../ui/states.tsx";
import { NewRowsButton } from "../ui/table/new-rows-button.tsx";
import { useHolding } from "../ui/table/use-held-rows.ts";
import { VirtualTable } from "../ui/table/virtual-table.tsx";
import { useTrail } from "../ui/trail.ts";
import { readList, useUrlState, writeList } from "../ui/url-state.ts";
import { BrowseButton, ChosenPlace } from "./cache-place.tsx";
import { CacheSections } from "./cache-sections.tsx";
import { CacheState } from "./cache-state.tsx";
import { CacheTree } from "./cache-tree.tsx";
import { titleOfEntry } from "./describe-entry.ts";
import { makeEntryColumns } from "./entry-columns.tsx";
import { entryFilterWords } from "./entry-filter-words.ts";
import { targetOf } from "./invalidate-target.ts";
import { PinButton } from "./pin-controls.tsx";
import { StateFilter } from "./state-filter.tsx";
import { filterOfPlace, readPlace, type TreePart, writePlace } from "./tree-place.ts";
import { useEntriesTable } from "./use-entries-table.ts";

const EntrySidePanel = lazy(() =>
  import("./entry-side-panel.tsx").then((module) => ({ default: module.EntrySidePanel })),
);

/** What is cached: a tree to narrow it, a table of entries, a side panel for one. All of it is in the address. */
export function CachePage() {
  const { get, change } = useUrlState();
  const router = useRouter();
  useTrail([{ label: "Cache" }]);
  const at = get("at");
  const place = readPlace(at);
  const q = get("q") ?? "";
  const states = readList(get("state"));
  const sort = get("sort") ?? "-created";
  const open = get("open");
  const [openSource, openEntry] = open?.split("/") ?? [];

  const { holding, onAway, pointer } = useHolding();
  const sources = useQuery(sourceQueries.list());
  const stateList = states.join();
  const filter = useMemo(
    () => ({ ...filterOfPlace(readPlace(at), q), ...(stateList && { state: stateList.split(",") }), sort }),
    [at, q, stateList, sort],
  );
  const { query, rows, first, waiting, showNew } = useEntriesTable(filter, !holding && open === null);
  const columns = useMemo(() => makeEntryColumns(sources.data?.items ?? noSources, sort), [sources.data, sort]);
  const [selected, setSelected] = useState<ReadonlySet<string>>(nothing);
  const { dialog, invalidate } = useInvalidate();
  const selectedRows = rows.filter((row) => selected.has(keyOfThing(row)));
  const pinnable = selectedRows.filter(({ state }) => state !== "orphan");
  const target = targetOf({
    selected: selectedRows,
    filter,
    sources: sources.data?.items ?? noSources,
    total: first?.total ?? null,
  });
  const askToInvalidate = () => ("refusal" in target ? false : invalidate(target));
  useShortcuts([{ keys: "i", label: "Invalidate what is selected", group: "Lists", run: askToInvalidate }]);
  const filtered = q !== "" || states.length > 0 || place.length > 0;
  const figures = useQuery({ ...overviewQueries.figures(), enabled: !filtered });
  const orphans = filtered ? 0 : (figures.data?.orphanPayloads ?? 0);
  const inScope = (sources.data?.items ?? noSources).filter(({ id }) => place.length === 0 || place[0]?.id === id);
  const tree = {
    sources: sources.data?.items ?? noSources,
    place,
    onPlace: (next: readonly TreePart[]) => change({ at: writePlace(next), open: null }),
  };

  return (
    <div className="flex h-full min-h-0 flex-col">
      <PageHeader title="Cache">
        <CacheSections at="Entries" />
        {first?.total && (
          <span>
            {first.total.exact ? "" : "at least "}
            {formatPlural(first.total.value - orphans, "entry", "entries")}
            {orphans > 0 && `, ${formatPlural(orphans, "orphan")}`}
          </span>
        )}
        <ChosenPlace {...tree} />
        <PartialBadge scans={scansOf(inScope, "entries")} one="entry" many="entries" />
        <StaleBadge asOf={oldestOf(inScope)} after={120} />
        <NotRefreshed error={query.isRefetchError ? query.error : null} onRetry={() => void query.refetch()} />
        {selectedRows.length > 0 && (
          <span className="flex items-center gap-1">
            {formatPlural(selectedRows.length, "entry", "entries")} selected
            {pinnable.length > 0 && <PinButton entries={pinnable} className="h-6" />}
            <Button look="quiet" className="h-6" onClick={() => setSelected(nothing)}>
              Clear
            </Button>
          </span>
        )}
        <NewRowsButton count={waiting} one="new entry" many="new entries" onShow={showNew} />
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
        <Button
          aria-disabled={"refusal" in target || undefined}
          data-tip={"refusal" in target ? target.refusal : undefined}
          className="aria-disabled:opacity-55"
          onClick={askToInvalidate}
        >
          Invalidate…
        </Button>
      </div>
      <div className="relative flex min-h-0 flex-1 border-t border-line">
        <div className="w-72 shrink-0 overflow-auto border-r border-line max-lg:hidden">
          <CacheTree {...tree} />
        </div>
        <div className="min-w-0 flex-1" {...pointer}>
          {rows.length === 0 ? (
            <CacheState
              loading={query.isPending}
              error={query.error}
              filter={[...place.map(({ label }) => label), ...states, q].filter(Boolean).join(" · ")}
              onRetry={() => void query.refetch()}
              onClear={() => change({ q: null, state: null, at: null, sort: null })}
            />
          ) : (
            <VirtualTable
              className="h-full"
              label="Cache entries"
              columns={columns}
              rows={rows}
              rowKey={keyOfThing}
              rowLabel={titleOfEntry}
              pinned={pinnedColumns}
              total={first?.total?.value ?? null}
              hasMore={query.hasNextPage}
              loadingMore={query.isFetchingNextPage}
              moreFailed={query.isFetchNextPageError ? query.error : null}
              onNeedMore={query.fetchNextPage}
              activeKey={open}
              onActivate={(entry) => change({ open: keyOfThing(entry) })}
              onOpen={({ source, id }) => router.push(`/cache/${source}/${id}`)}
              selected={selected}
              onSelect={(keys, on) => setSelected((current) => withKeys(current, keys, on))}
              sort={sort}
              onSort={(next) => change({ sort: next })}
              onAway={onAway}
            />
          )}
        </div>
        <Suspense fallback={null}>
          {openSource && openEntry && (
            <EntrySidePanel
              source={openSource}
              entry={openEntry}
              row={rows.find((row) => keyOfThing(row) === open)}
              onClose={() => change({ open: null })}
            />
          )}
        </Suspense>
      </div>
      {dialog}
    </div>
  );
}

function withKeys(set: ReadonlySet<string>, keys: readonly string[], on: boolean): ReadonlySet<string> {
  return on ? new Set([...set, ...keys]) : new Set([...set].filter((key) => !keys.includes(key)));
}

const noSources: readonly Source[] = [];
const nothing: ReadonlySet<string> = new Set();
const pinnedColumns: ReadonlySet<string> = new Set(["entry"]);
