import type { metricIdOf } from "../../contracts/ids.ts";
import type { MetricFact, SeriesFact, StepUseFact } from "../../domain/facts.ts";
import type { MetricKind } from "../../domain/run.ts";
import type { PlainValue } from "../../domain/values.ts";
import { displayProcess } from "./names.ts";
import type { RunRecords } from "./run-records.ts";

/** Metrics that may serve as another's x-axis, at most: a run with hundreds logged together must not name each in each. */
const mostOtherAxes = 16;
/** Longest text or table kept at a metric's head. */
const longestSnapshot = 16 * 1024;

export interface RunMetrics {
  heads: MetricFact[];
  series: Omit<SeriesFact, "runId">[];
}

/** Metrics of a run. Those of a reused process or step are copies: `producerRunId` says whose. */
export function readMetrics(
  records: RunRecords,
  uses: readonly StepUseFact[],
  idOfMetric: typeof metricIdOf,
  sourceId: string,
): RunMetrics {
  const producers = new Map(uses.map((use) => [JSON.stringify([use.process, use.step]), use.producer?.runId ?? null]));
  const heads: MetricFact[] = [];
  const series: RunMetrics["series"] = [];
  for (const group of records.metrics) {
    const process = displayProcess(group.process);
    const producerOf = (step: string | null) => producers.get(JSON.stringify([process, step])) ?? null;
    const producerRunId = producerOf(group.step) ?? producerOf(null);
    const bySteps = new Map<string, string[]>();
    const begin = heads.length;
    for (const [name, value] of group.values) {
      const id = idOfMetric(sourceId, process, group.step, name);
      const place = { id, name, process, step: group.step, producerRunId };
      if ("snapshot" in value) {
        heads.push({ ...place, ...readSnapshot(value.snapshot) });
        continue;
      }
      const { steps, values } = value.points;
      heads.push({
        ...place,
        kind: steps.length > 1 ? "series" : "scalar",
        xAxes: ["step"],
        ...summarise(steps, values),
      });
      if (steps.length < 2) continue;
      series.push({ metricId: id, steps, values, times: null });
      const key = Buffer.from(steps.buffer).toString("latin1");
      bySteps.set(key, [...(bySteps.get(key) ?? []), id]);
    }
    addAxes(heads.slice(begin), [...bySteps.values()]);
  }
  return { heads, series };
}

/** Metrics logged at the very same steps may serve each other as x-axis. There is no time: the tool stores none for points. */
function addAxes(heads: readonly MetricFact[], groups: readonly string[][]): void {
  const groupOf = new Map(groups.flatMap((ids) => ids.map((id) => [id, ids.slice(0, mostOtherAxes + 1)] as const)));
  for (const head of heads) {
    const others = groupOf.get(head.id)?.filter((id) => id !== head.id) ?? [];
    head.xAxes.push(...others.slice(0, mostOtherAxes));
  }
}

function summarise(steps: Float64Array, values: Float64Array) {
  let min: number | null = null;
  let max: number | null = null;
  let nonFinite = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) nonFinite++;
    else {
      if (min === null || value < min) min = value;
      if (max === null || value > max) max = value;
    }
  }
  return {
    count: values.length,
    firstStep: steps[0] ?? null,
    lastStep: steps.at(-1) ?? null,
    last: values.at(-1) ?? null,
    min,
    max,
    nonFinite,
  };
}

/** What is no number replaces the value as a whole: text, a list or a dict. */
function readSnapshot(value: PlainValue) {
  const none = { xAxes: [], count: 0, firstStep: null, lastStep: null, last: null, min: null, max: null, nonFinite: 0 };
  if (typeof value === "number" || typeof value === "bigint") {
    const one = summarise(new Float64Array(0), Float64Array.of(Number(value)));
    return { ...one, kind: "scalar" as MetricKind, xAxes: [], firstStep: null, lastStep: null };
  }
  const kind: MetricKind = typeof value === "object" && value !== null ? "table" : "text";
  return { ...none, kind, value: bound(value) };
}

function bound(value: PlainValue): PlainValue {
  if (typeof value === "string") return value.length > longestSnapshot ? `${value.slice(0, longestSnapshot)}…` : value;
  if (typeof value !== "object" || value === null) return value;
  const text = JSON.stringify(value, (_, item) =>
    typeof item === "bigint" || (typeof item === "number" && !Number.isFinite(item)) ? String(item) : item,
  );
  return text.length > longestSnapshot ? `${text.slice(0, longestSnapshot)}…` : value;
}
