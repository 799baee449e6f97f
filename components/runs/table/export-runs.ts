import type { Column } from "../../../lib/domain/source.ts";
import type { ReadRun } from "../../../lib/queries/revive.ts";
import { formatPlain } from "../../ui/format.ts";
import { type RunFieldId, readStat, runFields, valueIn } from "./run-values.ts";

/** One exported column: its head and each run's full value (times in UTC, durations in seconds, numbers unrounded). */
interface ExportColumn {
  head: string;
  read(run: ReadRun): unknown;
}

/** `kind`: of a column that has a foreign name. */
type WantedColumn = ExportColumn & { kind?: Column["kind"] };

const fieldReads: Record<RunFieldId, ExportColumn> = {
  name: { head: "name", read: (run) => run.name },
  status: { head: "status", read: (run) => run.status },
  experiment: { head: "experiment", read: (run) => run.experimentName },
  source: { head: "source", read: (run) => run.source },
  started: { head: "started_utc", read: (run) => run.startedAt },
  ended: { head: "ended_utc", read: (run) => run.endedAt },
  duration: { head: "duration_seconds", read: (run) => run.durationSeconds },
  cache: { head: "reused_processes", read: (run) => run.cache?.hits ?? null },
  saved: { head: "saved_seconds", read: (run) => run.cache?.savedSeconds ?? null },
};

/** The columns with a head each: one that is taken says its kind as a filter does (`params.status`). */
function exportColumns(ids: readonly string[], known: ReadonlyMap<string, Column>): ExportColumn[] {
  const wanted: WantedColumn[] = [
    { head: "run_id", read: (run) => run.id },
    ...ids.flatMap((id): WantedColumn[] => {
      const field = runFields.find((one) => one.id === id);
      if (field) return [fieldReads[field.id]];
      const { id: plain, stat } = readStat(id);
      const column = known.get(plain);
      if (!column) return [];
      const place = column.scope ? `${column.scope}/${column.name}` : column.name;
      return [
        {
          kind: column.kind,
          head: column.kind === "metric" && stat !== "last" ? `${place} (${stat})` : place,
          read: (run) => valueIn(run, column, stat),
        },
      ];
    }),
  ];
  const taken = new Set(wanted.flatMap(({ kind, head }) => (kind ? [] : [head])));
  return wanted.map(({ kind, head, read }) => {
    if (!kind) return { head, read };
    let own = head;
    while (taken.has(own)) own = `${kind}s.${own}`;
    taken.add(own);
    return { head: own, read };
  });
}

/** The runs as CSV (RFC 4180) with the columns shown. */
export function runsToCsv(
  runs: readonly ReadRun[],
  ids: readonly string[],
  known: ReadonlyMap<string, Column>,
): string {
  const columns = exportColumns(ids, known);
  const lines = [
    columns.map(({ head }) => csvCell(head)),
    ...runs.map((run) => columns.map(({ read }) => csvCell(read(run)))),
  ];
  return lines.map((cells) => `${cells.join(",")}\r\n`).join("");
}

/** The runs as JSON with the columns shown; NaN and infinities are spelled. */
export function runsToJson(
  runs: readonly ReadRun[],
  ids: readonly string[],
  known: ReadonlyMap<string, Column>,
): string {
  const columns = exportColumns(ids, known);
  const rows = runs.map((run) => Object.fromEntries(columns.map(({ head, read }) => [head, spell(read(run))])));
  return `${JSON.stringify(rows, null, 2)}\n`;
}

function spell(value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

/**
 * One cell. Text that a spreadsheet would take for a formula gets a quote mark before it (OWASP, "CSV Injection"); numbers stay numbers.
 */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = formatPlain(value);
  const safe = typeof value !== "number" && /^[\s]*[=+\-@|%\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Gives the reader a file. */
export function saveFile(name: string, mediaType: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: mediaType }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
