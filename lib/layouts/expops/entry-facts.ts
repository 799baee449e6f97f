import type { LayoutContext } from "../../contracts/layout.ts";
import type { Fact } from "../../domain/facts.ts";
import { type EntryDraft, type EntryRow, idOfEntryRow, readEntry, tokenOfEntryRow, withReferences } from "./entries.ts";
import type { PayloadScan, PlacedFile, ProjectPlace } from "./seams.ts";

/** Rows of one project's entries, with where each is read again. */
export type LocatedRow = EntryRow & { locator: string };

export interface EntryFactsRequest {
  project: string;
  place: ProjectPlace;
  rows: readonly LocatedRow[];
  /**
   * `quick`: references as far as remembered. `complete`: only entries whose references were missing, now read. `whole`: each entry, references
   * read (the few that a watcher saw change).
   */
  depth: "quick" | "complete" | "whole";
}

/** Mark of an entry's token while the references of its result are not known. */
const partial = "~";

export interface EntryFacts {
  facts: Fact[];
  ids: string[];
  /** Results of the entries told. */
  results: PlacedFile[];
  /** Entries whose references are still to be read. */
  unread: number;
}

/**
 * Facts of entry rows, in one go for the whole batch: what the catalog holds already is only told to be there. A result is not opened in the
 * quick depth, so that half a million entries come before the first is read.
 */
export async function readEntryFacts(
  request: EntryFactsRequest,
  payloads: PayloadScan,
  context: LayoutContext,
): Promise<EntryFacts> {
  const { project, place, rows, depth } = request;
  const ids = rows.map((row) => idOfEntryRow(context.sourceId, project, row));
  const known = depth === "whole" ? new Map<string, string>() : await context.known("entry", ids);
  const facts: Fact[] = [];
  let drafts: EntryDraft[] = [];
  let unread = 0;
  for (const [index, row] of rows.entries()) {
    const id = ids[index] as string;
    const held = known.get(id);
    const token = tokenOfEntryRow(row);
    if (depth === "complete" && held !== token + partial) continue;
    if (depth === "quick" && (held === token || held === token + partial)) {
      facts.push({ kind: "seen", of: "entry", id });
      if (held !== token) unread++;
      continue;
    }
    drafts.push(
      readEntry(row, { sourceId: context.sourceId, place, now: context.now(), id, token, locator: row.locator }),
    );
  }
  if (depth === "complete") drafts = await withoutMissing(drafts, context);
  const results = drafts.map((draft) => draft.result);
  const asked = results.filter((result) => result !== null);
  const answers =
    asked.length > 0 ? await payloads.referencesOf(project, asked, { remembered: depth === "quick" }) : [];
  const references = new Map(asked.map((result, index) => [result, answers[index] ?? null]));
  for (const draft of drafts) {
    const found = draft.result === null ? null : (references.get(draft.result) ?? null);
    if (draft.result !== null && found === null) unread++;
    if (depth !== "complete" || found !== null) facts.push({ kind: "entry", entry: withReferences(draft, found) });
  }
  return { facts, ids, results: asked, unread };
}

/** Results that no file was found for need not be looked for: the files were told before this depth is asked for. */
async function withoutMissing(drafts: readonly EntryDraft[], context: LayoutContext): Promise<EntryDraft[]> {
  const resultOf = ({ fact }: EntryDraft) => fact.payloads[0]?.artifactId ?? "";
  const known = await context.known("artifact", drafts.map(resultOf));
  return drafts.filter((draft) => known.has(resultOf(draft)));
}
