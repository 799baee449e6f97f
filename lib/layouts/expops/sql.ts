import type { SqlDriver } from "../../contracts/driver.ts";
import type { LayoutContext } from "../../contracts/layout.ts";
import type { Fact } from "../../domain/facts.ts";
import type { PlainValue } from "../../domain/values.ts";
import { readConfiguredTtl } from "./configured-ttl.ts";
import type { EntryRow } from "./entries.ts";
import { readEntryFacts } from "./entry-facts.ts";
import { FactBatch } from "./fact-batches.ts";
import {
  type IndexReader,
  longestRawRecord,
  mostRawRecords,
  rawRecords,
  rawValue,
  readLocator,
} from "./index-reader.ts";
import { runIdOf } from "./paths.ts";
import { type LayoutParts, openDesk, type ProjectDesk } from "./project-desk.ts";
import {
  assembleStoredRun,
  type RunKeys,
  rowsSeen,
  type SqlIndex,
  type SqlSeen,
  sqlEntries,
  sweepRunKeys,
  toEntryRows,
  tokenOfRunKeys,
} from "./sql-index.ts";
import {
  countRows,
  hasKvTable,
  listValues,
  readRunHeads,
  readRunRecords,
  readSmallRuns,
  readValues,
  toRunRows,
} from "./sql-rows.ts";
import { watchSql } from "./sql-watch.ts";

/** The newest runs come first of all, then entries, then the older runs. */
const runsBeforeEntries = 300;
const runsLookedUp = 500;
/** Runs that are read together. */
const runsAtOnce = 25;

/** The index of one project in SQLite. */
export function openSqlIndex(
  driver: SqlDriver,
  project: string,
  scope: string | null,
  parts: LayoutParts,
): IndexReader {
  const index: SqlIndex = { driver, project, scope, parts, configuredTtl: null, seen: null };
  let unread = 0;

  async function* scan(context: LayoutContext, signal: AbortSignal): AsyncGenerator<Fact[]> {
    const desk = await openDesk(project, parts, context);
    yield [desk.experiment];
    index.configuredTtl = await readConfiguredTtl(desk.place);
    // A file that a first run has only just made.
    if (!(await hasKvTable(driver))) {
      index.seen = { runs: new Map(), entryIds: new Set(), others: 0 };
      return;
    }
    const seen: SqlSeen = { runs: await sweepRunKeys(driver), entryIds: new Set(), others: 0 };
    const newestFirst = [...seen.runs].sort(([, a], [, b]) => b.changedAt - a.changedAt);
    yield* scanRuns(index, desk, newestFirst.slice(0, runsBeforeEntries), context, signal);
    unread = 0;
    for await (const rows of listEntryRows(index, signal)) {
      const found = await readEntryFacts({ project, place: desk.place, rows, depth: "quick" }, parts.payloads, context);
      for (const id of found.ids) seen.entryIds.add(id);
      unread += found.unread;
      yield found.facts;
    }
    yield* scanRuns(index, desk, newestFirst.slice(runsBeforeEntries), context, signal);
    if (signal.aborted) return;
    seen.others = (await countRows(driver)).total - rowsSeen(seen);
    index.seen = seen;
  }

  return {
    scan,
    async *completeEntries(context, signal) {
      if (unread === 0) return;
      const place = await parts.places.of(project);
      for await (const rows of listEntryRows(index, signal)) {
        const found = await readEntryFacts({ project, place, rows, depth: "complete" }, parts.payloads, context);
        if (found.facts.length > 0) yield found.facts;
      }
    },
    watch: (context, signal) => watchSql(index, context, signal),
    sweepSeconds: () => (driver.watch ? null : 5),
    projects: () => [project],
    holdsRun: (askedProject, runName) => {
      if (askedProject !== project) return false;
      return index.seen ? index.seen.runs.has(runName) : null;
    },
    async readRows(askedProject, runName) {
      const rows = askedProject === project ? toRunRows(await readRunRecords(driver, runName)) : [];
      return rows.length > 0 ? rows : null;
    },
    async readRawRun(askedProject, runName) {
      if (askedProject !== project) return null;
      const rows = await readRunHeads(driver, runName, { rows: mostRawRecords, bytes: longestRawRecord });
      return rows.length > 0 ? rawRecords(rows) : null;
    },
    async readRawEntry(locator): Promise<PlainValue | undefined> {
      const place = readLocator(locator);
      if (place?.scope !== scope) return undefined;
      const [row] = await readValues(driver, [place.key]);
      return row && rawValue(row.text);
    },
    entries: sqlEntries(index),
  };
}

/** Runs in the order given; those that the catalog holds unchanged are only told to be there. */
async function* scanRuns(
  index: SqlIndex,
  desk: ProjectDesk,
  runs: readonly (readonly [string, RunKeys])[],
  context: LayoutContext,
  signal: AbortSignal,
): AsyncGenerator<Fact[]> {
  const batch = new FactBatch();
  for (let begin = 0; begin < runs.length && !signal.aborted; begin += runsLookedUp) {
    const some = runs.slice(begin, begin + runsLookedUp);
    const ids = some.map(([name]) => runIdOf(context.sourceId, index.project, name));
    const known = await context.known("run", ids);
    const changed: string[] = [];
    for (const [at, [name, keys]] of some.entries()) {
      const id = ids[at] as string;
      if (desk.isUnchanged(known.get(id), name, tokenOfRunKeys(keys), keys.ended)) {
        yield* batch.add([{ kind: "seen", of: "run", id }]);
      } else changed.push(name);
    }
    for (let at = 0; at < changed.length && !signal.aborted; at += runsAtOnce) {
      const names = changed.slice(at, at + runsAtOnce);
      const small = await readSmallRuns(index.driver, names);
      for (const name of names) {
        if (signal.aborted) return;
        const rows = small.get(name);
        yield* batch.add((await assembleStoredRun(index, desk, name, rows && [rows])).facts);
      }
    }
    yield* batch.take();
  }
}

/** Entry rows of processes, then of steps. */
async function* listEntryRows(
  index: SqlIndex,
  signal: AbortSignal,
): AsyncGenerator<(EntryRow & { locator: string })[]> {
  for (const head of ["process", "steps"]) {
    for await (const page of listValues(index.driver, head)) {
      if (signal.aborted) return;
      yield toEntryRows(index, page);
    }
  }
}
