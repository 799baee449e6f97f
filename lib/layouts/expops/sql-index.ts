import type { SqlDriver } from "../../contracts/driver.ts";
import { parseRowLocator, rowLocator } from "../../contracts/row-locator.ts";
import { AppError } from "../../domain/errors.ts";
import type { Fact } from "../../domain/facts.ts";
import { decodeStatus } from "./decode.ts";
import type { EntryRow } from "./entries.ts";
import { type IndexEntries, locatorOf } from "./index-reader.ts";
import { entryKey, parseKey, runNameOf } from "./keys.ts";
import { entryIdOf } from "./paths.ts";
import { type LayoutParts, openDesk, type ProjectDesk } from "./project-desk.ts";
import { isEndedWord, type RunRow } from "./run-records.ts";
import { listKeys, listRunRows, listRunsCalledRunning, readValues, toRunRows, type ValueRow } from "./sql-rows.ts";

/** A run as its keys alone tell it. */
export interface RunKeys {
  count: number;
  /** Newest change of a row, seconds. */
  changedAt: number;
  ended: boolean;
}

/** What the last scan saw: the watch compares with it. */
export interface SqlSeen {
  runs: Map<string, RunKeys>;
  entryIds: Set<string>;
  /** Rows that are neither. */
  others: number;
}

/** Rows that what was seen explains. */
export function rowsSeen({ runs, entryIds, others }: SqlSeen): number {
  let rows = entryIds.size + others;
  for (const { count } of runs.values()) rows += count;
  return rows;
}

export interface SqlIndex {
  driver: SqlDriver;
  project: string;
  scope: string | null;
  parts: LayoutParts;
  /** Seconds to live that the config asks for. */
  configuredTtl: number | null;
  /** `null` until a scan is through. */
  seen: SqlSeen | null;
}

/** Names of all runs with the state of their rows, from the keys alone. */
export async function sweepRunKeys(driver: SqlDriver): Promise<Map<string, RunKeys>> {
  const runs = new Map<string, RunKeys>();
  for (const head of ["runs", "metric"] as const) {
    for await (const page of listKeys(driver, head)) {
      for (const { key, at, status } of page) {
        const name = runNameOf(key);
        if (name === null) continue;
        const run = runs.get(name) ?? { count: 0, changedAt: 0, ended: false };
        run.count++;
        run.changedAt = Math.max(run.changedAt, at);
        if (status !== null) run.ended = isEndedWord(decodeStatus(status));
        runs.set(name, run);
      }
    }
  }
  return runs;
}

/** Every row changes `updated_at` when it is written, and a row that was removed changes the count. */
export function tokenOfRunKeys({ count, changedAt }: Pick<RunKeys, "count" | "changedAt">): string {
  return `${count}.${changedAt}`;
}

/** Reads a run's rows and puts them together; no facts when none is there any more. */
export async function assembleStoredRun(
  index: SqlIndex,
  desk: ProjectDesk,
  name: string,
  pages: AsyncIterable<ValueRow[]> | Iterable<ValueRow[]> = listRunRows(index.driver, name),
): Promise<{ facts: Fact[]; keys: RunKeys }> {
  const rows: RunRow[] = [];
  const keys: RunKeys = { count: 0, changedAt: 0, ended: false };
  for await (const page of pages) {
    for (const { key, text, at } of page) {
      keys.count++;
      keys.changedAt = Math.max(keys.changedAt, at);
      if (key.endsWith(":status")) keys.ended = isEndedWord(decodeStatus(text));
    }
    rows.push(...toRunRows(page));
  }
  return { keys, facts: keys.count > 0 ? await desk.assemble(name, rows, tokenOfRunKeys(keys)) : [] };
}

/** The entries of the table, one by one. While a run is at work none may go: the tool has the file open and may be about to read it. */
export function sqlEntries(index: SqlIndex): IndexEntries {
  const { driver, project, scope, parts } = index;
  return {
    driver,
    scope,
    placeOf: (key) => rowLocator({ table: "kv", key: { key } }),
    keyAt(place) {
      const { table, key } = parseRowLocator(place);
      return table === "kv" && typeof key.key === "string" ? key.key : null;
    },
    identify(key) {
      const parsed = parseKey(key, "sqlite");
      if (parsed?.kind !== "entry") return null;
      return { project, id: entryIdOf(parts.sourceId, project, parsed.process, parsed.step, parsed.hashes) };
    },
    async read(keys) {
      const rows = toEntryRows(index, await readValues(driver, keys));
      return new Map(rows.map((row) => [row.key, row]));
    },
    note(id, isThere) {
      if (isThere) index.seen?.entryIds.add(id);
      else index.seen?.entryIds.delete(id);
    },
    async objection(context) {
      const desk = await openDesk(project, parts, context);
      for (const name of await listRunsCalledRunning(driver)) {
        const [first] = (await assembleStoredRun(index, desk, name)).facts;
        if (first?.kind === "run" && first.run.status === "running") return runAtWork(name);
      }
      return null;
    },
    givesLife: false,
    rowOf({ process, step, hashes, text, at }) {
      const key = entryKey(process, step, hashes, "sqlite");
      return { key, place: key, text, content: { row: { key, value: text, updated_at: at / 1000 } }, expiresAt: null };
    },
  };
}

function runAtWork(name: string): AppError {
  return new AppError("conflict", `The run ${name} is at work in this store.`, {
    remedy: "Wait until it has ended. If it was killed, it counts as ended when nothing was written for 15 minutes.",
  });
}

/** SQLite never drops an entry by itself, whatever time to live the config names. */
export function toEntryRows(index: SqlIndex, rows: readonly ValueRow[]): (EntryRow & { locator: string })[] {
  return rows.flatMap(({ key, text }) => {
    const parsed = parseKey(key, "sqlite");
    if (parsed?.kind !== "entry") return [];
    return [
      { key, parsed, text, expiresAt: null, ignoredTtl: index.configuredTtl, locator: locatorOf(index.scope, key) },
    ];
  });
}
