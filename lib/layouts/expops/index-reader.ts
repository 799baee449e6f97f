import { parseTolerantJson } from "../../codecs/json.ts";
import type { NewContent } from "../../contracts/changes.ts";
import type { Driver } from "../../contracts/driver.ts";
import type { LayoutContext } from "../../contracts/layout.ts";
import type { AppError } from "../../domain/errors.ts";
import type { Fact } from "../../domain/facts.ts";
import type { Millis, PlainValue } from "../../domain/values.ts";
import type { LocatedRow } from "./entry-facts.ts";
import type { KeyHashes } from "./keys.ts";
import type { RunRow } from "./run-records.ts";
import type { Look } from "./wanted-runs.ts";

/** One index (a SQLite file, a Redis database), read. What the kinds of engines have in common. */
export interface IndexReader {
  /** All experiments, runs and entries; references of results as far as they are remembered. */
  scan(context: LayoutContext, signal: AbortSignal): AsyncIterable<Fact[]>;
  /** Entries again whose results had not been read, now with what these refer to. Nothing when none was missing. */
  completeEntries(context: LayoutContext, signal: AbortSignal): AsyncIterable<Fact[]>;
  /** Changes from now on. An empty batch says that nothing changed. */
  watch(context: LayoutContext, signal: AbortSignal): AsyncIterable<Fact[]>;
  /** Seconds until a change is seen that the watch misses; `null`: it misses none. */
  sweepSeconds(): number | null;
  /** Seconds from one scan to the next at least; absent: reading costs nothing. */
  restSeconds?(): number;
  /** Projects and runs of the last scan. */
  projects(): Iterable<string>;
  /** `null`: nothing was scanned yet. */
  holdsRun(project: string, runName: string): boolean | null;
  /** A log tells of a run that this index did not show: the watch looks for it. */
  expectRun?(project: string, runName: string): void;
  /** Someone looks at a run: where it is not read as a whole, that is done before other runs. */
  lookAt?(project: string, runName: string, look: Look): void;
  /** One line each of what waits, and for what. */
  hints?(): string[];
  /** What a run did, without what it logged; `null` when this index does not know it. */
  readRows(project: string, runName: string): Promise<RunRow[] | null>;
  /** Stored rows by key, as they are; `null` when this index holds none of it. */
  readRawRun(project: string, runName: string): Promise<Record<string, PlainValue> | null>;
  /** `undefined`: the locator is not of this index, or the row is gone. */
  readRawEntry(locator: string): Promise<PlainValue | undefined>;
  /** Its entries one by one, for changing them. */
  readonly entries: IndexEntries;
}

/** Entries of one index by key; the key is that of `locatorOf`. */
export interface IndexEntries {
  readonly driver: Driver;
  readonly scope: string | null;
  /** How the driver names what stands at a key. */
  placeOf(key: string): string;
  /** The key at a place; `null`: it is no entry's. */
  keyAt(place: string): string | null;
  /** Project and id of an entry, as its key alone tells them; `null`: no key of an entry. */
  identify(key: string): { project: string; id: string } | null;
  /** The rows as they are stored now, by key. */
  read(keys: readonly string[]): Promise<Map<string, LocatedRow>>;
  /** What the watch is to take as known from now on. */
  note(id: string, isThere: boolean): void;
  /** Why nothing may be set aside now; `null`: it may. Absent: it always may. */
  objection?(context: LayoutContext): Promise<AppError | null>;
  /** An entry as the tool writes it beside the run's record of the same work. */
  rowOf(work: RecordedWork): NewEntryRow;
  /** Whether the tool gives an entry an end here. */
  readonly givesLife: boolean;
}

/** A process or step that a run recorded as completed; names as stored. */
export interface RecordedWork {
  project: string;
  process: string;
  step: string | null;
  hashes: KeyHashes;
  /** The run's record of it. */
  text: string;
  /** When it is written, and when it is to end; `null`: never. */
  at: Millis;
  endsAt: Millis | null;
}

export interface NewEntryRow {
  /** As stored, whole. */
  key: string;
  /** The key of `locatorOf`. */
  place: string;
  text: string;
  content: NewContent;
  /** When the store itself is to drop it. */
  expiresAt: Millis | null;
}

/** Longest stored record that is shown as it is. */
export const longestRawRecord = 64 * 1024;
/** Records shown of one run, at most, and their characters in all: many share them evenly. */
export const mostRawRecords = 500;
const mostRawText = 256 * 1024;
const fewestRawText = 1024;

/** Where an entry stands: the scope of its index slot and its key. */
export function locatorOf(scope: string | null, key: string): string {
  return JSON.stringify([scope, key]);
}

export function readLocator(locator: string): { scope: string | null; key: string } | null {
  try {
    const [scope, key] = JSON.parse(locator) as unknown[];
    return typeof key === "string" && (scope === null || typeof scope === "string") ? { scope, key } : null;
  } catch {
    return null;
  }
}

/** A record's text as a value: JSON where it is, else the text; what is too long is cut. */
export function rawValue(text: string, longest = longestRawRecord): PlainValue {
  if (text.length > longest) return `${text.slice(0, longest)}…`;
  const { value, problem } = parseTolerantJson(text);
  return problem === null ? value : text;
}

/** Records of a run by key. */
export function rawRecords(rows: readonly { key: string; text: string }[]): Record<string, PlainValue> {
  const shown = rows.slice(0, mostRawRecords).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const longest = Math.min(longestRawRecord, Math.max(fewestRawText, Math.floor(mostRawText / shown.length)));
  return Object.fromEntries(shown.map(({ key, text }) => [key, rawValue(text, longest)]));
}
