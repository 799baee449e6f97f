import type { EntryState } from "../entry.ts";
import type { RunStatus } from "../run.ts";

/** Lists that take a filter. */
export type FilterList = "runs" | "entries" | "artifacts";

/**
 * How a field's values compare: `text` as text, `value` as a number where it spells one and else as text (params, metrics, tags),
 * `moment` as a time, `elapsed` as seconds (`7d`, `36h`, `90s`), `size` as bytes (`1MiB`), `number` as a number.
 */
export type FieldType = "text" | "value" | "moment" | "elapsed" | "size" | "number";

interface FieldRule {
  type: FieldType;
  lists: readonly FilterList[];
}

const everywhere: readonly FilterList[] = ["runs", "entries", "artifacts"];
const cached: readonly FilterList[] = ["runs", "entries"];

/** The fields of the filter language, by name; the lists say where each has a meaning. */
export const filterFields = {
  name: { type: "text", lists: everywhere },
  status: { type: "text", lists: cached },
  started: { type: "moment", lists: everywhere },
  ended: { type: "moment", lists: ["runs"] },
  age: { type: "elapsed", lists: everywhere },
  duration: { type: "elapsed", lists: cached },
  experiment: { type: "text", lists: everywhere },
  version: { type: "text", lists: cached },
  process: { type: "text", lists: everywhere },
  step: { type: "text", lists: everywhere },
  producer: { type: "text", lists: cached },
  saved: { type: "elapsed", lists: cached },
  reused: { type: "number", lists: ["runs"] },
  key: { type: "text", lists: ["entries"] },
  size: { type: "size", lists: ["entries", "artifacts"] },
  uses: { type: "number", lists: ["entries"] },
  state: { type: "text", lists: ["entries"] },
  unused: { type: "elapsed", lists: ["entries"] },
  value: { type: "number", lists: ["entries"] },
  pinned: { type: "text", lists: ["entries"] },
} as const satisfies Record<string, FieldRule>;

/** Fields that hold many named values: `params.alpha`, `metrics."val loss".min`, `tags.team`, `part.config`. */
export const keyedFields = {
  params: { type: "value", lists: ["runs"] },
  metrics: { type: "value", lists: ["runs"] },
  tags: { type: "value", lists: ["runs"] },
  part: { type: "text", lists: ["entries", "artifacts"] },
} as const satisfies Record<string, FieldRule>;

export type PlainFieldName = keyof typeof filterFields;
export type KeyedFieldName = keyof typeof keyedFields;

/** Which figure of a metric is meant; the latest unless said (`metrics.loss.min`). */
export type MetricStat = "last" | "min" | "max";

/** One field as written in a filter. */
export type FilterField = { name: PlainFieldName } | { name: KeyedFieldName; key: string; stat: MetricStat };

/** The rule of a field, or `undefined` when the word names none. */
export function ruleOf(name: string): FieldRule | undefined {
  if (Object.hasOwn(filterFields, name)) return filterFields[name as PlainFieldName];
  if (Object.hasOwn(keyedFields, name)) return keyedFields[name as KeyedFieldName];
  return undefined;
}

/** The words of a run's status. Said again, since the list in the domain comes with the schemas, which the browser has no use for. */
export const statusWords: readonly RunStatus[] = [
  "queued",
  "running",
  "stalled",
  "completed",
  "failed",
  "cancelled",
  "unknown",
];
/** The words of an entry's state. */
export const stateWords: readonly EntryState[] = ["usable", "not-served", "broken", "expired", "orphan", "unknown"];

export const pinnedWords: readonly string[] = ["yes", "no"];

/** The only words that a field may equal; `null` where any text may stand, as in the status of an entry, which is the stored word. */
export function wordsOf(name: string, list: FilterList): readonly string[] | null {
  if (name === "status" && list === "runs") return statusWords;
  if (name === "pinned") return pinnedWords;
  return name === "state" ? stateWords : null;
}

/** What may be written in a list, for completion and for error messages; keyed fields end with a dot. */
export function fieldNames(list: FilterList): string[] {
  const named = (rules: Record<string, FieldRule>, end: string) =>
    Object.entries(rules).flatMap(([name, rule]) => (rule.lists.includes(list) ? [name + end] : []));
  return [...named(filterFields, ""), ...named(keyedFields, ".")];
}
