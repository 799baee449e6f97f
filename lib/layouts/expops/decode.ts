import { z } from "zod";
import { parseTolerantJson } from "../../codecs/json.ts";
import type { Millis, PlainValue } from "../../domain/values.ts";

/**
 * Stored records as our own shapes. The only place that knows the tool's field names. Nothing here throws: what is missing or of another
 * type is `null`, and a record that cannot be read whole keeps what could be, with its `problem`. Facts: docs/layouts/expops.md, "Records".
 */

const text = z
  .string()
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);
const number = z
  .union([z.number(), z.bigint().transform(Number), z.null(), z.undefined()])
  .catch(null)
  .transform((value) => value ?? null);

const storedRecord = z.object({
  status: text,
  run_id: text,
  cached_run_id: text,
  started_at: number,
  ended_at: number,
  execution_time: number,
  cached_started_at: number,
  cached_execution_time: number,
  cache_path: text,
  process_name: text,
  step_name: text,
});

/** A process or a step: in a run, or as an entry. Times of a hit are the producer's. */
export interface StepRecord {
  /** The stored word: `running`, `completed`, `failed`, `cached`; `null` when it cannot be read. */
  status: string | null;
  runName: string | null;
  /** On hits: the run that made the result (0.1.25 and later). */
  producerName: string | null;
  startedAt: Millis | null;
  endedAt: Millis | null;
  /** Seconds as stored: always 0 for steps, and 0 for a process that never ran. */
  executionSeconds: number | null;
  producerStartedAt: Millis | null;
  producerSeconds: number | null;
  /** Where the result stands, as recorded. */
  resultPath: string | null;
  process: string | null;
  step: string | null;
}

export interface Decoded<Value> {
  value: Value;
  /** Why the record could not be read whole. */
  problem: string | null;
}

export function decodeStep(json: string): Decoded<StepRecord> {
  const { value, problem } = readObject(json);
  const record = storedRecord.parse(value);
  return {
    problem,
    value: {
      status: record.status,
      runName: record.run_id,
      producerName: record.cached_run_id,
      startedAt: millis(record.started_at),
      endedAt: millis(record.ended_at),
      executionSeconds: record.execution_time,
      producerStartedAt: millis(record.cached_started_at),
      producerSeconds: record.cached_execution_time,
      resultPath: record.cache_path === "" ? null : record.cache_path,
      process: record.process_name,
      step: record.step_name,
    },
  };
}

/** A run's status: a JSON string in SQLite, the bare word in Redis. */
export function decodeStatus(stored: string): string {
  const { value, problem } = parseTolerantJson(stored);
  return problem === null && typeof value === "string" ? value : stored.slice(0, 100);
}

const storedTimes = z.object({ start: number, end: number });

export function decodeTimes(json: string): Decoded<{ start: Millis | null; end: Millis | null }> {
  const { value, problem } = readObject(json);
  const { start, end } = storedTimes.parse(value);
  return { value: { start: millis(start), end: millis(end) }, problem };
}

export interface ChartItem {
  title: string;
  /** As recorded: absolute, or a `gs://` address. */
  path: string;
  mediaType: string | null;
  bytes: number | null;
  createdAt: Millis | null;
}

const storedChart = z.object({
  title: text,
  object_path: text,
  cache_path: text,
  mime_type: text,
  size_bytes: number,
  created_at: number,
});

/** The files of one chart process; items without a path are left out. */
export function decodeCharts(json: string): Decoded<ChartItem[]> {
  const { value, problem } = readObject(json);
  const items = Array.isArray(value.items) ? value.items : [];
  const charts = items.filter(isObject).flatMap((item) => {
    const chart = storedChart.parse(item);
    const path = chart.object_path ?? chart.cache_path;
    if (!path) return [];
    const { title, mime_type: mediaType, size_bytes: bytes, created_at: createdAt } = chart;
    return [
      { title: title ?? path.slice(path.lastIndexOf("/") + 1), path, mediaType, bytes, createdAt: millis(createdAt) },
    ];
  });
  return { value: charts, problem };
}

/** What was logged under a name: numbers over steps, or the latest of anything else. */
export type MetricValue = { points: Points } | { snapshot: PlainValue };

/** Metrics of one probe path by name, in the order written. Numbers take a tenth of the room that their text took. */
export function decodeMetrics(json: string): Decoded<ReadonlyMap<string, MetricValue>> {
  const { value, problem } = readObject(json);
  return { value: readMetricValues(value), problem };
}

export function readMetricValues(stored: Readonly<Record<string, PlainValue>>): ReadonlyMap<string, MetricValue> {
  const metrics = new Map<string, MetricValue>();
  for (const name of Object.keys(stored)) {
    const value = stored[name] ?? null;
    const points = readPoints(value);
    metrics.set(name, points ? { points } : { snapshot: value });
  }
  return metrics;
}

export interface Points {
  /** Rising. */
  steps: Float64Array;
  values: Float64Array;
}

/** What is logged as a number becomes `{"<step>": number}`; a dict of numbers whose keys are whole numbers cannot be told from that. */
export function readPoints(value: PlainValue): Points | null {
  if (!isObject(value)) return null;
  const keys = Object.keys(value);
  if (keys.length === 0) return null;
  const steps = new Float64Array(keys.length);
  const values = new Float64Array(keys.length);
  let isSorted = true;
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] as string;
    const y = value[key];
    if (!isStep(key) || (typeof y !== "number" && typeof y !== "bigint")) return null;
    steps[at] = Number(key);
    values[at] = Number(y);
    if (at > 0 && (steps[at] as number) < (steps[at - 1] as number)) isSorted = false;
  }
  return isSorted ? { steps, values } : sortPoints(steps, values);
}

function isStep(key: string): boolean {
  const first = key.charCodeAt(0) === 0x2d ? 1 : 0;
  if (key.length === first) return false;
  for (let at = first; at < key.length; at++) {
    const code = key.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}

function sortPoints(steps: Float64Array, values: Float64Array): Points {
  const order = Uint32Array.from(steps.keys()).sort((a, b) => (steps[a] as number) - (steps[b] as number));
  return {
    steps: Float64Array.from(order, (at) => steps[at] as number),
    values: Float64Array.from(order, (at) => values[at] as number),
  };
}

/** What a message of the old event channel is about; `null` when it cannot be read. Facts: docs/layouts/expops.md, "Live". */
export function decodeEvent(json: string): { runName: string | null } | null {
  const { value, problem } = readObject(json);
  return problem === null && typeof value.type === "string"
    ? { runName: typeof value.run_id === "string" ? value.run_id : null }
    : null;
}

function readObject(json: string): Decoded<Record<string, PlainValue>> {
  const { value, problem } = parseTolerantJson(json);
  const message = problem && `${problem.message} at position ${problem.position}`;
  return isObject(value) ? { value, problem: message } : { value: {}, problem: message ?? "it is no JSON object" };
}

function isObject(value: PlainValue): value is Record<string, PlainValue> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The tool writes Unix seconds as floating-point numbers; what is no time is not recorded. */
function millis(seconds: number | null): Millis | null {
  return seconds !== null && Number.isFinite(seconds) && Math.abs(seconds) < 8.64e12 ? seconds * 1000 : null;
}
