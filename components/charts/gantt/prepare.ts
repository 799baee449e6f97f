import type { StepOrigin, StepUse } from "../../../lib/domain/run.ts";
import { type Axis, durationAxis } from "../frame/axes.ts";

/** A line of the chart: a process (`step` null) or one of its steps below it. Offsets are seconds since the chart's start. */
export interface GanttRow {
  key: string;
  process: string;
  step: string | null;
  origin: StepOrigin;
  mark: /** It ran in this run; `open` while it still runs. */
    | { kind: "bar"; from: number; to: number; open: boolean }
    /** It was reused: a moment, never a span, since its times are its producer's. `at` null: not recorded when. */
    | { kind: "tick"; at: number | null }
    | { kind: "none" };
  /** This run's own seconds; for a reused one its producer's. */
  seconds: number | null;
  startedAt: string | null;
  endedAt: string | null;
  producerRunId: string | null;
}
export interface GanttPicture {
  rows: GanttRow[];
  /** Epoch ms at offset 0; null when nothing of this run has a time. */
  start: number | null;
  /** Seconds that the chart spans. */
  span: number;
  axis: Axis;
}

interface Span {
  startedAt: string | null;
  endedAt: string | null;
}

/**
 * What this run itself did, over time.
 * @param order process names from first to last, where known; the others follow by their start.
 * @param now epoch ms, the end of what still runs.
 */
export function prepareGantt(
  run: Span & { steps: readonly StepUse[] },
  order: readonly string[],
  now: number,
  tickCount = 6,
): GanttPicture {
  const spans = run.steps.map((use) => ownSpan(use, now));
  const times = spans.flatMap((span) => (span ? [span.from, span.to] : []));
  const runStart = parse(run.startedAt);
  const runEnd = parse(run.endedAt);
  if (runStart !== null) times.push(runStart);
  if (runEnd !== null) times.push(runEnd);
  const start = times.length > 0 ? Math.min(...times) : null;
  const span = start === null ? 0 : Math.max((Math.max(...times) - start) / 1000, 0.001);

  const toRow = (use: StepUse, index: number): GanttRow => ({
    key: JSON.stringify([use.process, use.step, index]),
    process: use.process,
    step: use.step,
    origin: use.origin,
    mark: markOf(use, spans[index] ?? null, start, span),
    seconds: use.executionSeconds ?? use.producer?.executionSeconds ?? null,
    startedAt: use.startedAt,
    endedAt: use.endedAt,
    producerRunId: use.producer?.runId ?? null,
  });
  const rows = run.steps.map(toRow);
  const names = [...new Set(run.steps.map((use) => use.process))].sort(byOrder(rows, order));
  const sorted = names.flatMap((name) => {
    const own = rows.filter((row) => row.process === name);
    return [...own.filter((row) => row.step === null), ...own.filter((row) => row.step !== null).sort(byTime)];
  });
  return { rows: sorted, start, span, axis: durationAxis([0, span], tickCount) };
}

/** Epoch ms of what this run itself executed; null for everything else, whatever times its record copies from elsewhere. */
function ownSpan(use: StepUse, now: number): { from: number; to: number; open: boolean } | null {
  if (use.origin !== "executed" && use.origin !== "failed" && use.origin !== "running") return null;
  const from = parse(use.startedAt);
  if (from === null) return null;
  const recordedEnd = parse(use.endedAt) ?? (use.executionSeconds === null ? null : from + use.executionSeconds * 1000);
  const open = use.origin === "running";
  return { from, to: Math.max(from, open ? now : (recordedEnd ?? from)), open };
}

function markOf(use: StepUse, own: ReturnType<typeof ownSpan>, start: number | null, span: number): GanttRow["mark"] {
  if (own && start !== null)
    return { kind: "bar", from: (own.from - start) / 1000, to: (own.to - start) / 1000, open: own.open };
  if (use.origin !== "reused") return { kind: "none" };
  const at = parse(use.startedAt);
  const offset = at === null || start === null ? null : (at - start) / 1000;
  return { kind: "tick", at: offset !== null && offset >= 0 && offset <= span ? offset : null };
}

function byOrder(rows: readonly GanttRow[], order: readonly string[]) {
  const rank = new Map(order.map((name, i) => [name, i]));
  const first = (name: string) => Math.min(...rows.filter((row) => row.process === name).map(timeOf));
  return (a: string, b: string) => (rank.get(a) ?? Infinity) - (rank.get(b) ?? Infinity) || first(a) - first(b) || 0;
}
function byTime(a: GanttRow, b: GanttRow): number {
  return timeOf(a) - timeOf(b) || 0;
}
/** Reused ones first, then by start, and last what never ran. */
function timeOf({ mark }: GanttRow): number {
  if (mark.kind === "bar") return mark.from;
  return mark.kind === "tick" ? (mark.at ?? -1) : Number.MAX_VALUE;
}
function parse(time: string | null): number | null {
  const at = time === null ? Number.NaN : Date.parse(time);
  return Number.isNaN(at) ? null : at;
}
