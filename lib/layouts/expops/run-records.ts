import type { Millis } from "../../domain/values.ts";
import {
  type ChartItem,
  type Decoded,
  decodeCharts,
  decodeMetrics,
  decodeStatus,
  decodeStep,
  decodeTimes,
  type MetricValue,
  type StepRecord,
} from "./decode.ts";
import { type ParsedKey, resplit } from "./keys.ts";
import { displayProcess, splitProbePath } from "./names.ts";

/** One stored row of a run. */
export interface RunRow {
  parsed: ParsedKey;
  text: string;
  /** Of a metrics row that was decoded as it came, so that its text (which may be long) need not be kept: `text` is then empty. */
  metrics?: Decoded<ReadonlyMap<string, MetricValue>>;
  /** When the row was written last, where the store tells. */
  changedAt: Millis | null;
}

export interface UseRecord {
  /** As stored. */
  process: string;
  step: string | null;
  record: StepRecord;
  problem: string | null;
}

/** All records of one run, decoded. Names are as stored. */
export interface RunRecords {
  project: string;
  name: string;
  /** The stored word; `null` when there is no such row. */
  status: string | null;
  startedAt: Millis | null;
  endedAt: Millis | null;
  uses: UseRecord[];
  charts: { process: string; items: ChartItem[] }[];
  metrics: { process: string; step: string | null; values: ReadonlyMap<string, MetricValue> }[];
  changedAt: Millis | null;
  /** What could not be read whole, as sentences. */
  problems: string[];
}

const mostProblems = 20;

/** A stored status after which the tool writes nothing more of a run. */
export function isEndedWord(status: string | null): boolean {
  return status === "completed" || status === "failed";
}

export function collectRun(project: string, name: string, rows: readonly RunRow[]): RunRecords {
  const records: RunRecords = {
    project,
    name,
    status: null,
    startedAt: null,
    endedAt: null,
    uses: [],
    charts: [],
    metrics: [],
    changedAt: null,
    problems: [],
  };
  const note = (what: string, problem: string | null) => {
    if (problem !== null && records.problems.length < mostProblems)
      records.problems.push(`The record of ${what} is damaged: ${problem}.`);
  };
  const metricRows: { path: string; metrics: Decoded<ReadonlyMap<string, MetricValue>> }[] = [];
  for (const { parsed, text, metrics, changedAt } of rows) {
    if (changedAt !== null) records.changedAt = Math.max(records.changedAt ?? changedAt, changedAt);
    if (parsed.kind === "status") {
      records.status = decodeStatus(text);
    } else if (parsed.kind === "timestamps") {
      const { value, problem } = decodeTimes(text);
      records.startedAt = value.start;
      records.endedAt = value.end;
      note("the run's times", problem);
    } else if (parsed.kind === "use") {
      const { value: record, problem } = decodeStep(text);
      const names = resplit(parsed, record);
      records.uses.push({ ...names, record, problem });
      note(
        names.step === null ? displayProcess(names.process) : `${displayProcess(names.process)} / ${names.step}`,
        problem,
      );
    } else if (parsed.kind === "charts") {
      const { value: items, problem } = decodeCharts(text);
      records.charts.push({ process: parsed.process, items });
      note(`the charts of ${displayProcess(parsed.process)}`, problem);
    } else if (parsed.kind === "metrics") {
      metricRows.push({ path: parsed.probePath, metrics: metrics ?? decodeMetrics(text) });
    }
  }
  const processes = new Set(records.uses.filter((use) => use.step === null).map((use) => use.process));
  for (const { path, metrics } of metricRows) {
    const { value: values, problem } = metrics;
    records.metrics.push({ ...splitProbePath(path, processes), values });
    note(`the metrics of ${path}`, problem);
  }
  return records;
}
