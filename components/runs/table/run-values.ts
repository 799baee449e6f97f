import type { Column } from "../../../lib/domain/source.ts";
import type { ReadRun } from "../../../lib/queries/revive.ts";

export type Stat = "last" | "min" | "max";
export const stats: readonly Stat[] = ["last", "min", "max"];

/** Key of a run over all sources. */
export function runKey(run: Pick<ReadRun, "source" | "id">): string {
  return `${run.source}/${run.id}`;
}

/** Reads such a key back; anything else is no run. */
export function readKey(key: string): { source: string; id: string } | null {
  const [source, id, ...more] = key.split("/");
  return source && id && more.length === 0 ? { source, id } : null;
}

/** Columns every run has. Their ids are what `sort` takes, where they can be sorted by. */
export const runFields = [
  { id: "name", title: "Name", sort: "name" },
  { id: "status", title: "Status", sort: "status" },
  { id: "experiment", title: "Experiment", sort: "experiment" },
  { id: "source", title: "Source", sort: null },
  { id: "started", title: "Started", sort: "started" },
  { id: "ended", title: "Ended", sort: "ended" },
  { id: "duration", title: "Duration", sort: "duration" },
  { id: "cache", title: "Reused", sort: "hits" },
  { id: "saved", title: "Time saved", sort: "saved" },
] as const;
export type RunFieldId = (typeof runFields)[number]["id"];

/** Which figure of a metric a column id means: `<id>~min`; the last one unless said. */
export function readStat(columnId: string): { id: string; stat: Stat } {
  const found = /^(.*)~(last|min|max)$/s.exec(columnId);
  return found ? { id: found[1] ?? "", stat: found[2] as Stat } : { id: columnId, stat: "last" };
}
export function writeStat(id: string, stat: Stat): string {
  return stat === "last" ? id : `${id}~${stat}`;
}

/** What a run has in a column of params, metrics or tags; `null` where it has nothing. */
export function valueIn(run: ReadRun, column: Column, stat: Stat): unknown {
  switch (column.kind) {
    case "param":
      return run.params?.[column.name] ?? null;
    case "tag":
      return run.tags[column.name] ?? null;
    case "metric":
      return run.metrics.find((metric) => isMetricOf(metric, column))?.[stat] ?? null;
    case "field":
      return null;
  }
}

function isMetricOf(metric: ReadRun["metrics"][number], column: Column): boolean {
  if (`metric:${metric.id}` === column.id) return true;
  return metric.name === column.name && scopeOf(metric) === (column.scope ?? "");
}

/** Where a metric hangs, as columns name it. */
function scopeOf({ process, step }: { process: string | null; step: string | null }): string {
  return [process, step].filter((part) => part !== null).join("/");
}

const mostUsual = 6;

/** The columns to show first: what every run has, then the metrics and the params that most runs have and that differ. */
export function usualColumns(columns: readonly Column[], sources: number): string[] {
  const field = (name: string) => columns.find((column) => column.kind === "field" && column.name === name);
  const fields: RunFieldId[] = ["name", "status"];
  if (sources > 1) fields.push("source");
  if (sources > 1 || (field("experiment")?.distinct ?? 0) > 1) fields.push("experiment");
  fields.push("started", "duration");
  if ((field("hits")?.present ?? 0) > 0) fields.push("cache");
  const best = (kind: Column["kind"]) =>
    columns
      .filter((column) => column.kind === kind && column.present > 0)
      .sort((one, other) => Number(other.distinct > 1) - Number(one.distinct > 1) || other.present - one.present)
      .slice(0, mostUsual)
      .map(({ id }) => id);
  return [...fields, ...best("metric"), ...best("param")];
}

/** The usual columns after the counts have changed: those held stay where they are, what has become usual comes after them while there is room. */
export function growUsual(held: readonly string[], usual: readonly string[]): readonly string[] {
  const ofKind = (ids: readonly string[], kind: string) => ids.filter((id) => id.startsWith(`${kind}:`));
  const lacking = usual.filter((id) => !held.includes(id));
  const room = (kind: string) => ofKind(lacking, kind).slice(0, Math.max(0, mostUsual - ofKind(held, kind).length));
  const added = lacking.filter((id) => !/^(metric|param):/.test(id));
  const grown = [...added, ...room("metric"), ...room("param")];
  return grown.length === 0 ? held : [...held, ...grown];
}

/** The shown columns with new ones right after the last that is pinned, where they are seen without scrolling. */
export function addColumns(shown: readonly string[], added: readonly string[], pinned: ReadonlySet<string>): string[] {
  return [...shown.filter((id) => pinned.has(id)), ...added, ...shown.filter((id) => !pinned.has(id))];
}
