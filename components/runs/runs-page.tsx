"use client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { lazy, Suspense, useDeferredValue, useMemo, useState } from "react";
import { parseFilter } from "../../lib/domain/filter/parse.ts";
import type { ReadRun } from "../../lib/queries/revive.ts";
import { fetchAllRuns, type RunsFilter, runQueries } from "../../lib/queries/run-queries.ts";
import { sourceQueries } from "../../lib/queries/source-queries.ts";
import { Button } from "../ui/button.tsx";
import { FilterBar } from "../ui/filter/filter-bar.tsx";
import { formatPlural } from "../ui/format.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { PartialBadge, StaleBadge } from "../ui/states.tsx";
import { moveBefore } from "../ui/table/column.ts";
import { VirtualTable } from "../ui/table/virtual-table.tsx";
import { showToast } from "../ui/toast.tsx";
import { useTrail } from "../ui/trail.ts";
import { runsToCsv, runsToJson, saveFile } from "./table/export-runs.ts";
import { filterWords } from "./table/filter-words.ts";
import { makeRunColumns } from "./table/run-columns.tsx";
import { runKey, usualColumns } from "./table/run-values.ts";
import { RunsSidePanel } from "./table/runs-side-panel.tsx";
import { RunsState } from "./table/runs-state.tsx";
import { RunsToolbar } from "./table/runs-toolbar.tsx";
import { useRunsView } from "./table/runs-view.ts";
import { useLiveRows } from "./table/use-live-rows.ts";

const ColumnsDialog = lazy(() =>
  import("./table/columns-dialog.tsx").then((module) => ({ default: module.ColumnsDialog })),
);
const mostExported = 100_000;
const noRuns: ReadRun[] = [];

/** Runs of every source in one table. All that one can choose stands in the address. */
export function RunsPage() {
  const router = useRouter();
  const { view, change } = useRunsView();
  const [choosing, setChoosing] = useState(false);
  const [exporting, setExporting] = useState(false);
  const [away, setAway] = useState(false);
  const [pointed, setPointed] = useState(false);
  useTrail([{ label: "Runs" }]);

  const filter = useMemo<RunsFilter>(
    () => ({
      ...(view.source && { source: view.source }),
      ...(view.experiment && { experiment: view.experiment }),
      ...(view.q && { q: view.q }),
      sort: view.group ? groupedSort(view.group, view.sort) : view.sort,
    }),
    [view.source, view.experiment, view.q, view.sort, view.group],
  );
  const sources = useQuery(sourceQueries.list()).data?.items;
  const table = useInfiniteQuery(runQueries.table(filter));
  const columnList = useQuery(
    runQueries.columns({
      ...(view.source && { source: view.source }),
      ...(view.experiment && { experiment: view.experiment }),
    }),
  ).data?.items;
  const pages = table.data?.pages;
  const rows = useMemo(() => pages?.flatMap(({ items }) => items) ?? noRuns, [pages]);
  const first = pages?.[0];
  const live = useLiveRows(
    filter,
    rows,
    table.dataUpdatedAt,
    !away && !pointed && view.selected.size === 0 && view.open === null,
  );

  const known = useMemo(() => new Map(columnList?.map((column) => [column.id, column])), [columnList]);
  const shown = useMemo(
    () =>
      view.columns ??
      usualColumns(columnList ?? [], {
        experiments: new Set(rows.map(({ experimentId }) => experimentId)).size,
        sources: sources?.length ?? 1,
        cached: rows.some(({ cache }) => cache !== null),
      }),
    [view.columns, columnList, rows, sources],
  );
  const setColumns = (columns: string[] | null) => change({ columns });
  const columns = makeRunColumns(shown, {
    known,
    sources: sources ?? [],
    rows,
    onReplace: (id, other) => setColumns([...new Set(shown.map((one) => (one === id ? other : one)))]),
  });
  const stableColumns = useDeferredValue(columns);
  const words = useMemo(() => filterWords(columnList ?? [], rows), [columnList, rows]);

  const exportRuns = async (what: "all" | "selected", format: "csv" | "json") => {
    setExporting(true);
    try {
      const all = await fetchAllRuns({ ...filter, columns: shown }, mostExported, new AbortController().signal);
      const runs = what === "selected" ? all.filter((run) => view.selected.has(runKey(run))) : all;
      const [mediaType, content] =
        format === "csv"
          ? ["text/csv;charset=utf-8", runsToCsv(runs, shown, known)]
          : ["application/json", runsToJson(runs, shown, known)];
      saveFile(`runs.${format}`, mediaType, content);
      showToast(`Exported ${formatPlural(runs.length, "run")}.`);
    } catch (error) {
      showToast(error instanceof Error ? error.message : "The export failed.");
    } finally {
      setExporting(false);
    }
  };
  const [openSource, openRun] = view.open?.split("/") ?? [];
  return (
    <div className="flex h-full flex-col">
      <PageHeader title="Runs">
        {first?.total && (
          <span>{`${first.total.exact ? "" : "at least "}${formatPlural(first.total.value, "run")}`}</span>
        )}
        {first && !first.complete && <PartialBadge />}
        {first && <StaleBadge asOf={first.asOf} after={120} />}
        {live.fresh > 0 && (
          <Button look="quiet" className="h-6 text-accent" onClick={live.showFresh}>
            {formatPlural(live.fresh, "new run")} <span aria-hidden>▴</span>
          </Button>
        )}
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
          onCommit={(q) => change({ q }, "push")}
          check={(text) => parseFilter(text, "runs").problem}
          words={words}
          placeholder="Filter, e.g. metrics.val_loss < 0.06 and status = completed and age < 7d"
          className="min-w-56 flex-1"
        />
        <RunsToolbar
          group={view.group}
          onGroup={(group) => change({ group })}
          onColumns={() => setChoosing(true)}
          columnCount={shown.length}
          total={first?.total?.value ?? null}
          selectedCount={view.selected.size}
          exporting={exporting}
          onExport={(what, format) => void exportRuns(what, format)}
        />
      </div>
      <div
        className="relative flex min-h-0 flex-1 border-t border-line"
        onPointerEnter={() => setPointed(true)}
        onPointerLeave={() => setPointed(false)}
      >
        {rows.length === 0 || !columnList ? (
          <RunsState
            loading={table.isPending || (!columnList && rows.length > 0)}
            error={table.error}
            filter={view.q}
            sources={sources}
            onClear={() => change({ q: "" }, "push")}
            onRetry={() => void table.refetch()}
          />
        ) : (
          <VirtualTable
            className="h-full flex-1"
            label="Runs"
            columns={stableColumns}
            pinned={view.pinned}
            widths={view.widths}
            rows={rows}
            rowKey={runKey}
            rowLabel={(run) => run.name}
            total={first?.total?.value ?? null}
            hasMore={table.hasNextPage}
            loadingMore={table.isFetchingNextPage}
            onNeedMore={table.fetchNextPage}
            sort={view.sort}
            onSort={(sort) => change({ sort: sort ?? "-started" }, "push")}
            onMove={(id, before) => setColumns(moveBefore(shown, id, before))}
            onPin={(id, on) =>
              change({
                pinned: on ? new Set([...view.pinned, id]) : new Set([...view.pinned].filter((one) => one !== id)),
              })
            }
            onHide={(id) => setColumns(shown.filter((one) => one !== id))}
            onResize={(id, width) => {
              const { [id]: _, ...others } = view.widths;
              change({ widths: width === null ? others : { ...others, [id]: width } });
            }}
            activeKey={view.open}
            onActivate={(run) => change({ open: runKey(run) })}
            onOpen={(run) => router.push(`/runs/${run.source}/${run.id}`)}
            selected={view.selected}
            onSelect={(keys, on) =>
              change({
                selected: on
                  ? new Set([...view.selected, ...keys])
                  : new Set([...view.selected].filter((key) => !keys.includes(key))),
              })
            }
            groupOf={view.group === "experiment" ? byExperiment : view.group === "status" ? byStatus : undefined}
            onAway={setAway}
          />
        )}
        {openSource && openRun && (
          <RunsSidePanel
            source={openSource}
            run={openRun}
            row={rows.find((run) => runKey(run) === view.open)}
            onClose={() => change({ open: null })}
          />
        )}
      </div>
      <Suspense fallback={null}>
        {choosing && (
          <ColumnsDialog
            columns={columnList ?? []}
            shown={shown}
            onChange={setColumns}
            onReset={() => setColumns(null)}
            onClose={() => setChoosing(false)}
          />
        )}
      </Suspense>
    </div>
  );
}

const byExperiment = (run: ReadRun) => ({ id: run.experimentId, label: run.experimentName });
const byStatus = (run: ReadRun) => ({ id: run.status, label: run.status });

/** Groups need their rows together, so the group's field sorts. */
function groupedSort(group: string, sort: string): string {
  return sort.replace(/^-/, "") === group ? sort : group;
}
