import type { Metric, Run, StepOrigin, StepUse, Version } from "../domain/run.ts";
import { columnsByNumber } from "./column-lookup.ts";
import type { RunChart } from "./contract.ts";
import { query } from "./database.ts";
import { unpackHeads } from "./metric-heads.ts";
import { unpackRun } from "./packed-runs.ts";
import { isoOf, type KnownSource, type ReadContext } from "./read-context.ts";
import { readRunCharts, warningsOfCharts } from "./run-charts.ts";
import { readRunRows } from "./run-rows.ts";
import type { RunDoc } from "./stored-docs.ts";
import { restoreNullable, restoreText } from "./stored-text.ts";

export type RunWithSteps = Run & { steps: StepUse[]; version: Version | null; charts: RunChart[] };

export function findRun(context: ReadContext, sid: number, runId: string): number | null {
  return (
    context.db.get(query.selectFrom("runs").select("rid").where("sid", "=", sid).where("id", "=", runId))?.rid ?? null
  );
}

/** One run with its steps and charts; `null` when the source has no such run. */
export function readRun(context: ReadContext, source: KnownSource, runId: string): RunWithSteps | null {
  const rid = findRun(context, source.sid, runId);
  if (rid === null) return null;
  const { heads, rows } = readRunRows(context, [source], [{ row: rid }], undefined);
  const row = rows[0];
  if (!row) return null;
  const run = unpackRun(row, heads);
  const charts = readRunCharts(context, source, rid);
  return {
    ...run,
    warnings: [...run.warnings, ...warningsOfCharts(charts)],
    steps: readSteps(context, rid),
    version: readVersion(context, rid),
    charts,
  };
}

function readSteps(context: ReadContext, rid: number): StepUse[] {
  const rows = context.db.all(query.selectFrom("step_uses").selectAll().where("rid", "=", rid).orderBy("ord"));
  return rows.map((row) => ({
    process: restoreText(row.process),
    step: restoreNullable(row.step),
    origin: row.origin as StepOrigin,
    startedAt: isoOf(row.started),
    endedAt: isoOf(row.ended),
    executionSeconds: row.seconds,
    producer:
      row.producer === null
        ? null
        : { runId: row.producer, startedAt: isoOf(row.producer_started), executionSeconds: row.producer_seconds },
    entryId: row.entry,
    ...(row.error !== null && { error: JSON.parse(row.error) as StepUse["error"] }),
  }));
}

function readVersion(context: ReadContext, rid: number): Version | null {
  const row = context.db.get(query.selectFrom("run_docs").select("doc").where("rid", "=", rid));
  const version = row ? (JSON.parse(row.doc) as RunDoc).version : null;
  return version && { ...version, committedAt: isoOf(version.committedAt), seenAt: isoOf(version.seenAt) };
}

/** The metrics of a run with all that its record says; none when there is no such run. */
export function readMetrics(context: ReadContext, source: KnownSource, runId: string): Metric[] {
  const rid = findRun(context, source.sid, runId);
  if (rid === null) return [];
  const packed = context.db.get(query.selectFrom("run_docs").select(["metrics", "shapes"]).where("rid", "=", rid));
  if (!packed) return [];
  const heads = unpackHeads(packed);
  const names = columnsByNumber(
    context,
    heads.map(({ cid }) => cid),
  );
  return heads.flatMap(({ cid, value, ...head }) => {
    const named = names.get(cid);
    if (!named) return [];
    const { id, name, process, step } = named;
    return [{ id, name, process, step, ...head, ...(value !== undefined && { value: value as Metric["value"] }) }];
  });
}
