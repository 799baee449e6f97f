import type { CatalogReader, KeyedRunRow, KeyPlace, PlaceHistory, ViewerScope } from "../catalog/contract.ts";
import { AppError } from "../domain/errors.ts";
import { sortAncestors } from "../domain/explain/compare-runs.ts";
import type { EntryDeath, Evidence, VersionSources } from "../domain/explain/evidence.ts";
import { explainProcess } from "../domain/explain/explain.ts";
import { explainRun } from "../domain/explain/explain-run.ts";
import { explainStep } from "../domain/explain/explain-step.ts";
import type { Explanation, RunExplanation } from "../domain/explanation.ts";
import { maySee, scopeIn, type Viewer } from "../domain/viewer.ts";
import type { SourcesApi } from "../sources/thread-contract.ts";
import type { SourceRegistry } from "./source-questions.ts";

export interface ExplainQuery {
  run: string;
  process: string;
  step?: string | undefined;
  /** The run to compare with, instead of the previous one that reached the process. */
  baseline?: string | undefined;
}

export interface ExplainQuestions {
  explain(viewer: Viewer, source: string, query: ExplainQuery): Promise<Explanation>;
  explainRun(viewer: Viewer, source: string, run: string): Promise<RunExplanation>;
}

interface Asked {
  reader: CatalogReader;
  sources: SourcesApi;
  source: string;
  scope: ViewerScope;
  deathsOf(entryId: string): EntryDeath[];
}

/** Processes of one run that are looked at for its sentence. */
const mostProcesses = 100;
/** Versions read for one answer. */
const mostVersions = 12;

export function answerExplain(
  registry: SourceRegistry,
  reader: CatalogReader,
  sources: SourcesApi,
  deathsOf: (source: string, entryId: string) => EntryDeath[],
): ExplainQuestions {
  const gatherer = async (viewer: Viewer, source: string, runId: string, stepsOf: string | null) => {
    registry.pick(viewer, source);
    const scope = scopeIn(viewer, source);
    const asked = { reader, sources, source, scope, deathsOf: (entryId: string) => deathsOf(source, entryId) };
    const run = await readKeys(asked, runId, stepsOf);
    if (!run || !maySee(viewer, source, run.experimentId)) throw noRun("There is no such run in this source.");
    return { run, ...(await openGatherer(asked, run)) };
  };
  return {
    async explain(viewer, source, { run: runId, process, step, baseline }) {
      const { run, gather, drawn } = await gatherer(viewer, source, runId, step === undefined ? null : process);
      const isRecorded = run.uses.some((use) => use.process === process && (step ?? use.step) === use.step);
      if (!isRecorded && (step !== undefined || !drawn.has(process))) {
        throw new AppError("not_found", "There is no such process or step in this run.", {
          remedy: "The run's page lists those that it recorded.",
        });
      }
      const [ofProcess, ofStep] = await gather(
        [{ process, step: null }, ...(step === undefined ? [] : [{ process, step }])],
        baseline,
      );
      const explained = explainProcess(ofProcess as Evidence, process);
      return step === undefined ? explained : explainStep(ofStep as Evidence, process, step, explained);
    },

    async explainRun(viewer, source, runId) {
      const { run, gather } = await gatherer(viewer, source, runId, null);
      const missed = run.uses.filter(
        (use) => use.step === null && ["executed", "failed", "running"].includes(use.origin),
      );
      const shown = missed.slice(0, mostProcesses);
      const evidence = await gather(shown.map(({ process }) => ({ process, step: null })));
      const explained = evidence.map((each, at) => explainProcess(each, shown[at]?.process ?? ""));
      const edges = evidence[0]?.graph.edges ?? [];
      const depths = new Map(shown.map(({ process }) => [process, sortAncestors(edges, [process]).length]));
      explained.sort((a, b) => (depths.get(a.process) ?? 0) - (depths.get(b.process) ?? 0));
      return explainRun(explained, { ran: missed.length, all: run.uses.length });
    },
  };
}

/** Gathers what explaining places of one run takes; runs and versions are read once however many places need them. */
async function openGatherer(asked: Asked, run: KeyedRunRow) {
  const { reader, sources, source } = asked;
  const place = { source, runName: run.name, experimentName: run.experimentName };
  const [graph, progress] = await Promise.all([sources.readGraph(place).catch(() => null), reader.progress(source)]);
  const kept = new Map<string, Promise<KeyedRunRow | null>>([[`${run.id} null`, Promise.resolve(run)]]);
  const runOf = (id: string | null, stepsOf: string | null): Promise<KeyedRunRow | null> => {
    if (id === null) return Promise.resolve(null);
    const key = `${id} ${stepsOf}`;
    const known = kept.get(key) ?? readKeys(asked, id, stepsOf);
    kept.set(key, known);
    return known;
  };

  const gather = async (
    places: { process: string; step: string | null }[],
    baselineId?: string,
  ): Promise<Evidence[]> => {
    // Who else used an entry matters only where it did not serve.
    const entryOf = ({ process, step }: { process: string; step: string | null }) =>
      run.uses.find((use) => use.process === process && use.step === step && use.origin !== "reused")?.entryId ?? null;
    const keyPlaces: KeyPlace[] = places.map((one) => ({ ...one, entryId: entryOf(one) }));
    const histories = await reader.placeHistories(source, run.id, keyPlaces, asked.scope);
    const evidence = await Promise.all(
      keyPlaces.map((keyPlace, at) => collect(keyPlace, histories[at] as PlaceHistory, baselineId)),
    );
    const versions = await readVersions(asked, run, evidence);
    return evidence.map((one) => ({
      ...one,
      sources: versions,
      charts: new Set([...one.charts].filter((name) => isChart(versions, name) !== false).concat(chartsOf(versions))),
    }));
  };

  return { gather, drawn: new Set(graph?.nodes.map(({ id }) => id)) };

  async function collect(keyPlace: KeyPlace, history: PlaceHistory, baselineId?: string): Promise<Evidence> {
    const { process, step, entryId } = keyPlace;
    const stepsOf = step === null ? null : process;
    const baseline = await runOf(baselineId ?? history.reachedBy, stepsOf);
    if (baselineId !== undefined && baseline?.experimentId !== run.experimentId)
      throw noRun("There is no such run to compare with in this experiment.");
    const lastResult = baselineId === undefined ? await runOf(history.resultBy, stepsOf) : null;
    const own = run.uses.find((use) => use.process === process && use.step === step);
    const before = step === null ? null : await findStepBefore([baseline, lastResult], process, step);
    const producerId = own?.producer?.runId ?? null;
    const producer = own?.origin === "reused" ? await runOf(producerId, null) : null;
    return {
      run,
      complete: progress.complete && run.startedAt !== null,
      baseline: before?.run ?? baseline,
      lastResult,
      ...(step !== null && { stepBefore: before?.use ?? null }),
      graph: graph ?? { origin: "none", edges: [] },
      charts: new Set([...run.charts, ...(baseline?.charts ?? [])]),
      sources: new Map(),
      // What another run made only after this one had looked was not there to be lost.
      earlierUses: history.earlierUses.filter(({ endedAt }) => !endedAt || !own?.startedAt || endedAt <= own.startedAt),
      deaths: entryId === null ? [] : asked.deathsOf(entryId),
      earlierEntries: history.earlierEntries.filter((entry) => entry.entryId !== entryId),
      entriesExpire: history.entriesExpire,
      nameTooLong: history.nameTooLong && own?.origin !== "reused",
      warnings: run.warnings,
      runNames: producer ? { [producer.id]: producer.name } : {},
    };
  }

  /** The latest of these runs in which the step left a key. Steps of a process that was reused as a whole stand in the run that made its result. */
  async function findStepBefore(runs: (KeyedRunRow | null)[], process: string, step: string) {
    for (const one of runs) {
      const maker = one?.uses.find((use) => use.process === process && use.step === null)?.producer?.runId ?? null;
      for (const run of [one, await runOf(maker, process)]) {
        const use = run?.uses.find((found) => found.process === process && found.step === step);
        if (run && use?.parts) return { run, use };
      }
    }
    return null;
  }
}

/** A run with its keys; those of entries that are gone come from its own records. */
async function readKeys({ reader, sources, source, scope }: Asked, runId: string, stepsOf: string | null) {
  const run = await reader.keyedRun(source, runId, stepsOf);
  if (run && !isWithin(scope, run.experimentId)) return null;
  if (!run?.uses.some((use) => use.entryId !== null && use.parts === null)) return run;
  const place = { source, runName: run.name, experimentName: run.experimentName };
  const told = await sources.readKeys(place).catch(() => null);
  const byPlace = new Map(told?.map((key) => [JSON.stringify([key.process, key.step]), key]));
  const uses = run.uses.map((use) => {
    const key = use.parts === null ? byPlace.get(JSON.stringify([use.process, use.step])) : undefined;
    return key ? { ...use, parts: key.parts, version: key.version ?? use.version } : use;
  });
  return { ...run, uses };
}

/** Config and code of the versions that differ somewhere between the runs compared. */
async function readVersions({ sources, source }: Asked, run: KeyedRunRow, evidence: readonly Evidence[]) {
  const others = [...new Set(evidence.flatMap(({ baseline, lastResult }) => [baseline, lastResult]))];
  const processes = [...new Set(run.uses.filter(({ step }) => step === null).map((use) => use.process))];
  const differing = run.uses.flatMap((use) => {
    const before = others.map((other) =>
      other?.uses.find((one) => one.process === use.process && one.step === use.step),
    );
    const changed = before.filter((one) => one && one.entryId !== use.entryId);
    return changed.length > 0 ? [use.version, ...changed.map((one) => one?.version)] : [];
  });
  const hashes = [...new Set([run.version, ...others.map((other) => other?.version), ...differing])]
    .filter((hash) => typeof hash === "string")
    .slice(0, mostVersions);
  const read = await Promise.all(
    hashes.map((hash) => sources.readKeySources(source, hash, run.experimentName, processes).catch(() => null)),
  );
  return new Map(hashes.flatMap((hash, at): [string, VersionSources][] => (read[at] ? [[hash, read[at]]] : [])));
}

function chartsOf(versions: ReadonlyMap<string, VersionSources>): string[] {
  const all = [...versions.values()].flatMap(({ processes }) => Object.entries(processes));
  return all.filter(([, { isChart }]) => isChart).map(([name]) => name);
}

/** `null`: no version knows it. */
function isChart(versions: ReadonlyMap<string, VersionSources>, process: string): boolean | null {
  const known = [...versions.values()].find(({ processes }) => Object.hasOwn(processes, process));
  return known?.processes[process]?.isChart ?? null;
}

function isWithin({ experiments }: ViewerScope, experimentId: string): boolean {
  return experiments === null || experiments.includes(experimentId);
}

function noRun(message: string): AppError {
  return new AppError("not_found", message, {
    remedy: "It may have been deleted since; the list of runs shows what is there.",
  });
}
