import { setTimeout as sleep } from "node:timers/promises";
import type { DocumentDriver, DocumentQuestions, StoredDocument } from "../../contracts/driver.ts";
import type { LayoutContext } from "../../contracts/layout.ts";
import { isAppError } from "../../domain/errors.ts";
import { entriesIn, entryPath, fieldsOfEntry, jsonOf, projectsCollection, rowOfEntry } from "./document-rows.ts";
import { hasEnded, openMetricsReader, type ReadMetrics } from "./document-runs.ts";
import { idOfEntryRow } from "./entries.ts";
import { readEntryFacts } from "./entry-facts.ts";
import { type IndexEntries, readLocator } from "./index-reader.ts";
import type { LayoutParts, ProjectDesk } from "./project-desk.ts";
import type { RunShelf } from "./run-shelf.ts";
import type { WantedRuns } from "./wanted-runs.ts";

/** The runs of one project, as the last scan saw them and the watch goes on. */
export class DocumentProject {
  readonly name: string;
  /** Runs' own documents by name. */
  readonly runs = new Map<string, StoredDocument>();
  /** Runs of which only their own documents were read, or an earlier state. */
  readonly unread = new Set<string>();
  readonly readMetrics: ReadMetrics;

  constructor(name: string, driver: DocumentDriver) {
    this.name = name;
    this.readMetrics = openMetricsReader(driver, name);
  }

  atWork(): string[] {
    return [...this.runs.values()].filter((run) => !hasEnded(run)).map(({ id }) => id);
  }
}

export interface DocumentIndex {
  driver: DocumentDriver;
  scope: string | null;
  parts: LayoutParts;
  projects: Map<string, DocumentProject>;
  shelf: RunShelf;
  wanted: WantedRuns;
  /** Scans that went through. */
  scans: number;
  /** Runs that a log tells of and no scan has shown. */
  expected: { project: string; runName: string }[];
}

export async function listProjects(
  { scope }: Pick<DocumentIndex, "scope">,
  questions: DocumentQuestions,
): Promise<string[]> {
  if (scope !== null) return [scope];
  const found: string[] = [];
  for (let cursor: string | null = null, more = true; more; ) {
    const page: { ids: string[]; cursor: string | null } = await questions.ids({
      collection: projectsCollection,
      cursor,
    });
    found.push(...page.ids);
    cursor = page.cursor;
    more = cursor !== null;
  }
  return found;
}

/** Facts of some entries of one project. */
export function tellEntries(
  { scope, parts }: DocumentIndex,
  { project, place }: Pick<ProjectDesk, "project" | "place">,
  documents: readonly StoredDocument[],
  depth: "quick" | "complete" | "whole",
  context: LayoutContext,
) {
  const rows = documents.flatMap((document) => rowOfEntry(scope, document));
  return readEntryFacts({ project, place, rows, depth }, parts.payloads, context);
}

/** The entries of the database, one by one; a key is a document's path. */
export function documentEntries({ driver, scope, parts }: DocumentIndex): IndexEntries {
  return {
    driver,
    scope,
    placeOf: (path) => path,
    keyAt: (place) => place,
    identify(path) {
      const [, project = "", collection = "", id = ""] = path.split("/");
      if (!entriesIn(project).includes(`${projectsCollection}/${project}/${collection}`)) return null;
      const [row] = rowOfEntry(scope, { path, id, fields: {}, updatedAt: 0, token: "" });
      return row ? { project, id: idOfEntryRow(parts.sourceId, project, row) } : null;
    },
    async read(paths) {
      const documents = await driver.get(paths);
      const rows = documents.flatMap((document) => (document ? rowOfEntry(scope, document) : []));
      return new Map(rows.map((row) => [readLocator(row.locator)?.key ?? "", row]));
    },
    // Its watch tells each change by itself.
    note: () => {},
    givesLife: true,
    rowOf({ project, process, step, hashes, text, endsAt }) {
      const place = entryPath(project, process, step, hashes);
      const fields = fieldsOfEntry(text, step, endsAt);
      return { key: place.split("/").at(-1) ?? "", place, text: jsonOf(fields), content: { fields }, expiresAt: null };
    },
  };
}

/** Documents that a question under way may read are counted until it is known how many it did: what is refused now may be allowed soon. */
const longestPauseMillis = 5_000;
const shortestPauseMillis = 200;

/** Asks a store whose documents are counted: when no more may be read within the hour, it waits until some may. */
export async function whenAllowed<Answer>(
  { driver }: Pick<DocumentIndex, "driver">,
  signal: AbortSignal,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isAppError(error) || error.code !== "too_many" || signal.aborted) throw error;
      const { freeAt } = driver.budget();
      // Refused by the store itself, not by our count: it is not to be asked again and again.
      const pause = freeAt === null ? longestPauseMillis : freeAt - Date.now();
      await sleep(Math.min(longestPauseMillis, Math.max(shortestPauseMillis, pause)), undefined, { signal });
    }
  }
}
