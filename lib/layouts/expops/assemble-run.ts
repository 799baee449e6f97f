import { createHash } from "node:crypto";
import { metricIdOf } from "../../contracts/ids.ts";
import type { ChartFact, Fact, RunFact, StepUseFact } from "../../domain/facts.ts";
import type { Millis } from "../../domain/values.ts";
import type { Warning } from "../../domain/warning.ts";
import { displayProcess, startOfRunName } from "./names.ts";
import { readOldCharts } from "./old-charts.ts";
import { artifactIdOf, experimentIdOf, runIdOf, versionOfPath } from "./paths.ts";
import { readMetrics } from "./run-metrics.ts";
import type { RunRecords } from "./run-records.ts";
import { judgeStatus, lastActivityOf } from "./run-status.ts";
import type { ProjectPlace, RunLog, VersionBook } from "./seams.ts";
import { type FindProducer, readStepUses } from "./step-uses.ts";

/** What a run is put together from, besides its own records. */
export interface RunSurroundings {
  sourceId: string;
  place: ProjectPlace;
  versions: VersionBook;
  log: RunLog | null;
  longest: ReadonlyMap<string, number>;
  findProducer: FindProducer;
  now: Millis;
  /** Since when it was watched without a change; `null`: its rows tell when they were written. */
  unchangedSince: Millis | null;
  /** Token of the run's stored rows. */
  rowsToken: string;
  idOfMetric?: typeof metricIdOf;
  /** Warnings about the descent of its results. `version`: the run's own hash. */
  warnOfDescent(records: RunRecords, version: string | null): Promise<Warning[]>;
}

/** One run as facts: the run, then its series. */
export async function assembleRun(records: RunRecords, around: RunSurroundings): Promise<Fact[]> {
  const { sourceId, place, log } = around;
  const id = runIdOf(sourceId, records.project, records.name);
  const uses = readStepUses(records, around);
  const startedAt = startOfRun(records, log);
  const lastActivityAt = lastActivityOf(records, uses, log, startedAt);
  const status = judgeStatus(records, { ...around, lastActivityAt });
  const hash = versionOfRun(records) ?? (await around.versions.begunWith(records.name, records.project));
  const version = hash === null ? null : await around.versions.lookup(hash, records.project);
  if (status.status === "stalled") uses.push(...(await neverBegun(records, uses, hash, around)));
  const metrics = readMetrics(records, uses, around.idOfMetric ?? metricIdOf, sourceId);
  const run: RunFact = {
    id,
    name: records.name,
    experimentId: experimentIdOf(sourceId, records.project),
    ...status,
    startedAt,
    endedAt: records.endedAt ?? log?.endedAt ?? null,
    lastActivityAt,
    params: version?.params ?? null,
    paramsOrigin: version ? "version" : null,
    tags: {},
    version: hash === null ? null : { hash, ...(version ? pickOrigin(version) : notFound) },
    steps: uses,
    metrics: metrics.heads,
    charts: [...readCharts(records, uses, place, sourceId), ...(await readOldCharts(place, records.name, sourceId))],
    warnings: [...warningsOf(records, log), ...(await around.warnOfDescent(records, hash))],
    token: "",
  };
  const versionPart =
    hash === null || (version && version.found !== "workspace") ? "-" : await around.versions.stamp(records.project);
  run.token = runToken({ rows: around.rowsToken, log, status: run, version: versionPart });
  return [
    { kind: "run", run },
    ...metrics.series.map((one): Fact => ({ kind: "series", series: { runId: id, ...one } })),
  ];
}

const notFound = { found: null, commit: null, committedAt: null, seenAt: null };

function pickOrigin({ found, commit, committedAt, seenAt }: NonNullable<Awaited<ReturnType<VersionBook["lookup"]>>>) {
  return { found, commit, committedAt, seenAt };
}

interface TokenParts {
  rows: string;
  log: RunLog | null;
  status: Pick<RunFact, "status" | "statusReason">;
  /** The version book's stamp where the answer may still change, else `-`. */
  version: string;
}

function runToken({ rows, log, status, version }: TokenParts): string {
  const judged = createHash("sha1")
    .update(`${status.status} ${status.statusReason ?? ""}`)
    .digest("base64url")
    .slice(0, 8);
  return [rows, log?.token ?? "-", judged, version].map(encodeURIComponent).join(" ");
}

/**
 * May a run with this token be taken as unchanged? Only an ended run, or a stalled one with the same rows and log: what still runs is judged by
 * the clock.
 */
export function isUnchanged(
  known: string | undefined,
  now: { rows: string; log: RunLog | null; stamp: string; ended: boolean },
): boolean {
  if (known === undefined || !now.ended) return false;
  const [rows, log, , version] = known.split(" ").map(decodeURIComponent);
  return rows === now.rows && log === (now.log?.token ?? "-") && (version === "-" || version === now.stamp);
}

/** The stored start is emptied when the run ends, so the name tells it, in whole seconds of UTC; else the first thing it did itself. */
function startOfRun(records: RunRecords, log: RunLog | null): Millis | null {
  const own = records.uses.filter((use) => use.record.status !== "cached").map((use) => use.record.startedAt);
  const known = own.filter((time) => time !== null);
  const first = known.length > 0 ? known.reduce((a, b) => Math.min(a, b)) : null;
  return records.startedAt ?? startOfRunName(records.name) ?? first ?? log?.startedAt ?? null;
}

/** A run's own new files stand in a folder named by its version; reused ones in that of their producer. */
export function versionOfRun(records: RunRecords): string | null {
  const executed = records.uses.filter((use) => use.record.status === "completed");
  for (const { record } of executed) {
    const version = record.resultPath === null ? null : versionOfPath(record.resultPath);
    if (version !== null) return version;
  }
  const drawn = new Set(executed.map((use) => use.process));
  const items = records.charts.filter((chart) => drawn.has(chart.process)).flatMap((chart) => chart.items);
  return items.map((item) => versionOfPath(item.path)).find((version) => version !== null) ?? null;
}

/** A killed run has no record of what it never began; the graph of its version knows. Nothing is added where a fan-out makes names uncertain. */
async function neverBegun(
  records: RunRecords,
  uses: readonly StepUseFact[],
  hash: string | null,
  { versions }: RunSurroundings,
): Promise<StepUseFact[]> {
  if (hash === null) return [];
  const recorded = new Set(uses.map((use) => use.process));
  const graph = await versions.graph(hash, records.project, [...recorded]);
  if (graph.origin !== "version") return [];
  return graph.nodes
    .filter((node) => node.parentId === null && !recorded.has(node.id))
    .map((node) => ({
      process: node.id,
      step: null,
      origin: "never-ran",
      startedAt: null,
      endedAt: null,
      executionSeconds: null,
      producer: null,
      entry: null,
    }));
}

/** Chart files as the run's record names them. The file may since show a later run: size and time recorded here tell. */
function readCharts(
  records: RunRecords,
  uses: readonly StepUseFact[],
  place: ProjectPlace,
  sourceId: string,
): ChartFact[] {
  return records.charts.flatMap(({ process, items }) => {
    const shown = displayProcess(process);
    const producerRunId = uses.find((use) => use.step === null && use.process === shown)?.producer?.runId ?? null;
    return items.map((item) => ({
      artifactId: artifactIdOf(sourceId, item.path, place),
      process: shown,
      title: item.title,
      mediaType: item.mediaType,
      bytesRecorded: item.bytes,
      createdAt: item.createdAt,
      producerRunId,
    }));
  });
}

function warningsOf(records: RunRecords, log: RunLog | null): Warning[] {
  const sentences = [...records.problems];
  if (log?.fellBackToMemory)
    sentences.push("Its key store could not be reached, so the run went on in memory and recorded nothing more.");
  return sentences.map((sentence) => ({ code: "not-recorded", sentence }));
}
