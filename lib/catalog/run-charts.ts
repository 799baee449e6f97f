import type { Warning } from "../domain/warning.ts";
import type { RunChart } from "./contract.ts";
import { query } from "./database.ts";
import { isoOf, type KnownSource, type ReadContext } from "./read-context.ts";
import { restoreNullable, restoreText } from "./stored-text.ts";

/** A file system's clock and the record's may differ this much, ms. */
const writeTolerance = 120_000;

interface ChartUse {
  run: string;
  artifact: string;
  bytes: number | null;
  created: number | null;
  producer: string | null;
}
interface StoredFile {
  bytes: number | null;
  modified: number | null;
}

/** The charts that a run's record names, with whether the file is still the one that it wrote. */
export function readRunCharts(context: ReadContext, source: KnownSource, rid: number): RunChart[] {
  const rows = context.db.all(
    query
      .selectFrom("chart_uses")
      .innerJoin("runs", "runs.rid", "chart_uses.rid")
      .select(["runs.id as run", "artifact", "process", "title", "media_type", "bytes", "created", "producer"])
      .where("chart_uses.rid", "=", rid)
      .orderBy("ord"),
  );
  return rows.map((row) => {
    const file = fileOf(context, source.sid, row.artifact);
    const since = replacedSince(row, file, usesOf(context, source.sid, row.artifact));
    return {
      artifactId: row.artifact,
      process: restoreNullable(row.process),
      title: restoreText(row.title),
      mediaType: row.media_type,
      bytesRecorded: row.bytes,
      createdAt: isoOf(row.created),
      producerRunId: row.producer,
      replaced: since !== null || hasOtherSize(row, file),
      replacedSince: since,
    };
  });
}

/** Processes that drew what a run's record names as its charts. */
export function chartProcessesOf(context: ReadContext, rid: number): string[] {
  const rows = context.db.all(query.selectFrom("chart_uses").select("process").distinct().where("rid", "=", rid));
  return rows.flatMap(({ process }) => restoreNullable(process) ?? []);
}

/** What the reader must know of a run's charts: which files are no longer what it drew. */
export function warningsOfCharts(charts: readonly RunChart[]): Warning[] {
  return charts
    .filter(({ replaced }) => replaced)
    .map(({ title, process }) => ({
      code: "replaced-since",
      sentence: `${title}${process === null ? "" : ` of ${process}`} was written over since: the file is no longer what this run drew.`,
    }));
}

/** The charts that runs recorded under this artifact. */
export function usesOf(context: ReadContext, sid: number, artifact: string): ChartUse[] {
  return context.db.all(
    query
      .selectFrom("chart_uses")
      .innerJoin("runs", "runs.rid", "chart_uses.rid")
      .select(["runs.id as run", "artifact", "bytes", "created", "producer"])
      .where("chart_uses.sid", "=", sid)
      .where("artifact", "=", artifact),
  );
}

function fileOf(context: ReadContext, sid: number, artifact: string): StoredFile | undefined {
  return context.db.get(
    query.selectFrom("artifacts").select(["bytes", "modified"]).where("sid", "=", sid).where("id", "=", artifact),
  );
}

/**
 * The run that wrote over a chart's file since this record was made, or `null`: not known. A later record of the same file tells it, when the
 * file's size or time no longer fits this one.
 */
export function replacedSince(
  record: ChartUse,
  file: StoredFile | undefined,
  uses: readonly ChartUse[],
): string | null {
  if (!file) return null;
  const later = uses
    .filter((use) => (use.producer === null || use.producer === use.run) && (use.created ?? 0) > (record.created ?? 0))
    .sort((a, b) => (a.created ?? 0) - (b.created ?? 0))
    .at(-1);
  if (!later || later.run === (record.producer ?? record.run)) return null;
  const laterWrite =
    record.created !== null && file.modified !== null && file.modified > record.created + writeTolerance;
  return hasOtherSize(record, file) || laterWrite ? later.run : null;
}

/** True when the file cannot be what was recorded, whoever wrote it. */
export function hasOtherSize(record: Pick<ChartUse, "bytes">, file: StoredFile | undefined): boolean {
  return typeof record.bytes === "number" && typeof file?.bytes === "number" && record.bytes !== file.bytes;
}
