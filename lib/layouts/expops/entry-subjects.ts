import type { LayoutContext, Subject, ToldSubject } from "../../contracts/layout.ts";
import { AppError } from "../../domain/errors.ts";
import type { Fact } from "../../domain/facts.ts";
import { idOfEntryRow, isSameContent, tokenOfEntryRow } from "./entries.ts";
import { type LocatedRow, readEntryFacts } from "./entry-facts.ts";
import { type IndexEntries, readLocator } from "./index-reader.ts";
import { longestRecord } from "./key-value-rows.ts";
import type { LayoutParts } from "./project-desk.ts";

/**
 * Entries of one index as they stand now.
 *
 * The driver's proof is taken first, the record is read after it. Should somebody write between the two, the proof is of what stood there before,
 * and the store refuses to remove anything else. The other way round the proof would be of the newer content, which nobody has seen.
 */
export async function entrySubjects(
  entries: IndexEntries,
  store: string,
  told: readonly ToldSubject[],
  context: LayoutContext,
): Promise<Subject[]> {
  const { changes } = entries.driver;
  if (!changes) return told.map(() => ({ state: "refused", failure: readOnly(entries) }));
  const keys = told.map(({ locator }) => readLocator(locator)?.key ?? "");
  const things = await changes.stat(keys.map(entries.placeOf));
  const rows = await entries.read(keys);
  const objection = (await entries.objection?.(context)) ?? null;
  return told.map(({ token }, index): Subject => {
    const key = keys[index] as string;
    const thing = things[index];
    const row = rows.get(key);
    const at = { store, locator: entries.placeOf(key) };
    if (!thing) return { state: "gone", at };
    if (!row || !isSameContent(tokenOfEntryRow(row), token)) return { state: "changed", at };
    if (Buffer.byteLength(row.text) >= longestRecord) return { state: "refused", failure: tooLong(entries) };
    if (objection) return { state: "refused", failure: objection };
    return { state: "as-told", ...at, thing };
  });
}

/** Facts of entries that were set aside or put back, as a watcher would tell them a moment later. */
export async function entryFactsAt(
  entries: IndexEntries,
  parts: LayoutParts,
  context: LayoutContext,
  locators: readonly string[],
): Promise<Fact[]> {
  const keys = locators.flatMap((locator) => entries.keyAt(locator) ?? []);
  const rows = await entries.read(keys);
  const facts: Fact[] = [];
  const byProject = new Map<string, LocatedRow[]>();
  for (const key of keys) {
    const known = entries.identify(key);
    const row = rows.get(key);
    if (!known) continue;
    const id = row ? idOfEntryRow(parts.sourceId, known.project, row) : known.id;
    entries.note(id, row !== undefined);
    if (row) byProject.set(known.project, [...(byProject.get(known.project) ?? []), row]);
    else facts.push({ kind: "gone", of: "entry", id });
  }
  for (const [project, some] of byProject) {
    const place = await parts.places.of(project);
    const found = await readEntryFacts({ project, place, rows: some, depth: "whole" }, parts.payloads, context);
    facts.push(...found.facts);
  }
  return facts;
}

/** Records are read to so many bytes: beyond, one may differ from what was told without being seen to. */
function tooLong({ driver }: IndexEntries): AppError {
  return new AppError("too_large", `${driver.engine}: this entry's record is too long to be compared.`, {
    remedy: "Remove it with the system that wrote it.",
  });
}

function readOnly({ driver }: IndexEntries): AppError {
  return new AppError("forbidden", `${driver.engine}: this store may only be read.`, {
    remedy: "Take readOnly out of the source's settings, or remove the entry with the system that wrote it.",
  });
}
