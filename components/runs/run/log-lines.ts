import type { Log } from "../../../lib/domain/run.ts";
import { splitCopy } from "./copy-name.ts";

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

/** Indices of the lines that tell a failure, in order; of a process only those that name it. */
export function failingLines(lines: readonly LogLine[], process: string | null): number[] {
  const names = process === null ? null : namesOf(process);
  return lines.flatMap((line, index) => {
    const level = levelOf(line);
    const fails = level === "error" || level === "critical" || /^Traceback \(most recent call last\)/m.test(line.text);
    return fails && (names?.every((name) => name.test(line.text)) ?? true) ? [index] : [];
  });
}

/**
 * What a line must hold to name a process: its name, and not as a part of a longer one. A tool may spell a copy in its own way
 * (`train[seed=41]`, `*[@seed='41']/process[@name='train']`), so its parts are looked for by themselves.
 */
function namesOf(process: string): RegExp[] {
  const { base, copy } = splitCopy(process);
  const parts = copy?.split(",").map((part) => part.split("=").map(escapePattern).join("\\W{1,3}")) ?? [];
  return [escapePattern(base ?? process), ...parts].map((word) => new RegExp(`(?<![\\w-])${word}(?![\\w-])`));
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
