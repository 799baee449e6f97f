import type { StepUseFact } from "../../domain/facts.ts";
import type { StepOrigin } from "../../domain/run.ts";
import type { Millis } from "../../domain/values.ts";
import { displayProcess } from "./names.ts";
import { entryIdOf, hashesOfResult, runIdOf } from "./paths.ts";
import { isEndedWord, type RunRecords, type UseRecord } from "./run-records.ts";
import type { RunLog } from "./seams.ts";

/** The run that made a result, found by the result's recorded path: what a 0.1.9 hit leaves out. */
export interface Producer {
  runName: string;
  startedAt: Millis | null;
  executionSeconds: number | null;
}
export type FindProducer = (resultPath: string) => Producer | null;

export interface UsesContext {
  sourceId: string;
  log: RunLog | null;
  findProducer: FindProducer;
}

/** What the run did at each of its processes and steps, processes before their steps, by their start. */
export function readStepUses(records: RunRecords, context: UsesContext): StepUseFact[] {
  const processes = records.uses.filter((use) => use.step === null);
  const raisers = findRaisers(processes, context.log);
  const origins = new Map(
    processes.map((use) => [use.process, originOfProcess(use, isEndedWord(records.status), raisers)]),
  );
  return records.uses
    .toSorted((a, b) => (a.record.startedAt ?? Infinity) - (b.record.startedAt ?? Infinity))
    .map((use) => {
      const ofProcess = origins.get(use.process);
      const origin =
        use.step === null ? (ofProcess ?? "unknown") : originOfStep(use, ofProcess, isEndedWord(records.status));
      return readUse(use, origin, raisers, records.project, context);
    });
}

/**
 * Processes stored as failed that raised themselves; the other failed ones stand behind them in the graph and never ran. The log says it; without
 * one their time does, since the tool writes 0.0 for what never ran. When nothing tells them apart, none is called "never ran".
 */
function findRaisers(processes: readonly UseRecord[], log: RunLog | null): Set<string> {
  const failed = processes.filter((use) => use.record.status === "failed");
  const raised = failed.filter((use) => {
    const error = log?.errors.get(use.process);
    return error ? error.causedBy === null : (use.record.executionSeconds ?? 0) > 0;
  });
  return new Set((raised.length > 0 ? raised : failed).map((use) => use.process));
}

function originOfProcess(use: UseRecord, ended: boolean, raisers: ReadonlySet<string>): StepOrigin {
  switch (use.record.status) {
    case "completed":
      return "executed";
    case "cached":
      return "reused";
    case "failed":
      return raisers.has(use.process) ? "failed" : "never-ran";
    case "running":
      return ended ? "unknown" : "running";
    default:
      return "unknown";
  }
}

/** A step that raised stays `running` for ever: it failed with its process. */
function originOfStep(use: UseRecord, ofProcess: StepOrigin | undefined, ended: boolean): StepOrigin {
  switch (use.record.status) {
    case "completed":
      return "executed";
    case "cached":
      return "reused";
    case "failed":
      return "failed";
    case "running":
      if (ofProcess === "running" || (ofProcess === undefined && !ended)) return "running";
      return ofProcess === "failed" || ofProcess === "executed" ? "failed" : "unknown";
    default:
      return "unknown";
  }
}

function readUse(
  use: UseRecord,
  origin: StepOrigin,
  raisers: ReadonlySet<string>,
  project: string,
  context: UsesContext,
): StepUseFact {
  const { record } = use;
  const reused = origin === "reused";
  return {
    process: displayProcess(use.process),
    step: use.step,
    origin,
    startedAt: reused || origin === "never-ran" ? null : record.startedAt,
    endedAt: reused || origin === "never-ran" ? null : record.endedAt,
    executionSeconds: origin === "executed" || origin === "failed" ? ownSeconds(use) : null,
    producer: reused ? readProducer(use, project, context) : null,
    entry: readEntry(use, origin, project, context.sourceId),
    ...readError(use, origin, raisers, context.log),
  };
}

/** Steps have no stored duration of their own (always 0.0): it is the time between their start and end. */
function ownSeconds({ step, record }: UseRecord): number | null {
  if (step === null) return record.executionSeconds;
  return record.startedAt !== null && record.endedAt !== null ? (record.endedAt - record.startedAt) / 1000 : null;
}

/** On a hit all times are the producer's. A 0.1.9 record says neither who that was nor how long it took; its own run's name stands there. */
function readProducer(
  use: UseRecord,
  project: string,
  { sourceId, findProducer }: UsesContext,
): StepUseFact["producer"] {
  const { record } = use;
  if (record.producerName !== null) {
    return {
      runId: runIdOf(sourceId, project, record.producerName),
      startedAt: record.producerStartedAt ?? record.startedAt,
      executionSeconds: record.producerSeconds ?? ownSeconds(use),
    };
  }
  const found = record.resultPath === null ? null : findProducer(record.resultPath);
  return (
    found && {
      runId: runIdOf(sourceId, project, found.runName),
      startedAt: found.startedAt,
      executionSeconds: found.executionSeconds,
    }
  );
}

function readEntry(use: UseRecord, origin: StepOrigin, project: string, sourceId: string): StepUseFact["entry"] {
  const hashes = use.record.resultPath === null ? null : hashesOfResult(use.record.resultPath);
  if (hashes) return { id: entryIdOf(sourceId, project, use.process, use.step, hashes) };
  return origin === "reused" && use.record.producerName !== null ? { viaProducer: true } : null;
}

function readError(
  use: UseRecord,
  origin: StepOrigin,
  raisers: ReadonlySet<string>,
  log: RunLog | null,
): Pick<StepUseFact, "error"> {
  if (use.step !== null || (origin !== "failed" && origin !== "never-ran")) return {};
  const said = log?.errors.get(use.process);
  const cause = origin === "never-ran" ? (rootCause(use.process, log) ?? onlyOne(raisers)) : null;
  const caused = cause === null ? {} : { caused: { process: displayProcess(cause) } };
  if (said) return { error: { message: said.message, from: "log", ...caused } };
  if (cause === null) return {};
  return { error: { message: `It did not run, since ${displayProcess(cause)} failed.`, from: "store", ...caused } };
}

/** The process whose own failure stands at the end of the chain of dependencies that the log tells. */
function rootCause(process: string, log: RunLog | null): string | null {
  const passed = new Set<string>();
  let cause: string | null = null;
  for (let at = log?.errors.get(process)?.causedBy; at && !passed.has(at); at = log?.errors.get(at)?.causedBy) {
    passed.add(at);
    cause = at;
  }
  return cause;
}

function onlyOne(names: ReadonlySet<string>): string | null {
  const [first] = names;
  return names.size === 1 && first !== undefined ? first : null;
}
