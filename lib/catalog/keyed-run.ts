import type { KeyedUse, KeyParts } from "../domain/explain/evidence.ts";
import type { StepOrigin } from "../domain/run.ts";
import type { KeyedRunRow } from "./contract.ts";
import { query } from "./database.ts";
import { isoOf, type KnownSource, type ReadContext } from "./read-context.ts";
import { chartProcessesOf } from "./run-charts.ts";
import type { EntryDoc, RunDoc } from "./stored-docs.ts";
import { restoreNullable, restoreText, storeText } from "./stored-text.ts";

/**
 * The processes of a run and the steps of one of them, with the keys of the entries that they used or made. A use whose entry is gone has no
 * parts here.
 */
export function readKeyedRun(
  context: ReadContext,
  source: KnownSource,
  runId: string,
  stepsOf: string | null,
): KeyedRunRow | null {
  const row = context.db.get(
    query
      .selectFrom("runs")
      .leftJoin("experiments", (join) =>
        join.onRef("experiments.sid", "=", "runs.sid").onRef("experiments.id", "=", "runs.experiment"),
      )
      .leftJoin("run_docs", "run_docs.rid", "runs.rid")
      .select([
        "runs.rid",
        "runs.name",
        "started",
        "version",
        "experiment",
        "experiments.name as experiment_name",
        "doc",
      ])
      .where("runs.sid", "=", source.sid)
      .where("runs.id", "=", runId),
  );
  if (!row) return null;
  return {
    id: runId,
    name: restoreText(row.name),
    startedAt: isoOf(row.started),
    version: row.version,
    experimentId: row.experiment,
    experimentName: restoreNullable(row.experiment_name) ?? row.experiment,
    uses: readUses(context, source, runId, row.rid, row.version, stepsOf),
    charts: chartProcessesOf(context, row.rid),
    warnings: (JSON.parse(row.doc ?? "{}") as Partial<RunDoc>).warnings ?? [],
  };
}

function readUses(
  context: ReadContext,
  { sid }: KnownSource,
  runId: string,
  rid: number,
  ownVersion: string | null,
  stepsOf: string | null,
): KeyedUse[] {
  const rows = context.db.all(
    query
      .selectFrom("step_uses")
      .leftJoin("entries", (join) =>
        join.onRef("entries.sid", "=", "step_uses.sid").onRef("entries.id", "=", "step_uses.entry"),
      )
      .leftJoin("entry_docs", "entry_docs.eid", "entries.eid")
      .selectAll("step_uses")
      .select(["entries.version", "doc"])
      .where("rid", "=", rid)
      .where(({ or, eb }) =>
        or([eb("step_uses.step", "is", null), eb("step_uses.process", "=", storeText(stepsOf ?? ""))]),
      )
      .orderBy("ord"),
  );
  const made = rows.some(({ entry }) => entry === null) ? readMade(context, sid, runId) : new Map();
  return rows.map((row) => {
    const own = row.origin !== "reused";
    const found = row.entry === null && own ? made.get(placeOf(row)) : undefined;
    const { doc, version } = found ?? row;
    return {
      process: restoreText(row.process),
      step: restoreNullable(row.step),
      origin: row.origin as StepOrigin,
      entryId: row.entry ?? found?.id ?? null,
      parts: doc === null || doc === undefined ? null : partsOf(doc),
      version: version ?? (own ? ownVersion : null),
      startedAt: isoOf(row.started),
      endedAt: isoOf(row.ended),
      producer:
        row.producer === null
          ? null
          : { runId: row.producer, startedAt: isoOf(row.producer_started), executionSeconds: row.producer_seconds },
    };
  });
}

/** Entries that name the run as their maker: those of what failed have no other tie to it. */
function readMade(context: ReadContext, sid: number, runId: string) {
  const rows = context.db.all(
    query
      .selectFrom("entries")
      .innerJoin("entry_docs", "entry_docs.eid", "entries.eid")
      .select(["entries.id", "process", "step", "version", "doc"])
      .where("sid", "=", sid)
      .where("fact_producer", "=", runId)
      .limit(mostMade),
  );
  return new Map(rows.map((row) => [placeOf(row), row]));
}
const mostMade = 5_000;

function placeOf({ process, step }: { process: string | null; step: string | null }): string {
  return JSON.stringify([process, step]);
}

/** `null` where no part is told. */
export function partsOf(doc: string): KeyParts | null {
  const { keyParts } = JSON.parse(doc) as EntryDoc;
  return keyParts.length === 0 ? null : Object.fromEntries(keyParts.map(({ name, value }) => [name, value]));
}
