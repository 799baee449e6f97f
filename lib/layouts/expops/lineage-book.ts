import type { StepOrigin } from "../../domain/run.ts";
import type { Warning } from "../../domain/warning.ts";
import { findLineage, type LineageRun, warnOfLineage } from "./lineage.ts";
import { displayProcess } from "./names.ts";
import { versionOfPath } from "./paths.ts";
import { isEndedWord, type RunRecords } from "./run-records.ts";
import type { VersionBook } from "./seams.ts";
import { readVersionCode, type VersionCode } from "./version-code.ts";

const mostRuns = 2_000;
const mostVersions = 100;

/** Reads another run of the same project; `null`: it is not there. */
export type ReadRun = (runName: string) => Promise<RunRecords | null>;

export interface LineageBook {
  /**
   * Warnings `stale-hit` and `mixed-lineage` of a run. `version`: its own hash, `null` when not recorded. Costs nothing where nothing was
   * reused, else one read for each producer that was not read before. Empty where code or producers are not at hand.
   */
  warningsOf(records: RunRecords, version: string | null, readRun: ReadRun): Promise<Warning[]>;
}

/** Keeps what was read of producers and versions, since many runs share them. */
export function openLineageBook(versions: VersionBook): LineageBook {
  const runs = new Map<string, LineageRun>();
  const codes = new Map<string, VersionCode>();

  async function findRun(project: string, runName: string, readRun: ReadRun): Promise<LineageRun | null> {
    const key = JSON.stringify([project, runName]);
    const kept = runs.get(key);
    if (kept) return kept;
    const records = await readRun(runName);
    if (!records) return null;
    const run = describeRun(records, versionOfOwnResults(records));
    if (isEndedWord(records.status) && run.uses.size > 0) keep(runs, key, run, mostRuns);
    return run;
  }

  async function findCode(project: string, version: string): Promise<VersionCode | null> {
    const key = JSON.stringify([project, version]);
    // What cannot be read now proves nothing, and keeps no run from being told.
    const code = codes.get(key) ?? (await readVersionCode(versions, version, project).catch(() => null));
    if (code) keep(codes, key, code, mostVersions);
    return code;
  }

  return {
    async warningsOf(records, version, readRun) {
      if (!records.uses.some(({ step, record }) => step === null && record.status === "cached")) return [];
      const findings = await findLineage(describeRun(records, version), {
        run: (name) => findRun(records.project, name, readRun),
        code: (hash) => findCode(records.project, hash),
      });
      return warnOfLineage(findings);
    },
  };
}

function keep<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}

const origins: Record<string, StepOrigin> = {
  completed: "executed",
  cached: "reused",
  failed: "failed",
  running: "running",
};

/** Runs go by their stored names here. */
function describeRun(records: RunRecords, version: string | null): LineageRun {
  const processes = records.uses.filter(({ step }) => step === null);
  const uses = processes.map(({ process, record }) => {
    const origin = origins[record.status ?? ""] ?? "unknown";
    return [displayProcess(process), { origin, producerRunId: record.producerName }] as const;
  });
  return { id: records.name, version, uses: new Map(uses) };
}

/** A producer executed something, so that the folder of its result tells its version. */
function versionOfOwnResults(records: RunRecords): string | null {
  const own = records.uses.filter(({ record }) => record.status === "completed").map(({ record }) => record.resultPath);
  return own.map((path) => path && versionOfPath(path)).find((version) => version) ?? null;
}
