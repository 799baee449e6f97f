import type { KeyValueDriver } from "../../contracts/driver.ts";
import type { LayoutContext } from "../../contracts/layout.ts";
import type { Fact } from "../../domain/facts.ts";
import { FactBatch } from "./fact-batches.ts";
import {
  type IndexReader,
  longestRawRecord,
  mostRawRecords,
  rawRecords,
  rawValue,
  readLocator,
} from "./index-reader.ts";
import { type KeyValueIndex, keyValueEntries, tellEntries } from "./key-value-index.ts";
import { isMetrics, readTexts, scanKeys, toRunRows } from "./key-value-rows.ts";
import { ProjectRuns } from "./key-value-runs.ts";
import { watchKeyValue } from "./key-value-watch.ts";
import { parseRedisKey, redisPrefix } from "./keys.ts";
import { type LayoutParts, openDesk, type ProjectDesk } from "./project-desk.ts";
import { tellFirstRuns, tellRuns } from "./tell-runs.ts";

/** A scan that takes longer shows some of the newest runs before it is through. */
const earlyMillis = 2_000;
/** Sweeps follow each other no faster than this, and the store is read for no more than this share of the time. */
const shortestCycleSeconds = 10;
const scanShare = 0.2;

/** The projects of a Redis (or of a map in memory). SCAN has no order: entries are told as they come, runs when all their keys are known. */
export async function openKeyValueIndex(
  driver: KeyValueDriver,
  scope: string | null,
  parts: LayoutParts,
): Promise<IndexReader> {
  const notifies = await sendsNotifications(driver);
  const index: KeyValueIndex = {
    driver,
    scope,
    parts,
    runs: new Map(),
    entryIds: new Set(),
    expected: [],
    scans: 0,
    scanSeconds: 0,
    notifies,
  };
  let unread = 0;

  async function* scan(context: LayoutContext, signal: AbortSignal): AsyncGenerator<Fact[]> {
    const begun = performance.now();
    const begunAt = context.now();
    const runs = new Map<string, ProjectRuns>();
    const entryIds = new Set<string>();
    const desks = new Desks(parts, context, runs);
    unread = 0;
    let shown = false;
    for await (const keys of scanKeys(driver)) {
      if (signal.aborted) return;
      for (const [project, entryKeys] of sortKeys(keys, runs, index)) {
        const desk = await desks.of(project);
        if (desks.isNew(project)) yield [desk.experiment];
        const found = await tellEntries(index, desk, entryKeys, "quick", context);
        for (const id of found.ids) entryIds.add(id);
        unread += found.unread;
        if (found.facts.length > 0) yield found.facts;
      }
      if (!shown && performance.now() - begun > earlyMillis) {
        shown = true;
        const batch = new FactBatch();
        for (const some of runs.values()) {
          yield* batch.add(await tellFirstRuns(await desks.of(some.project), some, context));
        }
        yield* batch.take();
      }
    }
    if (signal.aborted) return;
    // All keys are known: the producers of a run can be read whole while it is told.
    const before = index.runs;
    index.runs = runs;
    index.entryIds = entryIds;
    index.scans++;
    for (const some of runs.values()) {
      some.learnTails();
      const scanned = { runs: some, before: before.get(some.project), begun: begunAt };
      yield* tellRuns(index, await desks.of(some.project, true), scanned, context, signal);
    }
    index.scanSeconds = (performance.now() - begun) / 1000;
  }

  return {
    scan,
    async *completeEntries(context, signal) {
      if (unread === 0) return;
      const desks = new Desks(parts, context, index.runs);
      for await (const keys of scanKeys(driver)) {
        if (signal.aborted) return;
        for (const [project, entryKeys] of sortKeys(keys, null, index)) {
          const found = await tellEntries(index, await desks.of(project), entryKeys, "complete", context);
          if (found.facts.length > 0) yield found.facts;
        }
      }
    },
    watch: (context, signal) => watchKeyValue(index, scan, context, signal),
    sweepSeconds: () =>
      index.notifies ? null : Math.max(shortestCycleSeconds, Math.ceil(index.scanSeconds / scanShare)),
    projects: () => index.runs.keys(),
    holdsRun: (project, runName) => (index.scans > 0 ? (index.runs.get(project)?.keys.has(runName) ?? false) : null),
    expectRun: (project, runName) => void index.expected.push({ project, runName }),
    async readRows(project, runName) {
      const runs = index.runs.get(project) ?? new ProjectRuns(project, driver);
      const keys = runs.likelyKeys(runName).filter((key) => !isMetrics(key));
      const rows = toRunRows(await readTexts(driver, keys), project);
      return rows.length > 0 ? rows : null;
    },
    async readRawRun(project, runName) {
      const runs = index.runs.get(project) ?? new ProjectRuns(project, driver);
      const keys = runs.likelyKeys(runName).slice(0, mostRawRecords);
      const values = await readTexts(driver, keys, longestRawRecord + 1);
      return values.length > 0 ? rawRecords(values) : null;
    },
    async readRawEntry(locator) {
      const place = readLocator(locator);
      if (place?.scope !== scope) return undefined;
      const [value] = await readTexts(driver, [place.key]);
      return value && rawValue(value.text);
    },
    entries: keyValueEntries(index),
  };
}

/** Asked once, by listening for a moment. */
async function sendsNotifications(driver: KeyValueDriver): Promise<boolean> {
  const stop = await driver.watchKeys?.(redisPrefix, () => undefined);
  await stop?.();
  return Boolean(stop);
}

/** Desks of one scan. Each is laid anew for the runs at its end, since a scan may take long. */
class Desks {
  readonly #desks = new Map<string, Promise<ProjectDesk>>();
  readonly #told = new Set<string>();
  readonly #parts: LayoutParts;
  readonly #context: LayoutContext;
  readonly #runs: ReadonlyMap<string, ProjectRuns>;

  constructor(parts: LayoutParts, context: LayoutContext, runs: ReadonlyMap<string, ProjectRuns>) {
    this.#parts = parts;
    this.#context = context;
    this.#runs = runs;
  }

  of(project: string, anew = false): Promise<ProjectDesk> {
    const laid = anew ? undefined : this.#desks.get(project);
    if (laid) return laid;
    const desk = openDesk(
      project,
      this.#parts,
      this.#context,
      (path) => this.#runs.get(project)?.findProducer(path) ?? null,
    );
    this.#desks.set(project, desk);
    return desk;
  }

  isNew(project: string): boolean {
    return !this.#told.has(project) && Boolean(this.#told.add(project));
  }
}

/** Puts run keys away by run, and answers the entry keys by project (every project of the page, be it without entries). */
function sortKeys(
  keys: readonly string[],
  runs: Map<string, ProjectRuns> | null,
  index: KeyValueIndex,
): Map<string, string[]> {
  const entries = new Map<string, string[]>();
  for (const key of keys) {
    const read = parseRedisKey(key);
    if (!read) continue;
    const { project, parsed } = read;
    const own = entries.get(project) ?? [];
    entries.set(project, own);
    if (parsed.kind === "entry") own.push(key);
    else if (runs) {
      const known = runs.get(project) ?? new ProjectRuns(project, index.driver, index.runs.get(project));
      runs.set(project, known);
      known.add(parsed.run, key);
    }
  }
  return entries;
}
