import type { BlobDriver, BlobStat } from "../../contracts/driver.ts";
import type { LayoutContext } from "../../contracts/layout.ts";
import { AppError } from "../../domain/errors.ts";
import type { Log } from "../../domain/run.ts";
import type { PlainValue } from "../../domain/values.ts";
import { startOfRunName } from "./names.ts";
import { type LogFacts, noLogFacts, noteLogRecord, parseLogLine } from "./parse-run-log.ts";
import { readLogRecords } from "./read-log-lines.ts";
import type { LogBook, ProjectPlaces, RunLog } from "./seams.ts";

const MB = 1024 * 1024;
/** A larger log is read at both ends only: the run is named at the top, failures stand at the bottom. */
const largestWhole = 16 * MB;
const headBytes = 2 * MB;
const tailBytes = 8 * MB;
const mostLogs = 20_000;
const mostLines = 10_000;
const mostPageBytes = 2 * MB;
const readAtOnce = 8;

/** How far a log was read. */
interface Reading {
  token: string;
  facts: LogFacts;
  /** Begin of the last record: it may have gone on since. */
  resumeAt: number;
}

/**
 * The text logs of runs, `logs/<project>_<yyyymmdd_hhmmss>.log`. A log that grew is read on from where it ended, and what was read is
 * remembered over restarts.
 */
export function openLogBook(places: ProjectPlaces, context: LayoutContext): LogBook {
  const readings = new Map<string, Reading>();
  const readingOf = (driver: BlobDriver, log: BlobStat) => readings.get(keyOf(driver, log)) ?? null;

  async function refresh(project: string): Promise<{ driver: BlobDriver; logs: BlobStat[] } | null> {
    const place = await places.of(project);
    if (!place.logs) return null;
    const { driver, folder } = place.logs;
    const logs = await listLogs(driver, folder === "" ? "logs" : `${folder}/logs`, project);
    const unread = logs.filter((log) => !readings.has(keyOf(driver, log)));
    const remembered = await context.memo.get(unread.map((log) => keyOf(driver, log)));
    for (const log of unread) {
      const item = remembered.get(keyOf(driver, log));
      const reading = item && recallReading(item.token, item.value);
      if (reading) readings.set(keyOf(driver, log), reading);
    }
    const changed = logs.filter((log) => readingOf(driver, log)?.token !== log.token);
    for (let at = 0; at < changed.length; at += readAtOnce) {
      const some = changed.slice(at, at + readAtOnce);
      const read = await Promise.all(some.map((log) => readOn(driver, log, readingOf(driver, log))));
      for (const [index, log] of some.entries()) readings.set(keyOf(driver, log), read[index] as Reading);
      await context.memo.set(
        some.map((log, index) => ({
          key: keyOf(driver, log),
          token: log.token,
          value: plainReading(read[index] as Reading),
        })),
      );
    }
    return { driver, logs };
  }

  return {
    async ofProject(project) {
      const found = await refresh(project);
      const byRun = new Map<string, RunLog>();
      for (const log of found?.logs ?? []) {
        const reading = found && readingOf(found.driver, log);
        if (reading?.facts.runName)
          byRun.set(reading.facts.runName, runLogOf(reading.facts.runName, log, reading.facts));
      }
      return byRun;
    },

    async read(runName, project, { offset, limit }) {
      const found = await refresh(project);
      const log = found?.logs.find((candidate) => readingOf(found.driver, candidate)?.facts.runName === runName);
      const reading = found && log && readingOf(found.driver, log);
      if (!found || !log || !reading)
        throw new AppError("not_found", "No log of this run was found.", {
          remedy: "Logs stand in the project's own folder on the machine that ran.",
        });
      return readPage(found.driver, log, reading.facts, offset, limit);
    },
  };
}

async function listLogs(driver: BlobDriver, folder: string, project: string): Promise<BlobStat[]> {
  const logs: BlobStat[] = [];
  let cursor: string | null = null;
  do {
    const page = await driver.list({ prefix: folder, cursor });
    logs.push(...page.items.filter(({ path }) => isRunLog(path.slice(folder.length + 1), project)));
    cursor = page.cursor;
  } while (cursor !== null && logs.length < mostLogs);
  return logs;
}

function keyOf(driver: BlobDriver, log: BlobStat): string {
  return `log:${driver.location}:${log.path}`;
}

function isRunLog(name: string, project: string): boolean {
  return name.startsWith(`${project}_`) && /^\d{8}_\d{6}\.log$/.test(name.slice(project.length + 1));
}

async function readOn(driver: BlobDriver, log: BlobStat, before: Reading | null): Promise<Reading> {
  const goesOn = before !== null && log.bytes >= before.resumeAt;
  const reading: Reading = {
    token: log.token,
    facts: goesOn ? structuredClone(before.facts) : noLogFacts(),
    resumeAt: goesOn ? before.resumeAt : 0,
  };
  const isLarge = log.bytes - reading.resumeAt > largestWhole;
  const spans = isLarge
    ? [
        [reading.resumeAt, reading.resumeAt + headBytes],
        [log.bytes - tailBytes, log.bytes],
      ]
    : [[reading.resumeAt, log.bytes]];
  for (const [from = 0, to = 0] of spans) {
    for await (const record of readLogRecords(driver, log.path, from, to)) {
      noteLogRecord(reading.facts, record.text);
      reading.resumeAt = record.offset;
    }
  }
  return reading;
}

function runLogOf(runName: string, log: BlobStat, facts: LogFacts): RunLog {
  const utc = (at: number | null) => (at === null || facts.clockOffset === null ? null : at + facts.clockOffset);
  const failed = facts.crashed || facts.errors.size > 0;
  return {
    runName,
    path: log.path,
    token: log.token,
    startedAt: startOfRunName(runName),
    endedAt: utc(facts.endedAt),
    lastLineAt: utc(facts.lastLineAt),
    // "Completed successfully" is said of failed runs too.
    outcome: failed ? "failed" : facts.endedAt === null ? "unknown" : "completed",
    fellBackToMemory: facts.fellBackToMemory,
    errors: facts.errors,
    neverCached: facts.neverCached,
  };
}

/** `offset` counts bytes, from the end when negative; `limit` counts lines, where a traceback belongs to its line. */
async function readPage(
  driver: BlobDriver,
  log: BlobStat,
  facts: LogFacts,
  offset: number,
  limit: number,
): Promise<Log> {
  const from = offset < 0 ? Math.max(0, log.bytes + offset) : offset;
  const lines: Log["lines"] = [];
  let nextOffset: number | null = null;
  let bytes = 0;
  for await (const record of readLogRecords(driver, log.path, from, log.bytes)) {
    if (lines.length >= Math.min(Math.max(1, limit), mostLines) || bytes > mostPageBytes) {
      nextOffset = record.offset;
      break;
    }
    lines.push(lineOf(record.text, facts.clockOffset));
    bytes += record.text.length;
  }
  return { lines, nextOffset, complete: nextOffset === null && facts.endedAt !== null };
}

function lineOf(text: string, clockOffset: number | null): Log["lines"][number] {
  const line = parseLogLine(text);
  if (!line) return { at: null, level: null, text };
  return {
    at: clockOffset === null ? null : new Date(line.at + clockOffset).toISOString(),
    level: line.level.toLowerCase(),
    text: line.text,
  };
}

function plainReading({ facts, resumeAt }: Reading): PlainValue {
  const errors = [...facts.errors].map(([process, { message, causedBy }]) => [process, message, causedBy]);
  return { ...facts, errors, neverCached: [...facts.neverCached], resumeAt, format: 1 };
}

function recallReading(token: string, value: PlainValue): Reading | null {
  const { format, resumeAt, errors, neverCached, ...facts } = value as Record<string, unknown>;
  if (format !== 1) return null;
  const failures = (errors as [string, string, string | null][]).map(
    ([process, message, causedBy]) => [process, { message, causedBy }] as const,
  );
  return {
    token,
    facts: {
      ...(facts as unknown as LogFacts),
      errors: new Map(failures),
      neverCached: new Set(neverCached as string[]),
    },
    resumeAt: resumeAt as number,
  };
}
