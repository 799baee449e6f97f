import type { Millis } from "../../domain/values.ts";
import { decodeProbePath, splitProbePath, startOfRunName } from "./names.ts";

/** What a log says of its run, gathered line by line. Facts: docs/layouts/expops.md, "What the store does not hold". */
export interface LogFacts {
  /** `null`: no run is named (the environment could not be made, or the log is just beginning). */
  runName: string | null;
  /** Milliseconds to add to the log's own clock, which is the local time of the machine that ran. */
  clockOffset: number | null;
  /** In the log's own clock. */
  endedAt: Millis | null;
  lastLineAt: Millis | null;
  /** The tool itself gave up. */
  crashed: boolean;
  fellBackToMemory: boolean;
  errors: Map<string, { message: string; causedBy: string | null }>;
  neverCached: Set<string>;
}

export interface LogLine {
  /** In the log's own clock, read as if it were UTC. */
  at: Millis;
  level: string;
  text: string;
}

const stampedLine =
  /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d),(\d{3}) - (.*?) - (DEBUG|INFO|WARNING|ERROR|CRITICAL) - (.*)$/s;
const joinLine = /^Executing project '.*' with run_id: (.+)$/;
/** Said at once when it happens, and again when the run ends. */
const failureLines = [
  /^Process '(.+?)' failed \(propagating to downstream\): (.*)$/s,
  /^Process ((?!').+?) failed: (.*)$/s,
];
const dependencyLine = /^Dependency (.+?) failed: (.*)$/s;
const unwrittenLine =
  /Failed to cache manifest stable_process__.*: \[Errno \d+\] File name too long: .*\/(p_[A-Za-z0-9_-]+)\/steps\//s;

const longestMessage = 4_000;
const mostErrors = 1_000;
const quarterHour = 15 * 60_000;

/** A line with its time and level; `null`: it goes on with the line before (a traceback), or is what a program printed. */
export function parseLogLine(line: string): LogLine | null {
  const match = stampedLine.exec(line);
  if (!match) return null;
  const [year, month, day, hour, minute, second, millisecond] = match.slice(1, 8).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [logger = "", level = "", message = ""] = match.slice(8);
  const at = Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
  return { at, level, text: logger === "root" ? message : `${logger}: ${message}` };
}

export function noLogFacts(): LogFacts {
  return {
    runName: null,
    clockOffset: null,
    endedAt: null,
    lastLineAt: null,
    crashed: false,
    fellBackToMemory: false,
    errors: new Map(),
    neverCached: new Set(),
  };
}

/** Takes one record of a log in: a stamped line with the lines that go on with it. */
export function noteLogRecord(facts: LogFacts, record: string): void {
  const line = parseLogLine(record);
  if (!line) return;
  facts.lastLineAt = line.at;
  const message = line.text.replace(/^[\w.]+: /, "");
  if (message.includes("falling back to in-memory")) facts.fellBackToMemory = true;
  const unwritten = unwrittenLine.exec(message)?.[1];
  const place = unwritten === undefined ? null : decodeProbePath(unwritten);
  if (place !== null) facts.neverCached.add(splitProbePath(place).process);
  if (message.startsWith("Process ")) noteFailure(facts, message);
  else if (message.startsWith("Executing project ")) noteJoin(facts, message, line.at);
  else if (message.startsWith("Run ID: ")) facts.endedAt = line.at;
  else if (message.startsWith("Error running pipeline: ")) {
    facts.endedAt = line.at;
    facts.crashed = true;
  }
}

function noteJoin(facts: LogFacts, message: string, at: Millis): void {
  const runName = joinLine.exec(message)?.[1];
  if (runName === undefined || facts.runName !== null) return;
  facts.runName = runName;
  const startedAt = startOfRunName(runName);
  // The run's name tells the same second in UTC; clocks are set off by whole quarters of an hour.
  facts.clockOffset = startedAt === null ? null : Math.round((startedAt - at) / quarterHour) * quarterHour;
}

function noteFailure(facts: LogFacts, message: string): void {
  const [, process, said] = failureLines.map((form) => form.exec(message)).find(Boolean) ?? [];
  if (process === undefined || said === undefined || facts.errors.size >= mostErrors) return;
  let cause: string | null = null;
  let text = said;
  // Each process downstream repeats the whole chain: the last link is the one that raised.
  for (let link = dependencyLine.exec(text); link; link = dependencyLine.exec(text)) {
    cause = link[1] as string;
    text = link[2] as string;
  }
  facts.errors.set(process, { message: text.slice(0, longestMessage), causedBy: cause });
}
