import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { LedgerGrouping, LedgerItem, LedgerTotals } from "../domain/ledger.ts";
import type { Page } from "../domain/source.ts";
import type { LedgerQuery } from "./contract.ts";
import { query } from "./database.ts";
import { ageOfDay, dayOf, isoDayOf, undatedDay } from "./ledger-days.ts";
import { pageOfGroups, readLedgerSort } from "./ledger-page.ts";
import { readRunsOfLedger } from "./ledger-runs.ts";
import { freshnessOf, isOneOf, type KnownSource, ofExperiment, type ReadContext, withinScope } from "./read-context.ts";
import { restoreNullable, restoreText } from "./stored-text.ts";
import type { LedgerFigures, LedgerRow } from "./writer-ledger-rows.ts";

/** What a grouping is read from: the writer's rows, and the columns that tell its groups apart. */
const readings: Record<Exclude<LedgerGrouping, "run">, { by: LedgerRow["by"]; columns: readonly GroupColumn[] }> = {
  process: { by: "process", columns: ["sid", "experiment", "name"] },
  step: { by: "step", columns: ["sid", "experiment", "name", "step"] },
  project: { by: "process", columns: ["sid", "experiment"] },
  day: { by: "process", columns: ["day"] },
  version: { by: "version", columns: ["name"] },
  age: { by: "made", columns: ["name"] },
  kind: { by: "kind", columns: ["name"] },
};
type GroupColumn = "sid" | "experiment" | "name" | "step" | "day";

interface GroupRow extends LedgerFigures {
  sid?: number;
  experiment?: string;
  name?: string | number | null;
  step?: string | null;
  day?: number;
}

/** What lookups saved and spent and what is stored, by one thing; whole UTC days from `from` until `to`. Totals are of all groups. */
export function readLedger(context: ReadContext, asked: LedgerQuery): Page<LedgerItem> & { totals: LedgerTotals } {
  const sources = context.sources(asked.sources);
  const totals = totalsOf(readGroups(context, sources, asked, { by: "process", columns: [] }));
  const found =
    asked.by === "run" ? readRunsOfLedger(context, sources, asked) : pageGroups(context, sources, asked, asked.by);
  return { ...found, totals, ...freshnessOf(asked.sources, sources) };
}

function pageGroups(
  context: ReadContext,
  sources: KnownSource[],
  asked: LedgerQuery,
  by: Exclude<LedgerGrouping, "run">,
) {
  const rows = readGroups(context, sources, asked, readings[by]);
  const names = new Map(sources.map(({ sid }) => [sid, context.experimentNames(sid)]));
  const items = rows.map((row) => ({ ...describeGroup(row, by, sources, names, context.now()), ...figuresOf(row) }));
  return pageOfGroups(by === "age" ? mergeAges(items) : items, asked, readLedgerSort(asked.sort, by));
}

function readGroups(
  context: ReadContext,
  sources: readonly KnownSource[],
  asked: LedgerQuery,
  { by, columns }: { by: LedgerRow["by"]; columns: readonly GroupColumn[] },
): GroupRow[] {
  const figures = (["hits", "misses", "unpriced", "saved", "spent", "bytes"] as const).map((name) =>
    sql<number>`total(${sql.ref(name)})`.as(name),
  );
  const sids = sources.map(({ sid }) => sid);
  let rows = query.selectFrom("ledger").select(figures).where(isOneOf("sid", sids)).where("by", "=", by);
  for (const condition of daysWithin(asked)) rows = rows.where(condition);
  for (const condition of withinScope("experiment", asked.scope)) rows = rows.where(condition);
  if (asked.experiment !== undefined)
    rows = rows.where(
      sql<SqlBool>`(${sql.join(
        sids.flatMap((sid) => ofExperiment("experiment", sid, asked.experiment)),
        sql` or `,
      )})`,
    );
  const grouped = columns.length === 0 ? rows : rows.select(columns).groupBy(columns);
  return context.db.all(grouped) as GroupRow[];
}

function daysWithin({ from, to }: Pick<LedgerQuery, "from" | "to">): RawBuilder<SqlBool>[] {
  const dated = from === undefined && to === undefined ? [] : [sql<SqlBool>`day > ${undatedDay}`];
  return [
    ...dated,
    ...(from === undefined ? [] : [sql<SqlBool>`day >= ${dayOf(from)}`]),
    ...(to === undefined ? [] : [sql<SqlBool>`day < ${dayOf(to)}`]),
  ];
}

type Described = Omit<LedgerItem, keyof LedgerTotals>;

function describeGroup(
  row: GroupRow,
  by: Exclude<LedgerGrouping, "run">,
  sources: readonly KnownSource[],
  names: ReadonlyMap<number, Map<string, string>>,
  now: number,
): Described {
  const { sid, experiment } = row;
  const source = sources.find((known) => known.sid === sid)?.id ?? null;
  const stored = experiment === undefined ? undefined : (names.get(sid ?? -1)?.get(experiment) ?? experiment);
  const experimentName = stored === undefined ? null : restoreText(stored);
  const name = typeof row.name === "string" ? restoreText(row.name) : null;
  const step = restoreNullable(row.step ?? null);
  const place = by === "process" || by === "step" ? { process: name, step } : { process: null, step: null };
  const group = (): string | null => {
    switch (by) {
      case "day":
        return isoDayOf(row.day ?? undatedDay);
      case "age":
        return ageOfDay(row.name === null ? null : Number(row.name), now);
      case "project":
        return experimentName;
      case "step":
        return `${name ?? ""} ▸ ${step}`;
      default:
        return name;
    }
  };
  return {
    group: group(),
    source,
    experimentId: experiment ?? null,
    experimentName,
    ...place,
    runId: null,
    startedAt: null,
  };
}

function figuresOf({ hits, misses, unpriced, saved, spent, bytes }: LedgerFigures): LedgerTotals {
  return { hits, misses, unpriced, savedSeconds: saved, spentSeconds: spent, bytes };
}

function totalsOf([row]: GroupRow[]): LedgerTotals {
  return figuresOf(row ?? { hits: 0, misses: 0, unpriced: 0, saved: 0, spent: 0, bytes: 0 });
}

/** Days of making fall into a few ages. */
function mergeAges(items: readonly LedgerItem[]): LedgerItem[] {
  const ages = Map.groupBy(items, ({ group }) => group);
  const figures = ["hits", "misses", "unpriced", "savedSeconds", "spentSeconds", "bytes"] as const;
  return [...ages.values()].map((some) => {
    const merged = { ...some[0]! };
    for (const name of figures) merged[name] = some.reduce((sum, item) => sum + item[name], 0);
    return merged;
  });
}
