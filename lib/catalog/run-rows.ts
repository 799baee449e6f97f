import type { Run, RunStatus } from "../domain/run.ts";
import { columnsByNumber, findColumns, parseColumnId } from "./column-lookup.ts";
import { query } from "./database.ts";
import { figuresOf, type MetricFigures } from "./metric-heads.ts";
import { type MetricName, type PackedRun, type PackedRuns, packMetrics } from "./packed-runs.ts";
import type { SortedRow } from "./page.ts";
import { isOneOf, isoOf, type KnownSource, type ReadContext } from "./read-context.ts";
import type { RunDoc } from "./stored-docs.ts";
import { restoreText } from "./stored-text.ts";

const rowsQuery = query
  .selectFrom("runs")
  .innerJoin("run_docs", "run_docs.rid", "runs.rid")
  .select([
    "runs.rid",
    "sid",
    "id",
    "experiment",
    "name",
    "status",
    "started",
    "ended",
    "duration",
    "hits",
    "misses",
    "processes",
    "saved",
  ])
  .select(["params", "tags", "metrics", "shapes", "doc"]);
type Row = Awaited<ReturnType<typeof rowsQuery.execute>>[number];

/** The runs of these rows, in their order, with the values that the columns ask for (all when none are named). */
export function readRunRows(
  context: ReadContext,
  sources: readonly KnownSource[],
  sorted: readonly Pick<SortedRow, "row">[],
  columns: readonly string[] | undefined,
): Pick<PackedRuns, "heads" | "rows"> {
  const found = context.db.all(
    rowsQuery.where(
      isOneOf(
        "runs.rid",
        sorted.map(({ row }) => row),
      ),
    ),
  );
  const byNumber = new Map(found.map((row) => [row.rid, row]));
  const wanted = columns ? wantedColumns(context, sources, columns) : null;
  const names = new Map(sources.map(({ sid }) => [sid, context.experimentNames(sid)]));
  const ids = new Map(sources.map(({ sid, id }) => [sid, id]));
  const figures = new Map(found.map((row) => [row.rid, figuresOf(row, wanted?.cids)]));
  const heads = new HeadBook(context, figures.values());
  const rows = sorted.flatMap(({ row: rid }) => {
    const row = byNumber.get(rid);
    if (!row) return [];
    const metrics = packMetrics(
      (figures.get(rid) ?? []).map((figure) => ({ ...figure, head: heads.placeOf(figure.cid) })),
    );
    const params = wanted ? onlyParams(row.params, wanted.params) : row.params;
    const experimentName = names.get(row.sid)?.get(row.experiment) ?? row.experiment;
    return [{ ...describeRun(row, ids.get(row.sid) ?? "", experimentName), params, tags: row.tags, ...metrics }];
  });
  return { heads: heads.names, rows };
}

function describeRun(
  row: Row,
  source: string,
  experimentName: string,
): Omit<PackedRun, "params" | "tags" | "metrics" | "blank"> {
  const doc = JSON.parse(row.doc) as RunDoc;
  return {
    id: row.id,
    source,
    name: restoreText(row.name),
    experimentId: row.experiment,
    experimentName: restoreText(experimentName),
    status: row.status as RunStatus,
    ...(doc.statusReason !== undefined && { statusReason: doc.statusReason }),
    startedAt: isoOf(row.started),
    endedAt: isoOf(row.ended),
    durationSeconds: row.duration,
    paramsOrigin: doc.paramsOrigin,
    cache: cacheOf(row),
    warnings: doc.warnings,
  };
}

function cacheOf({ hits, misses, processes, saved }: Row): Run["cache"] {
  return hits === null || misses === null || processes === null
    ? null
    : { hits, misses, total: processes, savedSeconds: saved ?? 0 };
}

/** Names of metrics, each told once a page. */
class HeadBook {
  readonly names: MetricName[] = [];
  readonly #places = new Map<number, number>();

  constructor(context: ReadContext, figures: Iterable<MetricFigures[]>) {
    const cids = new Set<number>();
    for (const heads of figures) for (const { cid } of heads) cids.add(cid);
    for (const [cid, { id, name, process, step }] of columnsByNumber(context, cids)) {
      this.#places.set(cid, this.names.push({ id, name, process, step }) - 1);
    }
  }

  placeOf(cid: number): number {
    return this.#places.get(cid) ?? 0;
  }
}

function wantedColumns(context: ReadContext, sources: readonly KnownSource[], columns: readonly string[]) {
  const sids = sources.map(({ sid }) => sid);
  const cids = new Set<number>();
  const params = new Set<string>();
  for (const column of columns) {
    const asked = parseColumnId(column);
    if (asked?.kind === "metric") for (const { cid } of findColumns(context, sids, column)) cids.add(cid);
    if (asked?.kind === "param") params.add(asked.id);
  }
  return { cids, params };
}

function onlyParams(json: string | null, wanted: ReadonlySet<string>): string | null {
  if (json === null) return null;
  const params = Object.entries(JSON.parse(json) as object).filter(([name]) => wanted.has(name));
  return JSON.stringify(Object.fromEntries(params));
}
