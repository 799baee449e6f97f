import type { Log } from "../../../lib/domain/run.ts";

export type LogLine = Log["lines"][number];

/** From the least to the most serious; a line without a level goes with the one before it. */
export const logLevels = ["debug", "info", "warning", "error", "critical"] as const;
export type LogLevel = (typeof logLevels)[number];

const aliases: Record<string, LogLevel> = {
  warn: "warning",
  err: "error",
  fatal: "critical",
  trace: "debug",
  notice: "info",
};

export function levelOf(line: LogLine): LogLevel | null {
  const word = line.level?.toLowerCase() ?? "";
  return (logLevels as readonly string[]).includes(word) ? (word as LogLevel) : (aliases[word] ?? null);
}

/** Index of the line that an address names (lines count from 1 there); null when it names none. */
export function readLineNumber(said: string | null): number | null {
  const number = Number(said ?? Number.NaN);
  return Number.isSafeInteger(number) && number >= 1 ? number - 1 : null;
}

/** Indices of the lines at or above a level; all of them for null. */
export function linesFrom(lines: readonly LogLine[], least: LogLevel | null): number[] {
  if (least === null) return lines.map((_, index) => index);
  const floor = logLevels.indexOf(least);
  const kept: number[] = [];
  let passes = false;
  lines.forEach((line, index) => {
    const level = levelOf(line);
    if (level !== null) passes = logLevels.indexOf(level) >= floor;
    if (passes) kept.push(index);
  });
  return kept;
}

/** Indices of the lines that tell a failure, in order; those that name `process` only, where any does. */
export function failingLines(lines: readonly LogLine[], process: string | null): number[] {
  const failing = lines.flatMap((line, index) => {
    const level = levelOf(line);
    return level === "error" || level === "critical" || /^Traceback \(most recent call last\)/m.test(line.text)
      ? [index]
      : [];
  });
  const named = process === null ? [] : failing.filter((index) => lines[index]?.text.includes(process));
  return named.length > 0 ? named : failing;
}
