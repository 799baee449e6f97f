"use client";
import { useState } from "react";
import type { Column } from "../../../lib/domain/source.ts";
import { fetchAllRuns, type RunsFilter } from "../../../lib/queries/run-queries.ts";
import { formatCount, formatPlural } from "../../ui/format.ts";
import { showToast } from "../../ui/toast.tsx";
import { runsToCsv, runsToJson, saveFile } from "./export-runs.ts";
import { runKey } from "./run-values.ts";

const mostExported = 100_000;

/** Gives the reader the runs that match (or those selected) as a file with the columns shown. */
export function useExport(
  filter: RunsFilter,
  shown: readonly string[],
  known: ReadonlyMap<string, Column>,
  selected: ReadonlySet<string>,
) {
  const [exporting, setExporting] = useState(false);
  const exportRuns = async (what: "all" | "selected", format: "csv" | "json") => {
    setExporting(true);
    try {
      const all = await fetchAllRuns(filter, mostExported, new AbortController().signal);
      const runs = what === "selected" ? all.filter((run) => selected.has(runKey(run))) : all;
      if (format === "csv") saveFile("runs.csv", "text/csv;charset=utf-8", runsToCsv(runs, shown, known));
      else saveFile("runs.json", "application/json", runsToJson(runs, shown, known));
      const cut = all.length === mostExported ? ` The file stops at ${formatCount(mostExported)}.` : "";
      showToast(`Exported ${formatPlural(runs.length, "run")}.${cut}`);
    } catch (error) {
      showToast(error instanceof Error ? error.message : "The export failed.");
    } finally {
      setExporting(false);
    }
  };
  return { exporting, exportRuns };
}
