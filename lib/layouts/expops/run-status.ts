import type { StepUseFact } from "../../domain/facts.ts";
import type { RunStatus } from "../../domain/run.ts";
import type { Millis } from "../../domain/values.ts";
import { displayProcess } from "./names.ts";
import type { RunRecords } from "./run-records.ts";
import type { RunLog } from "./seams.ts";

const minute = 60_000;
const shortestStall = 15 * minute;
const mentionAfter = 5 * minute;
/** Where rows have no times: so long a run is watched before its silence counts, unless it is old by its own records. */
const shortestWatch = minute;
const oldAnyway = 24 * 60 * minute;

/**
 * A killed run stays `running` for ever in the store, so its silence is judged: no row and no log line for 15 minutes and for three times the
 * longest recorded duration of the processes at work. Facts: docs/layouts/expops.md, "When what is written".
 */
export function judgeStatus(
  records: RunRecords,
  facts: {
    log: RunLog | null;
    lastActivityAt: Millis | null;
    /** Since when the run was watched without a change; `null`: its rows tell when they were written. */
    unchangedSince: Millis | null;
    longest: ReadonlyMap<string, number>;
    now: Millis;
  },
): { status: RunStatus; statusReason?: string } {
  const { log } = facts;
  if (records.status === "completed" || records.status === "failed") return { status: records.status };
  if (records.status !== null && records.status !== "running")
    return { status: "unknown", statusReason: `stored as "${records.status}"` };
  if (records.status === null && !log) return { status: "unknown", statusReason: "no status is stored" };
  if (records.status === null && log && log.outcome !== "unknown")
    return { status: log.outcome, statusReason: "according to its log" };
  if (log?.endedAt != null && log.outcome !== "unknown") {
    return { status: log.outcome, statusReason: "according to its log; the store still says running" };
  }
  if (facts.lastActivityAt === null) return { status: "running" };
  const atWork = records.uses
    .filter((use) => use.step === null && use.record.status === "running")
    .map((use) => displayProcess(use.process));
  const usual = Math.max(0, ...atWork.map((process) => facts.longest.get(process) ?? 0)) * 1000;
  const quiet = facts.now - facts.lastActivityAt;
  const isWatched =
    facts.unchangedSince === null || quiet > oldAnyway || facts.now - facts.unchangedSince >= shortestWatch;
  if (quiet > Math.max(shortestStall, 3 * usual) && isWatched) {
    const since = new Date(facts.lastActivityAt).toISOString().slice(0, 16).replace("T", " ");
    return { status: "stalled", statusReason: `nothing was written since ${since} UTC; the run was probably killed` };
  }
  if (quiet < mentionAfter) return { status: "running" };
  const compared = usual > 0 ? `, usually takes ${spell(usual)}` : "";
  return { status: "running", statusReason: `quiet for ${spell(quiet)}${compared}` };
}

/** Newest sign of life: a row written, a log line, or (Redis tells no row times) a time that the run itself recorded. */
export function lastActivityOf(
  records: RunRecords,
  uses: readonly StepUseFact[],
  log: RunLog | null,
  startedAt: Millis | null,
): Millis | null {
  const times = [
    records.changedAt,
    records.endedAt,
    log?.lastLineAt,
    startedAt,
    ...uses.flatMap((use) => [use.startedAt, use.endedAt]),
  ];
  const known = times.filter((time) => time != null);
  return known.length > 0 ? known.reduce((a, b) => Math.max(a, b)) : null;
}

function spell(millis: number): string {
  const minutes = millis / minute;
  if (minutes < 1) return `${Math.max(1, Math.round(millis / 1000))} s`;
  if (minutes < 120) return `${Math.round(minutes)} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 60 / 24)} days`;
}
