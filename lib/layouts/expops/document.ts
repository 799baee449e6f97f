import type { DocumentDriver, StoredDocument } from "../../contracts/driver.ts";
import type { LayoutContext } from "../../contracts/layout.ts";
import type { Fact } from "../../domain/facts.ts";
import {
  type DocumentIndex,
  DocumentProject,
  documentEntries,
  listProjects,
  tellEntries,
  whenAllowed,
} from "./document-index.ts";
import { collectionsOfRun, entriesIn, jsonOf, rowsOfRun, runsIn } from "./document-rows.ts";
import {
  assembleDocuments,
  hasEnded,
  listDocuments,
  readCollection,
  readRunDocuments,
  readRunRecords,
  tokenOfRun,
} from "./document-runs.ts";
import { watchDocuments } from "./document-watch.ts";
import { FactBatch } from "./fact-batches.ts";
import { type IndexReader, rawRecords, rawValue, readLocator } from "./index-reader.ts";
import { startOfRunName } from "./names.ts";
import { runIdOf } from "./paths.ts";
import { type LayoutParts, openDesk, type ProjectDesk } from "./project-desk.ts";

/** Runs whose own documents come before anything else: one read each, a first page of the list. */
const firstRuns = 100;
/** Runs that are told whole before the entries. */
const runsBeforeEntries = 50;
/** Runs that are asked for together, since each is a few questions over a network. */
const runsAtOnce = 4;
const entriesAtOnce = 300;
/** What is beyond waits for the next scan. */
const mostUnread = 50_000;
/** Scans after the first take no more than this share of the documents that may be read. */
const scanShare = 0.1;
/** Where nothing tells of changes. */
const unwatchedSweepSeconds = 300;

/** The projects of a Firestore database. Reading costs money there: what is known to be the same is not read again. */
export function openDocumentIndex(driver: DocumentDriver, scope: string | null, parts: LayoutParts): IndexReader {
  const index: DocumentIndex = { driver, scope, parts, projects: new Map(), scans: 0, expected: [] };
  /** Entries of the present scan whose results were not read; kept, since to list them again would cost as much as the first time. */
  const unread = new Map<string, StoredDocument[]>();

  /** Documents that the last scan read. */
  let scanReads = 0;

  async function* scan(context: LayoutContext, signal: AbortSignal): AsyncGenerator<Fact[]> {
    const before = driver.budget().read;
    unread.clear();
    for (const name of await whenAllowed(index, signal, () => listProjects(index))) {
      if (signal.aborted) return;
      yield* scanProject(name, context, signal);
    }
    if (signal.aborted) return;
    index.scans++;
    scanReads = driver.budget().read - before;
  }

  async function* scanProject(name: string, context: LayoutContext, signal: AbortSignal): AsyncGenerator<Fact[]> {
    const desk = await openDesk(name, parts, context);
    const project = new DocumentProject(name, driver);
    yield [desk.experiment];
    const batch = new FactBatch();
    const latest = await whenAllowed(index, signal, () =>
      driver.list({
        collection: runsIn(name),
        cursor: null,
        limit: firstRuns,
        orderBy: { field: "last_updated", descending: true },
      }),
    );
    yield* batch.add(await tellHeads(desk, project, latest.items, context));
    yield* batch.take();
    // A run without the time of its last change is in no such order.
    const count = latest.cursor ? null : await whenAllowed(index, signal, () => driver.count(runsIn(name)));
    if (count !== latest.items.length) {
      for await (const page of pagesOf(runsIn(name), signal)) {
        const others = page.filter(({ id }) => !project.runs.has(id));
        yield* batch.add(await tellHeads(desk, project, others, context));
        yield* batch.take();
      }
    }
    const changed = await changedRuns(desk, project, context);
    yield* tellRuns(desk, project, changed.slice(0, runsBeforeEntries), signal);
    for (const collection of entriesIn(name)) {
      for await (const page of pagesOf(collection, signal)) {
        if (signal.aborted) return;
        const found = await tellEntries(index, desk, page, "quick", context);
        const kept = unread.get(name) ?? [];
        if (found.unread > 0 && kept.length < mostUnread) unread.set(name, [...kept, ...page]);
        if (found.facts.length > 0) yield found.facts;
      }
    }
    yield* tellRuns(desk, project, changed.slice(runsBeforeEntries), signal);
    if (!signal.aborted) index.projects.set(name, project);
  }

  /** Runs by their own documents: those that nobody has seen are told with what these say. */
  async function tellHeads(
    desk: ProjectDesk,
    project: DocumentProject,
    runs: readonly StoredDocument[],
    context: LayoutContext,
  ): Promise<Fact[]> {
    for (const run of runs) project.runs.set(run.id, run);
    const ids = runs.map(({ id }) => runIdOf(context.sourceId, project.name, id));
    const known = await context.known("run", ids);
    const facts: Fact[] = [];
    for (const [at, run] of runs.entries()) {
      if (!known.has(ids[at] as string)) facts.push(...(await assembleDocuments(desk, run, null, project.readMetrics)));
      else if (isSame(desk, run, known.get(ids[at] as string)))
        facts.push({ kind: "seen", of: "run", id: ids[at] as string });
    }
    return facts;
  }

  async function changedRuns(
    desk: ProjectDesk,
    project: DocumentProject,
    context: LayoutContext,
  ): Promise<StoredDocument[]> {
    const runs = [...project.runs.values()].sort((a, b) => (startOfRunName(b.id) ?? 0) - (startOfRunName(a.id) ?? 0));
    const ids = runs.map(({ id }) => runIdOf(context.sourceId, project.name, id));
    const known = await context.known("run", ids);
    return runs.filter((run, at) => !isSame(desk, run, known.get(ids[at] as string)));
  }

  async function* tellRuns(
    desk: ProjectDesk,
    project: DocumentProject,
    runs: readonly StoredDocument[],
    signal: AbortSignal,
  ): AsyncGenerator<Fact[]> {
    const batch = new FactBatch();
    const tell = (run: StoredDocument) =>
      whenAllowed(index, signal, async () =>
        assembleDocuments(desk, run, await readRunDocuments(driver, project.name, run.id), project.readMetrics),
      );
    for (let at = 0; at < runs.length && !signal.aborted; at += runsAtOnce) {
      for (const facts of await Promise.all(runs.slice(at, at + runsAtOnce).map(tell))) yield* batch.add(facts);
      yield* batch.take();
    }
  }

  function pagesOf(collection: string, signal: AbortSignal): AsyncGenerator<StoredDocument[]> {
    return listDocuments(driver, collection, (question) => whenAllowed(index, signal, question));
  }

  return {
    scan,
    async *completeEntries(context, signal) {
      for (const [name, entries] of unread) {
        const desk = await openDesk(name, parts, context);
        for (let at = 0; at < entries.length && !signal.aborted; at += entriesAtOnce) {
          const found = await tellEntries(index, desk, entries.slice(at, at + entriesAtOnce), "complete", context);
          if (found.facts.length > 0) yield found.facts;
        }
      }
      unread.clear();
    },
    watch: (context, signal) => watchDocuments(index, context, signal),
    restSeconds: () => (scanReads / (scanShare * driver.budget().most)) * 3600,
    sweepSeconds: () => (driver.watch ? null : unwatchedSweepSeconds),
    projects: () => index.projects.keys(),
    holdsRun: (project, runName) =>
      index.scans > 0 ? (index.projects.get(project)?.runs.has(runName) ?? false) : null,
    expectRun: (project, runName) => void index.expected.push({ project, runName }),
    async readRows(project, runName) {
      const [run] = await driver.get([`${runsIn(project)}/${runName}`]);
      return run ? [...rowsOfRun(run), ...(await readRunRecords(driver, project, runName))] : null;
    },
    async readRawRun(project, runName) {
      const [run] = await driver.get([`${runsIn(project)}/${runName}`]);
      if (!run) return null;
      const collections = Object.values(collectionsOfRun(project, runName));
      const others = await Promise.all(collections.map((collection) => readCollection(driver, collection)));
      return rawRecords([run, ...others.flat()].map(({ path, fields }) => ({ key: path, text: jsonOf(fields) })));
    },
    async readRawEntry(locator) {
      const place = readLocator(locator);
      if (place?.scope !== scope) return undefined;
      const [entry] = await driver.get([place.key]);
      return entry ? rawValue(jsonOf(entry.fields)) : undefined;
    },
    entries: documentEntries(index),
  };
}

function isSame(desk: ProjectDesk, run: StoredDocument, known: string | undefined): boolean {
  return desk.isUnchanged(known, run.id, tokenOfRun(run), hasEnded(run));
}
