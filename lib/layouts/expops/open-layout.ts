import { setTimeout as sleep } from "node:timers/promises";
import type { SqlDriver } from "../../contracts/driver.ts";
import type { LayoutContext, OpenLayout, OpenSlots, SlotPlan } from "../../contracts/layout.ts";
import { AppError } from "../../domain/errors.ts";
import type { Fact } from "../../domain/facts.ts";
import { versionOfRun } from "./assemble-run.ts";
import { openChanging } from "./changing.ts";
import { openDocumentIndex } from "./document.ts";
import { ProjectFiles } from "./files.ts";
import { addSteps } from "./graph.ts";
import type { IndexReader } from "./index-reader.ts";
import { keysOfRun, readKeySources } from "./key-sources.ts";
import { openKeyValueIndex } from "./key-value.ts";
import { runNameOf } from "./keys.ts";
import { openLineageBook } from "./lineage-book.ts";
import { mergeStreams } from "./merge-streams.ts";
import { displayProcess, projectOfRunName } from "./names.ts";
import { openPayloadScan } from "./payload-files.ts";
import { isBucket, locateFile, openPlaces } from "./places.ts";
import { PointSightings } from "./point-sightings.ts";
import type { LayoutParts } from "./project-desk.ts";
import { openLogBook } from "./run-log.ts";
import { collectRun } from "./run-records.ts";
import { openSqlIndex } from "./sql.ts";
import { listKeys } from "./sql-rows.ts";
import { openVersionBook } from "./versions.ts";

const watchAgainMillis = 5_000;

/** Lays ExpOps over open drivers: one reader an index, the files beside, and all of it as one source. */
export async function openExpops(
  slots: OpenSlots,
  context: LayoutContext,
  outOfReach: readonly SlotPlan[] = [],
): Promise<OpenLayout> {
  const places = openPlaces(slots);
  const versions = openVersionBook(places, context);
  const readers: IndexReader[] = [];
  const parts: LayoutParts = {
    sourceId: context.sourceId,
    places,
    versions,
    logs: openLogBook(places, context),
    payloads: openPayloadScan(places, context),
    lineage: openLineageBook(versions),
    sightings: new PointSightings(context),
    readRows: async (project, runName) =>
      (await firstAnswer(readers, (reader) => reader.readRows(project, runName))) ?? null,
  };
  readers.push(...(await openReaders(slots, parts)));
  const lost = outOfReach.filter(({ slot }) => slot === "index");
  const isLost = (project: string) => lost.some(({ scope }) => scope === null || scope === project);
  const files = new ProjectFiles(parts, readers, isLost);
  const changing = openChanging(slots, readers, parts);

  return {
    async describe() {
      const { capabilities, hints } = describe(slots);
      return { capabilities, hints: [...hints, ...readers.flatMap((reader) => reader.hints?.() ?? [])] };
    },

    async *scan(context, signal) {
      const failures: unknown[] = [];
      const parts = [
        (ending: AbortSignal) => scanReaders(readers, failures, context, ending),
        (ending: AbortSignal) => files.scan(context, ending),
      ];
      // Where reading is counted, an index may take hours: files do not wait for it.
      if (readers.some(({ restSeconds }) => restSeconds)) yield* mergeStreams(parts, signal);
      else for (const part of parts) yield* part(signal);
      for (const reader of readers) yield* withoutEnding(reader.completeEntries(context, signal), failures);
      if (failures.length > 0) throw failures[0];
    },

    watch(context, signal) {
      const isOneOfMany = readers.length > 1;
      const streams = readers.map(
        (reader, index) => (ending: AbortSignal) =>
          isOneOfMany
            ? watchPatiently(reader, (failure) => context.trouble(`index ${index}`, failure), context, ending)
            : reader.watch(context, ending),
      );
      if (slots.blobs?.length) streams.push((ending) => files.watch(slots, context, ending));
      return mergeStreams(streams, signal);
    },

    get sweepSeconds() {
      const seconds = readers.flatMap((reader) => reader.sweepSeconds() ?? []);
      return seconds.length > 0 ? Math.max(...seconds) : null;
    },

    get restSeconds() {
      return Math.max(0, ...readers.map((reader) => reader.restSeconds?.() ?? 0));
    },

    lookAt(runName, project, look) {
      for (const reader of readers) reader.lookAt?.(project, runName, look);
    },

    async readGraph(_context, runName, project) {
      const rows = (await parts.readRows(project, runName)) ?? [];
      const records = collectRun(project, runName, rows);
      const uses = records.uses.toSorted((a, b) => (a.record.startedAt ?? Infinity) - (b.record.startedAt ?? Infinity));
      const processes = new Set(uses.map((use) => displayProcess(use.process)));
      const hash = versionOfRun(records) ?? (await parts.versions.begunWith(runName, project));
      const graph = await parts.versions.graph(hash, project, [...processes], records.status === "completed");
      const hint = graph.origin === "version" ? {} : { hint: hintFor(hash, Boolean(slots.code?.length)) };
      return addSteps(
        { ...graph, ...hint },
        uses.flatMap(({ process, step }) => (step === null ? [] : [{ process: displayProcess(process), step }])),
      );
    },
    readLog: (_context, runName, project, range) => parts.logs.read(runName, project, range),
    readVersion: (_context, hash, project) => parts.versions.read(hash, project),
    async readKeys(_context, runName, project) {
      const rows = (await parts.readRows(project, runName)) ?? [];
      return keysOfRun(collectRun(project, runName, rows));
    },
    readKeySources: (_context, hash, project, processes) => readKeySources(parts.versions, hash, project, processes),
    async readRawRun(_context, runName, project) {
      const records = await firstAnswer(readers, (reader) => reader.readRawRun(project, runName));
      return records ?? {};
    },
    async readRawEntry(_context, locator) {
      const value = await firstAnswer(readers, (reader) => reader.readRawEntry(locator));
      if (value === undefined) throw new AppError("gone", "This entry is not in its store any more.");
      return value;
    },
    async openArtifact(locator) {
      const file = await locateFile(slots, locator);
      return file && { blobs: file.driver, path: file.path, stat: file.stat };
    },
    ...(changing && { changing }),
    close: async () => undefined,
  };
}

/** One project's damaged index must not hide the others: what fails is told when all were read. */
async function* withoutEnding(batches: AsyncIterable<Fact[]>, failures: unknown[]): AsyncGenerator<Fact[]> {
  try {
    yield* batches;
  } catch (error) {
    failures.push(error);
  }
}

/** One of several indexes: when it fails that is told, and it is watched again, while the others go on. */
async function* watchPatiently(
  reader: IndexReader,
  tell: (failure: unknown) => void,
  context: LayoutContext,
  signal: AbortSignal,
): AsyncGenerator<Fact[]> {
  let fails = false;
  while (!signal.aborted) {
    const failures: unknown[] = [];
    for await (const facts of withoutEnding(reader.watch(context, signal), failures)) {
      if (fails) tell(null);
      fails = false;
      yield facts;
    }
    if (failures.length === 0) continue;
    fails = true;
    tell(failures[0]);
    await sleep(watchAgainMillis, undefined, { signal }).catch(() => undefined);
  }
}
async function* scanReaders(
  readers: readonly IndexReader[],
  failures: unknown[],
  context: LayoutContext,
  signal: AbortSignal,
): AsyncGenerator<Fact[]> {
  for (const reader of readers) yield* withoutEnding(reader.scan(context, signal), failures);
}

async function openReaders(slots: OpenSlots, parts: LayoutParts): Promise<IndexReader[]> {
  const readers: IndexReader[] = [];
  for (const { driver, scope } of slots.index ?? []) {
    if (driver.kind === "sql") readers.push(openSqlIndex(driver, scope ?? (await projectOf(driver)), scope, parts));
    else if (driver.kind === "key-value") readers.push(await openKeyValueIndex(driver, scope, parts));
    else if (driver.kind === "document") readers.push(openDocumentIndex(driver, scope, parts));
  }
  return readers;
}

/** A database that was named by itself: its folder `.<project>` tells whose it is, else the name of a run in it. */
async function projectOf(driver: SqlDriver): Promise<string> {
  const folder = /[/\\]\.([^/\\]+)[/\\][^/\\]+$/.exec(driver.location)?.[1];
  if (folder) return folder;
  for await (const page of listKeys(driver, "runs")) {
    for (const { key } of page) {
      const project = projectOfRunName(runNameOf(key) ?? "");
      if (project) return project;
    }
  }
  return driver.location.replace(/^.*[/\\]/, "");
}

async function firstAnswer<Answer>(
  readers: readonly IndexReader[],
  ask: (reader: IndexReader) => Promise<Answer | null | undefined>,
) {
  for (const reader of readers) {
    const answer = await ask(reader);
    if (answer !== null && answer !== undefined) return answer;
  }
  return undefined;
}

function describe(slots: OpenSlots): { capabilities: string[]; hints: string[] } {
  const has = {
    index: Boolean(slots.index?.length),
    blobs: Boolean(slots.blobs?.length),
    // The machine that ran: logs, configs and scripts are in no bucket.
    folder: slots.blobs?.some(({ driver }) => driver.kind === "blob" && !isBucket(driver)) ?? false,
    code: Boolean(slots.code?.length),
  };
  const capabilities = ["runs"];
  if (has.index) capabilities.push("steps", "metrics", "series", "cache");
  if (has.blobs) capabilities.push("artifacts");
  if (has.folder) capabilities.push("logs");
  if (has.code || has.folder) capabilities.push("graph", "versions");
  const hints: string[] = [];
  if (!has.index)
    hints.push(
      "No key store was found, so only files and logs are shown: without one ExpOps keeps its cache in memory and nothing is reused.",
    );
  if (!has.blobs)
    hints.push(
      "Add the workspace folder or the bucket to this source (…+/path/to/workspace, …+gs://bucket) to see results and charts.",
    );
  if (!has.code) hints.push(addCode);
  return { capabilities, hints };
}

const addCode = "Add the workspace or its git repository as code to see parameters, graph and code of each run.";

/** What would have told a run's own config. */
function hintFor(hash: string | null, hasCode: boolean): string {
  if (!hasCode) return addCode;
  const ways =
    "Trialdeck keeps a copy of config and scripts when it sees a run begin, and finds those that are in git.";
  if (hash === null) return `A run that stores no result of its own records no version of its config. ${ways}`;
  return `No files that are at hand have this run's version ${hash.slice(0, 8)}. ${ways}`;
}
