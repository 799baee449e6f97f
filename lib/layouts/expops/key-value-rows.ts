import type { KeyValue, KeyValueDriver, StoredKey } from "../../contracts/driver.ts";
import { type ParsedKey, parseKey, redisPrefix } from "./keys.ts";
import type { RunRow } from "./run-records.ts";

/** Values read in one question; a question's answer is held in memory. */
const keysAtOnce = 500;
/** What is beyond is cut off, but for what was logged. */
export const longestRecord = 256 * 1024;
const longestMetrics = 32 * 1024 * 1024;
/** What was logged may be long: of that so many are asked for together. */
const metricsAtOnce = 4;

export interface ReadValue {
  key: string;
  text: string;
  expiresAt: number | null;
}

/** Values of keys as text, in any order, each cut at `most` bytes; what is gone or of another type than text is left out. */
export async function readTexts(
  driver: KeyValueDriver,
  keys: readonly string[],
  most = Number.POSITIVE_INFINITY,
): Promise<ReadValue[]> {
  const found: ReadValue[] = [];
  const large = keys.filter(isMetrics);
  const small = keys.filter((key) => !isMetrics(key));
  const parts = [
    ...inParts(small, keysAtOnce).map((some) => ({ some, longest: longestRecord })),
    ...inParts(large, metricsAtOnce).map((some) => ({ some, longest: longestMetrics })),
  ];
  for (const { some, longest } of parts) {
    const values = await driver.read(some, { maxBytes: Math.min(longest, most) });
    for (const [index, key] of some.entries()) {
      const value = values[index] ?? null;
      const text = textOf(value);
      if (text !== null) found.push({ key, text, expiresAt: value?.expiresAt ?? null });
    }
  }
  return found;
}

/** Pages of all keys of the tool, or of those that begin alike, as text; keys that are no text are not its. */
export async function* scanKeys(driver: KeyValueDriver, prefix = redisPrefix): AsyncGenerator<string[]> {
  for (let cursor: string | null = null, more = true; more; ) {
    const page: { keys: StoredKey[]; cursor: string | null } = await driver.scan({ prefix, cursor });
    yield page.keys.flatMap(({ text }) => text ?? []);
    cursor = page.cursor;
    more = cursor !== null;
  }
}

/** Rows of a run by their bare keys. Counters are a hash and say nothing that the processes do not say better. */
export function toRunRows(values: readonly ReadValue[], project: string): RunRow[] {
  const start = redisPrefix.length + project.length + 1;
  return values.flatMap(({ key, text }) => {
    const parsed: ParsedKey | null = parseKey(key.slice(start), "redis");
    return parsed ? [{ parsed, text, changedAt: null }] : [];
  });
}

/** Does a key hold what a run logged? */
export function isMetrics(key: string): boolean {
  return key.includes(":metric:");
}

function inParts(keys: readonly string[], atOnce: number): string[][] {
  const parts: string[][] = [];
  for (let begin = 0; begin < keys.length; begin += atOnce) parts.push(keys.slice(begin, begin + atOnce));
  return parts;
}

function textOf(value: KeyValue | null): string | null {
  return value?.type === "string" ? Buffer.from(value.bytes).toString("utf8") : null;
}
