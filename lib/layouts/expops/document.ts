import type { DocumentDriver, DocumentPage, StoredDocument } from "../../contracts/driver.ts";
import type { LayoutContext } from "../../contracts/layout.ts";
import type { Fact } from "../../domain/facts.ts";
import { hintsOf } from "./document-hints.ts";
import {
  type DocumentIndex,
  DocumentProject,
  documentEntries,
  listProjects,
  tellEntries,
  whenAllowed,
} from "./document-index.ts";
import { entriesIn, jsonOf, rowOfUse, rowsOfRun, runsIn } from "./document-rows.ts";
import { assembleDocuments, hasEnded, listDocuments, readRunRecords, tokenOfRun } from "./document-runs.ts";
import { watchDocuments } from "./document-watch.ts";
import { FactBatch } from "./fact-batches.ts";
import { type IndexReader, rawRecords, rawValue, readLocator } from "./index-reader.ts";
import { startOfRunName } from "./names.ts";
import { runIdOf } from "./paths.ts";
import { type LayoutParts, openDesk, type ProjectDesk } from "./project-desk.ts";
import { RunShelf } from "./run-shelf.ts";
import { WantedRuns } from "./wanted-runs.ts";

/** Runs whose own documents come before anything else: one read each, a first page of the list. */
const firstRuns = 100;
const laterRuns = 300;
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
  const index: DocumentIndex = {
    driver,
    scope,
    parts,
    projects: new Map(),
    shelf: new RunShelf(),
    wanted: new WantedRuns(),
    scans: 0,
    expected: [],
  };
  const person = driver.forPerson(1);
  /** Who starts the server again within an hour that is used up waits for what is needed to follow anything at all. */
  const firstQuestions = () => (index.scans === 0 ? driver.forPerson(0.5) : driver);
  /** Entries of the present scan whose results were not read; kept, since to list them again would cost as much as the first time. */
  const unread = new Map<string, StoredDocument[]>();

  /** Documents that the last scan read. */
  let scanReads = 0;

  async function* scan(context: LayoutContext, signal: AbortSignal): AsyncGenerator<Fact[]> {
    const before = driver.budget().read;
    unread.clear();
    for (const name of await whenAllowed(index, signal, () => listProjects(index, firstQuestions()))) {
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
    for await (const page of latestFirst(runsIn(name), signal)) {
      yield* batch.add(await tellHeads(desk, project, page, context));
      yield* batch.take();
      // From here on it is followed, and what is looked at is read, however long the rest may take.
      if (!index.projects.has(name)) index.projects.set(name, project);
    }
    // A run without the time of its last change is in no such order.
    if ((await whenAllowed(index, signal, () => driver.count(runsIn(name)))) !== project.runs.size) {
      for await (const page of pagesOf(runsIn(name), signal)) {
        const others = page.filter(({ id }) => !project.runs.has(id));
        yield* batch.add(await tellHeads(desk, project, others, context));
        yield* batch.take();
      }
    }
    if (signal.aborted) return;
    index.projects.set(name, project);
    const changed = [...project.unread].sort((a, b) => (startOfRunName(b) ?? 0) - (startOfRunName(a) ?? 0));
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
  }

  /** Runs by their own documents: those that nobody has seen are told with what these say. */
  async function tellHeads(
    desk: ProjectDesk,
    project: DocumentProject,
    runs: readonly StoredDocument[],
    context: LayoutContext,
  ): Promise<Fact[]> {
    const ids = runs.map(({ id }) => runIdOf(context.sourceId, project.name, id));
    const known = await context.known("run", ids);
    const facts: Fact[] = [];
    for (const [at, run] of runs.entries()) {
      const id = ids[at] as string;
      // The watch may know it by a later state.
      if ((project.runs.get(run.id)?.updatedAt ?? 0) > run.updatedAt) continue;
      project.runs.set(run.id, run);
      if (isSame(desk, run, known.get(id))) facts.push({ kind: "seen", of: "run", id });
      else project.unread.add(run.id);
      if (!known.has(id)) facts.push(...(await assembleDocuments(desk, run, null, project.readMetrics)));
    }
    return facts;
  }

  async function* tellRuns(
    desk: ProjectDesk,
    project: DocumentProject,
    names: readonly string[],
    signal: AbortSignal,
  ): AsyncGenerator<Fact[]> {
    const batch = new FactBatch();
    const tell = (id: string) =>
      whenAllowed(index, signal, async (): Promise<Fact[]> => {
        // Meanwhile it may be gone or changed, told because someone looked at it, or at work and told by the watch.
        const run = project.runs.get(id);
        if (!run) return [];
        if (!project.unread.has(id) || index.shelf.isFollowed(project.name, id))
          return [{ kind: "seen", of: "run", id: runIdOf(parts.sourceId, project.name, id) }];
        const documents = await index.shelf.read(project.name, run, driver);
        const facts = await assembleDocuments(desk, run, documents, project.readMetrics);
        project.unread.delete(id);
        return facts;
      });
    for (let at = 0; at < names.length && !signal.aborted; at += runsAtOnce) {
      for (const facts of await Promise.all(names.slice(at, at + runsAtOnce).map(tell))) yield* batch.add(facts);
      yield* batch.take();
    }
  }

  /** A run's own document is mostly at hand. */
  async function findRun(project: string, runName: string): Promise<StoredDocument | null> {
    const known = driver.watch && index.projects.get(project)?.runs.get(runName);
    return known ?? (await person.get([`${runsIn(project)}/${runName}`]))[0] ?? null;
  }

  /** The first page is small, so that it comes soon. */
  async function* latestFirst(collection: string, signal: AbortSignal): AsyncGenerator<StoredDocument[]> {
    const orderBy = { field: "last_updated", descending: true };
    for (let cursor: string | null = null, more = true, limit = firstRuns; more && !signal.aborted; limit = laterRuns) {
      const request: Parameters<DocumentDriver["list"]>[0] = { collection, cursor, limit, orderBy };
      const questions = cursor === null ? firstQuestions() : driver;
      const page: DocumentPage = await whenAllowed(index, signal, () => questions.list(request));
      yield page.items;
      cursor = page.cursor;
      more = cursor !== null;
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
    lookAt(project, runName, look) {
      if (index.projects.get(project)?.unread.has(runName)) index.wanted.wish(project, runName, look);
    },
    hints: () => hintsOf(index),
    async readRows(project, runName) {
      const run = await findRun(project, runName);
      if (!run) return null;
      const known = await index.shelf.find(project, run);
      const steps = known?.steps ?? (await readRunRecords(person, project, runName));
      return [...rowsOfRun(run), ...steps.flatMap((document) => rowOfUse(document, runName))];
    },
    async readRawRun(project, runName) {
      const run = await findRun(project, runName);
      if (!run) return null;
      // What is still to be read is told when it was: a row that is refreshed asks for this too.
      const isUnread = index.projects.get(project)?.unread.has(runName);
      const found = isUnread ? index.shelf.find(project, run) : index.shelf.read(project, run, person);
      const { steps = [], charts = [], metrics = [] } = (await found) ?? {};
      const documents = [run, ...steps, ...charts, ...metrics];
      return rawRecords(documents.map(({ path, fields }) => ({ key: path, text: jsonOf(fields) })));
    },
    async readRawEntry(locator) {
      const place = readLocator(locator);
      if (place?.scope !== scope) return undefined;
      const [entry] = await person.get([place.key]);
      return entry ? rawValue(jsonOf(entry.fields)) : undefined;
    },
    entries: documentEntries(index),
  };
}

function isSame(desk: ProjectDesk, run: StoredDocument, known: string | undefined): boolean {
  return desk.isUnchanged(known, run.id, tokenOfRun(run), hasEnded(run));
}
