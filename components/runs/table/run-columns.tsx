"use client";
import Link from "next/link";
import type { Column, Source } from "../../../lib/domain/source.ts";
import type { ReadRun } from "../../../lib/queries/revive.ts";
import { columnFormatter, formatDuration, formatPlain, formatPlural, missing } from "../../ui/format.ts";
import { NameText } from "../../ui/names.tsx";
import { RunDot } from "../../ui/run-dot.tsx";
import { StatusMark } from "../../ui/status-mark.tsx";
import type { TableColumn } from "../../ui/table/column.ts";
import { Duration, Measured, RelativeTime, RunningFor } from "../../ui/values.tsx";
import { RunMarks } from "./run-marks.tsx";
import { type RunFieldId, readStat, runFields, stats, valueIn, writeStat } from "./run-values.ts";

export interface ColumnContext {
  /** Params, metrics and tags there are, by id. */
  known: ReadonlyMap<string, Column>;
  sources: readonly Source[];
  /** Loaded rows: number formats are made for them. */
  rows: readonly ReadRun[];
  /** Shows another column in place of one (a metric's other figure). */
  onReplace(id: string, other: string): void;
}

const formattedRows = 300;

/** The table's columns for the ids of a view; an id that no run has any more still gets its (empty) column. */
export function makeRunColumns(ids: readonly string[], context: ColumnContext): TableColumn<ReadRun>[] {
  return ids.map((id) => {
    const field = runFields.find((one) => one.id === id);
    if (field)
      return { ...fieldColumn(field.id, context), id, title: field.title, ...(field.sort && { sortId: field.sort }) };
    const { id: plain, stat } = readStat(id);
    const column = context.known.get(plain);
    if (!column) return { id, title: plain, width: 120, cell: () => <Missing /> };
    return column.kind === "metric" ? metricColumn(id, column, stat, context) : valueColumn(id, column, context);
  });
}

function fieldColumn(
  id: RunFieldId,
  { sources }: ColumnContext,
): Pick<TableColumn<ReadRun>, "width" | "align" | "descendingFirst" | "grow" | "cell"> {
  switch (id) {
    case "name":
      return { width: 280, grow: true, cell: (run) => <RunName run={run} /> };
    case "status":
      return {
        width: 112,
        cell: (run) => <StatusMark name={run.status} {...(run.statusReason && { reason: run.statusReason })} />,
      };
    case "experiment":
      return { width: 140, cell: (run) => <NameText name={run.experimentName} /> };
    case "source":
      return {
        width: 130,
        cell: (run) => <NameText name={sources.find((source) => source.id === run.source)?.label ?? run.source} />,
      };
    case "started":
      return { width: 96, descendingFirst: true, cell: (run) => <RelativeTime at={run.startedAt} /> };
    case "ended":
      return { width: 96, descendingFirst: true, cell: (run) => <RelativeTime at={run.endedAt} /> };
    case "duration":
      return {
        width: 96,
        align: "end",
        descendingFirst: true,
        cell: (run) =>
          run.status === "running" && run.durationSeconds === null ? (
            <RunningFor since={run.startedAt} />
          ) : (
            <Duration seconds={run.durationSeconds} />
          ),
      };
    case "cache":
      return { width: 128, descendingFirst: true, cell: (run) => <Reuse cache={run.cache} /> };
    case "saved":
      return {
        width: 100,
        align: "end",
        descendingFirst: true,
        cell: (run) => <Duration seconds={run.cache?.savedSeconds} />,
      };
  }
}

function metricColumn(
  id: string,
  column: Column,
  stat: (typeof stats)[number],
  { rows, onReplace }: ColumnContext,
): TableColumn<ReadRun> {
  const read = (run: ReadRun) => valueIn(run, column, stat) as number | null;
  const format = columnFormatter(rows.slice(0, formattedRows).map(read));
  return {
    id,
    title: column.name,
    ...(column.scope && { scope: column.scope }),
    ...(stat !== "last" && { unit: stat }),
    width: 116,
    align: "end",
    sortId: stat === "last" ? column.id : `${column.id}.${stat}`,
    menu: stats.map((one) => ({
      label: { last: "Last value", min: "Smallest value", max: "Largest value" }[one],
      checked: one === stat,
      onSelect: () => onReplace(id, writeStat(column.id, one)),
    })),
    cell: (run) => {
      const value = read(run);
      return <Measured value={value} text={format(value)} />;
    },
  };
}

function valueColumn(id: string, column: Column, { rows }: ColumnContext): TableColumn<ReadRun> {
  const numeric = rows
    .slice(0, formattedRows)
    .every((run) => ["number", "object"].includes(typeof (valueIn(run, column, "last") ?? null)));
  return {
    id,
    title: column.name,
    width: 124,
    sortId: column.id,
    ...(numeric && { align: "end" as const }),
    cell: (run) => {
      const value = valueIn(run, column, "last");
      return value === null ? <Missing /> : <NameText name={formatPlain(value)} />;
    },
  };
}

function Missing() {
  return <span className="text-faint">{missing}</span>;
}

function RunName({ run }: { run: ReadRun }) {
  return (
    <span className="flex min-w-0 items-center gap-2">
      <RunDot runId={run.id} />
      <Link
        href={`/runs/${run.source}/${run.id}`}
        prefetch={false}
        tabIndex={-1}
        className="flex min-w-0 text-ink hover:text-accent"
      >
        <NameText name={run.name} />
      </Link>
      <RunMarks run={run} />
    </span>
  );
}

/** "4 of 7" with a bar of the share. */
function Reuse({ cache }: { cache: ReadRun["cache"] }) {
  if (!cache) return <Missing />;
  return (
    <span
      className="flex items-center gap-2"
      data-tip={`${cache.hits} of ${formatPlural(cache.total, "process", "processes")} reused; ${formatDuration(cache.savedSeconds)} saved`}
    >
      <svg viewBox="0 0 32 4" className="h-1 w-8 shrink-0" aria-hidden="true">
        <rect width="32" height="4" rx="2" className="fill-line" />
        {cache.hits > 0 && <rect width={(32 * cache.hits) / cache.total} height="4" rx="2" className="fill-violet" />}
      </svg>
      <span className={cache.hits > 0 ? "text-violet" : "text-quiet"}>
        {cache.hits} of {cache.total}
      </span>
    </span>
  );
}
