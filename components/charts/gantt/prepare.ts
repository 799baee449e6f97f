import type { StepUse } from "../../../lib/domain/run.ts";
import { type Axis, durationAxis } from "../frame/axes.ts";
import { originMark } from "../frame/origin-mark.ts";

/** A line of the chart: a process (`step` null) or one of its steps below it. Offsets are seconds since the chart's start. */
export interface GanttRow {
  key: string;
  process: string;
  step: string | null;
  /** Name of its mark: the origin, or `stalled` or `queued` by the run's status. */
  fate: string;
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
 * @param now epoch ms, the end of what still runs; null when the run is no longer under way: then what says running was cut off, and
 * reaches as far as anything of the run is known.
 */
export function prepareGantt(
  run: Span & { steps: readonly StepUse[] },
  order: readonly string[],
  now: number | null,
  tickCount = 6,
): GanttPicture {
  const known = run.steps.map(ownSpan);
  const recorded = [parse(run.startedAt), parse(run.endedAt), ...known.flatMap((span) => [span?.from, span?.to])];
  const times = recorded.filter((time) => typeof time === "number");
  if (now !== null && known.some((span) => span?.open)) times.push(now);
  const latest = Math.max(...times);
  const spans = known.map((span) => (span?.open ? { ...span, to: latest } : span));
  const start = times.length > 0 ? Math.min(...times) : null;
  const span = start === null ? 0 : Math.max((latest - start) / 1000, 0.001);

  const toRow = (use: StepUse, index: number): GanttRow => ({
    key: JSON.stringify([use.process, use.step, index]),
    process: use.process,
    step: use.step,
    fate: originMark(use.origin, now !== null),
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
function ownSpan(use: StepUse): { from: number; to: number; open: boolean } | null {
  if (use.origin !== "executed" && use.origin !== "failed" && use.origin !== "running") return null;
  const from = parse(use.startedAt);
  if (from === null) return null;
  const end = parse(use.endedAt) ?? (use.executionSeconds === null ? from : from + use.executionSeconds * 1000);
  return { from, to: Math.max(from, end), open: use.origin === "running" };
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
