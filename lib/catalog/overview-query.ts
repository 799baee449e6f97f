import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Experiment, Page } from "../domain/source.ts";
import type { OverviewFigures, SourceProgress, StoredLocator, ViewerScope } from "./contract.ts";
import { query } from "./database.ts";
import { freshnessOf, isOneOf, isoOf, type KnownSource, type ReadContext, withinScope } from "./read-context.ts";
import type { ArtifactDoc, EntryDoc } from "./stored-docs.ts";
import { restoreText } from "./stored-text.ts";

/** How far the catalog is with a source that it may not know yet. */
export function readProgress(source: KnownSource | null): SourceProgress {
  if (!source) return { runs: 0, entries: 0, complete: false, asOf: null };
  return { runs: source.runs, entries: source.entries, complete: source.complete, asOf: source.asOf };
}

/** Experiments of a source by name; those that only runs speak of have their id for a name. */
export function readExperiments(
  context: ReadContext,
  asked: string,
  source: KnownSource | null,
  scope: ViewerScope,
): Page<Experiment> {
  const items = source ? listExperiments(context, source, scope) : [];
  const freshness = freshnessOf([asked], source ? [source] : []);
  return { items, nextCursor: null, total: { value: items.length, exact: true }, ...freshness };
}

function listExperiments(context: ReadContext, { sid }: KnownSource, scope: ViewerScope): Experiment[] {
  const counts = context.db.all(
    query
      .selectFrom("runs")
      .select(({ fn }) => [
        "experiment",
        fn.countAll<number>().as("runs"),
        fn.max("started").as("started"),
        fn.max("ended").as("ended"),
        fn.max("active").as("active"),
      ])
      .where("sid", "=", sid)
      .groupBy("experiment"),
  );
  const byId = new Map(counts.map((row) => [row.experiment, row]));
  const names = context.experimentNames(sid);
  for (const id of byId.keys()) if (!names.has(id)) names.set(id, id);
  const visible = [...names].filter(([id]) => scope.experiments === null || scope.experiments.includes(id));
  return visible
    .map(([id, name]) => {
      const row = byId.get(id);
      const times = [row?.started, row?.ended, row?.active].map(Number).filter((time) => time > 0);
      return {
        id,
        name: restoreText(name),
        runCount: row?.runs ?? 0,
        lastActivityAt: times.length > 0 ? isoOf(Math.max(...times)) : null,
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Figures over all sources asked for. */
export function readOverview(
  context: ReadContext,
  sources: readonly KnownSource[],
  scope: ViewerScope,
): OverviewFigures {
  const visible = [
    isOneOf(
      "sid",
      sources.map(({ sid }) => sid),
    ),
    ...withinScope("experiment", scope),
  ];
  const within = sql<SqlBool>`${sql.join(visible, sql` and `)}`;
  const runs = context.db.all(
    query
      .selectFrom("runs")
      .select(({ fn }) => [
        "status",
        fn.countAll<number>().as("n"),
        fn.sum<number>("saved").as("saved"),
        fn.sum<number>("spent").as("spent"),
      ])
      .where(within)
      .groupBy("status"),
  );
  const states = context.db.all(
    query
      .selectFrom("tallies")
      .select(({ fn }) => ["state", fn.sum<number>("entries").as("n")])
      .where(within)
      .where("entries", ">", 0)
      .groupBy("state"),
  );
  const { orphan = 0, ...entries } = Object.fromEntries(states.map(({ state, n }) => [state, n]));
  return {
    runs: Object.fromEntries(runs.map(({ status, n }) => [status, n])),
    entries,
    savedSeconds: runs.reduce((sum, { saved }) => sum + (saved ?? 0), 0),
    spentSeconds: runs.reduce((sum, { spent }) => sum + (spent ?? 0), 0),
    storedBytes:
      scope.experiments === null
        ? sources.reduce((sum, { artifactBytes }) => sum + artifactBytes, 0)
        : sumArtifacts(context, within),
    brokenEntries: entries.broken ?? 0,
    orphanPayloads: orphan,
  };
}

function sumArtifacts(context: ReadContext, within: RawBuilder<SqlBool>): number {
  return (
    context.db.get(
      query
        .selectFrom("artifacts")
        .select(({ fn }) => fn.sum<number | null>("bytes").as("bytes"))
        .where(within),
    )?.bytes ?? 0
  );
}

/** Where a run, an entry or an artifact stands in its store. */
export function readLocator(
  context: ReadContext,
  { sid }: KnownSource,
  of: "run" | "entry" | "artifact",
  id: string,
): StoredLocator | null {
  const found = findLocator(context, sid, of, id);
  if (!found) return null;
  const name = found.experiment === null ? undefined : context.experimentNames(sid).get(found.experiment);
  return {
    experimentId: found.experiment || null,
    experimentName: name === undefined ? null : restoreText(name),
    name: restoreText(found.name),
    locator: found.locator ?? restoreText(found.name),
  };
}

function findLocator(context: ReadContext, sid: number, of: "run" | "entry" | "artifact", id: string) {
  if (of === "run") {
    const row = context.db.get(
      query.selectFrom("runs").select(["experiment", "name"]).where("sid", "=", sid).where("id", "=", id),
    );
    return row && { ...row, locator: null };
  }
  if (of === "artifact") return findArtifact(context, sid, id);
  const row = context.db.get(
    query
      .selectFrom("entries")
      .leftJoin("entry_docs", "entry_docs.eid", "entries.eid")
      .select(["experiment", "key as name", "doc"])
      .where("sid", "=", sid)
      .where("id", "=", id),
  );
  // An orphan is listed among the entries, but what stands in the store is an artifact.
  if (row?.doc === null) return findArtifact(context, sid, id);
  return row && { experiment: row.experiment, name: row.name, locator: (JSON.parse(row.doc!) as EntryDoc).locator };
}

function findArtifact(context: ReadContext, sid: number, id: string) {
  const row = context.db.get(
    query.selectFrom("artifacts").select(["experiment", "name", "doc"]).where("sid", "=", sid).where("id", "=", id),
  );
  return row && { experiment: row.experiment, name: row.name, locator: (JSON.parse(row.doc) as ArtifactDoc).locator };
}
