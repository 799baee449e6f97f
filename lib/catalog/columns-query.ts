import { type SqlBool, sql } from "kysely";
import type { Column, Page } from "../domain/source.ts";
import type { ColumnsQuery } from "./contract.ts";
import { query } from "./database.ts";
import { freshnessOf, type KnownSource, ofExperiment, type ReadContext, readFilter } from "./read-context.ts";
import { runsConditions } from "./runs-query.ts";
import { restoreText } from "./stored-text.ts";

interface CountedColumn {
  sid: number;
  kind: string;
  id: string;
  name: string;
  process: string | null;
  step: string | null;
  present: number;
  distinct_values: number;
}

/** With a filter, the newest of the matching runs are counted. */
const mostRunsCounted = 1000;
const kindOrder = ["field", "param", "metric", "tag"];

/** The columns that runs have, those of several sources with the same kind, place and name told as one. */
export function readColumns(context: ReadContext, asked: ColumnsQuery): Page<Column> {
  const sources = context.sources(asked.sources);
  const narrowed = Boolean(asked.q?.trim()) || asked.scope.experiments !== null;
  const counted = sources.flatMap((source) =>
    narrowed
      ? countMatching(context, source, asked)
      : asked.experiment === undefined
        ? countAll(context, source)
        : countExperiment(context, source, asked.experiment),
  );
  const merged = new Map<string, Column>();
  for (const column of counted) {
    const key = JSON.stringify([column.kind, column.process, column.step, column.name]);
    const known = merged.get(key);
    if (!known) merged.set(key, describe(column));
    else {
      known.present += column.present;
      known.distinct = Math.max(known.distinct, column.distinct_values);
    }
  }
  const items = [...merged.values()].sort((a, b) => kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind));
  return {
    items,
    nextCursor: null,
    total: { value: items.length, exact: true },
    ...freshnessOf(asked.sources, sources),
  };
}

function describe({ kind, id, name, process, step, present, distinct_values: distinct }: CountedColumn): Column {
  const scope = [process, step]
    .filter((part) => part !== null)
    .map(restoreText)
    .join("/");
  return {
    id: kind === "field" ? restoreText(id) : `${kind}:${restoreText(id)}`,
    kind: kind as Column["kind"],
    name: restoreText(name),
    ...(scope && { scope }),
    present,
    distinct,
  };
}

const described = ["columns.sid", "kind", "columns.id", "columns.name", "process", "step"] as const;

function countAll(context: ReadContext, { sid }: KnownSource): CountedColumn[] {
  const columns = query.selectFrom("columns").select(described).select(["present", "distinct_values"]);
  return context.db.all(columns.where("sid", "=", sid).where("present", ">", 0).orderBy("cid"));
}

function countExperiment(context: ReadContext, source: KnownSource, experiment: string): CountedColumn[] {
  const ids = context.db.all(
    query
      .selectFrom("runs")
      .select("experiment")
      .distinct()
      .where("sid", "=", source.sid)
      .where(sql<SqlBool>`${sql.join(ofExperiment("experiment", source.sid, experiment))}`),
  );
  const [only] = ids;
  if (!only) return [];
  const others = context.db.get(
    query
      .selectFrom("runs")
      .select("rid")
      .where("sid", "=", source.sid)
      .where("experiment", "<>", only.experiment)
      .limit(1),
  );
  if (!others) return countAll(context, source);
  return context.db.all(
    query
      .selectFrom("column_counts")
      .innerJoin("columns", "columns.cid", "column_counts.cid")
      .select(described)
      .select(["column_counts.present", "column_counts.distinct_values"])
      .where("columns.sid", "=", source.sid)
      .where("column_counts.experiment", "=", only.experiment)
      .orderBy("columns.cid"),
  );
}

function countMatching(context: ReadContext, source: KnownSource, asked: ColumnsQuery): CountedColumn[] {
  const filter = readFilter(asked.q, "runs");
  const conditions = runsConditions(context, source.sid, "runs.rid", asked, filter);
  const matching = query
    .selectFrom("runs")
    .select("rid")
    .where("sid", "=", source.sid)
    .where(sql<SqlBool>`${sql.join([sql`1`, ...conditions], sql` and `)}`)
    .orderBy("started", "desc")
    .limit(mostRunsCounted);
  return context.db.all(
    query
      .selectFrom("run_values")
      .innerJoin("columns", "columns.cid", "run_values.cid")
      .select(described)
      .select(({ fn }) => [fn.countAll<number>().as("present"), fn.count<number>("v").distinct().as("distinct_values")])
      .where("run_values.rid", "in", query.selectFrom(matching.as("matching")).select("rid"))
      .groupBy("run_values.cid")
      .orderBy("run_values.cid"),
  );
}
