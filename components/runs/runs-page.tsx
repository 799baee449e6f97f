"use client";
import { useRouter } from "next/navigation";
import { lazy, Suspense, useMemo, useState } from "react";
import { parseFilter } from "../../lib/domain/filter/parse.ts";
import type { ReadRun } from "../../lib/queries/revive.ts";
import { oldestOf, scansOf } from "../../lib/queries/source-queries.ts";
import { Button } from "../ui/button.tsx";
import { FilterBar } from "../ui/filter/filter-bar.tsx";
import { formatPlural } from "../ui/format.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { NotRefreshed, PartialBadge, StaleBadge } from "../ui/states.tsx";
import { moveBefore } from "../ui/table/column.ts";
import { NewRowsButton } from "../ui/table/new-rows-button.tsx";
import { useHolding } from "../ui/table/use-held-rows.ts";
import { VirtualTable } from "../ui/table/virtual-table.tsx";
import { useTrail } from "../ui/trail.ts";
import { filterExample, filterWords } from "./table/filter-words.ts";
import { runKey } from "./table/run-values.ts";
import { RunsScope } from "./table/runs-scope.tsx";
import { RunsState } from "./table/runs-state.tsx";
import { RunsToolbar } from "./table/runs-toolbar.tsx";
import { useRunsView, usualSort } from "./table/runs-view.ts";
import { useExport } from "./table/use-export.ts";
import { useLiveRows } from "./table/use-live-rows.ts";
import { useRunsTable } from "./table/use-runs-table.ts";

const RunsSidePanel = lazy(() =>
  import("./table/runs-side-panel.tsx").then((module) => ({ default: module.RunsSidePanel })),
);

const ColumnsDialog = lazy(() =>
  import("./table/columns-dialog.tsx").then((module) => ({ default: module.ColumnsDialog })),
);

/** Runs of every source in one table. All that one can choose stands in the address. */
export function RunsPage() {
  const router = useRouter();
  const { view, change } = useRunsView();
  const [choosing, setChoosing] = useState(false);
  const { holding, onAway, pointer } = useHolding();
  useTrail([{ label: "Runs" }]);

  const setColumns = (columns: string[] | null) => change({ columns }, "push");
  const table = useRunsTable(view, setColumns);
  const { answer, rows, first, shown } = table;
  const { exporting, exportRuns } = useExport(table.filter, rows, shown, table.known, view.selected);
  const mayMove = !holding && view.selected.size === 0 && view.open === null;
  const live = useLiveRows(table.filter, answer, mayMove);
  const words = useMemo(() => filterWords(table.columnList, rows), [table.columnList, rows]);
  const total = first?.total?.value ?? null;
  const sources = (table.sources ?? []).filter(({ id }) => view.source === null || id === view.source);
  const [openSource, openRun] = view.open?.split("/") ?? [];
  return (
    <div className="flex h-full flex-col">
      <PageHeader title="Runs">
        {first?.total && (
          <span>{`${first.total.exact ? "" : "at least "}${formatPlural(first.total.value, "run")}`}</span>
        )}
        <RunsScope
          view={view}
          sources={table.sources}
          rows={rows}
          onClear={() => change({ source: null, experiment: null }, "push")}
        />
        <PartialBadge scans={scansOf(sources, "runs")} one="run" />
        <StaleBadge asOf={oldestOf(sources)} after={120} />
        {first && <NotRefreshed error={table.refreshError} onRetry={() => void answer.refetch()} />}
        <NewRowsButton count={live.waiting} one="new run" onShow={live.showNew} />
        {view.selected.size > 0 && (
          <span className="flex items-center gap-1">
            {formatPlural(view.selected.size, "run")} selected
            <Button look="quiet" className="h-6" onClick={() => change({ selected: new Set() })}>
              Clear
            </Button>
          </span>
        )}
      </PageHeader>
      <div className="flex flex-wrap items-start gap-2 px-4 pb-2">
        <FilterBar
          label="Filter runs"
          value={view.q}
          onCommit={(q) => change({ q })}
          check={checkFilter}
          words={words}
          placeholder={`Filter, e.g. ${filterExample(words)}`}
          className="min-w-56 flex-1"
        />
        <RunsToolbar
          group={view.group}
          onGroup={(group) => change({ group }, "push")}
          onColumns={() => setChoosing(true)}
          columnCount={shown.length}
          total={total}
          selectedCount={view.selected.size}
          exporting={exporting}
          onExport={(what, format) => void exportRuns(what, format)}
        />
      </div>
      <div className="relative flex min-h-0 flex-1 border-t border-line" {...pointer}>
        {rows.length === 0 || table.loading ? (
          <RunsState
            loading={table.loading}
            error={table.error}
            filter={view.q}
            sources={table.sources}
            onClear={() => change({ q: "", sort: usualSort, group: null }, "push")}
            onRetry={() => void answer.refetch()}
          />
        ) : (
          <VirtualTable
            className="h-full flex-1"
            label="Runs"
            columns={table.columns}
            pinned={view.pinned}
            widths={view.widths}
            rows={rows}
            rowKey={runKey}
            rowLabel={(run) => run.name}
            total={total}
            hasMore={answer.hasNextPage}
            loadingMore={answer.isFetchingNextPage}
            moreFailed={answer.isFetchNextPageError ? answer.error : null}
            onNeedMore={answer.fetchNextPage}
            sort={table.filter.sort ?? usualSort}
            onSort={(sort) =>
              change({ sort: sort ?? usualSort, group: sortsGroup(sort, view.group) ? view.group : null }, "push")
            }
            onMove={(id, before) => setColumns(moveBefore(shown, id, before))}
            onPin={(id, on) => change({ pinned: withKeys(view.pinned, [id], on) })}
            onHide={(id) => setColumns(shown.filter((one) => one !== id))}
            onResize={(id, width) => change({ widths: withWidth(view.widths, id, width) })}
            activeKey={view.open}
            onActivate={(run) => change({ open: runKey(run) })}
            onOpen={(run) => router.push(`/runs/${run.source}/${run.id}`)}
            selected={view.selected}
            onSelect={(keys, on) => change({ selected: withKeys(view.selected, keys, on) })}
            groupOf={view.group ? groupers[view.group] : undefined}
            onAway={onAway}
          />
        )}
        <Suspense fallback={null}>
          {openSource && openRun && (
            <RunsSidePanel
              source={openSource}
              run={openRun}
              row={rows.find((run) => runKey(run) === view.open)}
              onClose={() => change({ open: null })}
            />
          )}
        </Suspense>
      </div>
      <Suspense fallback={null}>
        {choosing && (
          <ColumnsDialog
            columns={table.columnList}
            shown={shown}
            pinned={view.pinned}
            onChange={setColumns}
            onReset={() => setColumns(null)}
            onClose={() => setChoosing(false)}
          />
        )}
      </Suspense>
    </div>
  );
}

const checkFilter = (text: string) => parseFilter(text, "runs").problem;

const groupers = {
  experiment: (run: ReadRun) => ({ id: run.experimentId, label: run.experimentName }),
  status: (run: ReadRun) => ({ id: run.status, label: run.status }),
};

/** Rows of a group stand together only while the group's own field sorts. */
function sortsGroup(sort: string | null, group: string | null): boolean {
  return group !== null && sort?.replace(/^-/, "") === group;
}

function withKeys(set: ReadonlySet<string>, keys: readonly string[], on: boolean): Set<string> {
  const changed = new Set(set);
  for (const key of keys) {
    if (on) changed.add(key);
    else changed.delete(key);
  }
  return changed;
}

function withWidth(widths: Readonly<Record<string, number>>, id: string, width: number | null): Record<string, number> {
  const { [id]: _, ...others } = widths;
  return width === null ? others : { ...others, [id]: width };
}
