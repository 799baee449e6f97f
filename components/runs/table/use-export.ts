"use client";
import { useState } from "react";
import type { Column } from "../../../lib/domain/source.ts";
import type { ReadRun } from "../../../lib/queries/revive.ts";
import { fetchAllRuns, fetchRuns, type RunsFilter } from "../../../lib/queries/run-queries.ts";
import { formatCount, formatPlural } from "../../ui/format.ts";
import { showToast } from "../../ui/toast.tsx";
import { readKey, runKey } from "./run-values.ts";

const mostExported = 100_000;

/** Gives the reader the runs that match (or those selected, whether they match or not) as a file with the columns shown. */
export function useExport(
  filter: RunsFilter,
  rows: readonly ReadRun[],
  shown: readonly string[],
  known: ReadonlyMap<string, Column>,
  selected: ReadonlySet<string>,
) {
  const [exporting, setExporting] = useState(false);
  const exportRuns = async (what: "all" | "selected", format: "csv" | "json") => {
    setExporting(true);
    try {
      const { runsToCsv, runsToJson, saveFile } = await import("./export-runs.ts");
      const { signal } = new AbortController();
      const runs =
        what === "all" ? await fetchAllRuns(filter, mostExported, signal) : await readSelected(rows, selected, signal);
      if (format === "csv") saveFile("runs.csv", "text/csv;charset=utf-8", runsToCsv(runs, shown, known));
      else saveFile("runs.json", "application/json", runsToJson(runs, shown, known));
      const cut = runs.length === mostExported ? ` The file stops at ${formatCount(mostExported)}.` : "";
      const gone = what === "selected" ? selected.size - runs.length : 0;
      const lost = gone > 0 ? ` ${formatPlural(gone, "selected run")} could not be found any more.` : "";
      showToast(`Exported ${formatPlural(runs.length, "run")}.${cut}${lost}`);
    } catch (error) {
      showToast(error instanceof Error ? error.message : "The export failed.");
    } finally {
      setExporting(false);
    }
  };
  return { exporting, exportRuns };
}

/** Selected runs that the table shows are at hand, in its order; others are asked for and come after them. */
async function readSelected(rows: readonly ReadRun[], selected: ReadonlySet<string>, signal: AbortSignal) {
  const atHand = rows.filter((run) => selected.has(runKey(run)));
  const keys = new Set(atHand.map(runKey));
  const others = [...selected].filter((key) => !keys.has(key)).flatMap((key) => readKey(key) ?? []);
  return [...atHand, ...(await fetchRuns(others, signal))];
}
