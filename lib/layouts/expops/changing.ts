import { hash } from "node:crypto";
import type { Driver } from "../../contracts/driver.ts";
import type { ChangeableLayout, OpenSlots, Subject, ToldSubject } from "../../contracts/layout.ts";
import { AppError, isAppError } from "../../domain/errors.ts";
import { artifactFactsAt, artifactSubjects } from "./artifact-subjects.ts";
import { entryFactsAt, entrySubjects } from "./entry-subjects.ts";
import { type IndexEntries, type IndexReader, readLocator } from "./index-reader.ts";
import { locateFile, placesOfFile } from "./places.ts";
import type { LayoutParts } from "./project-desk.ts";
import { findRevivals } from "./reviving.ts";

interface Store {
  name: string;
  driver: Driver;
  scope: string | null;
  /** `null`: its files are what may be changed. */
  entries: IndexEntries | null;
}

/** What of a source's drivers may be changed; `undefined` when all of them are opened for reading alone. */
export function openChanging(
  slots: OpenSlots,
  readers: readonly IndexReader[],
  parts: LayoutParts,
): ChangeableLayout | undefined {
  const stores = [
    ...readers.map(
      ({ entries: own }): Store => ({
        name: nameOf("index", own.driver),
        driver: own.driver,
        scope: own.scope,
        entries: own,
      }),
    ),
    ...(slots.blobs ?? []).map((slot): Store => ({ ...slot, name: nameOf("blobs", slot.driver), entries: null })),
  ];
  const changeable = stores.filter(({ driver }) => driver.changes);
  if (changeable.length === 0) return undefined;
  const storeOf = (driver: Driver) => stores.find((store) => store.driver === driver);
  /** That a file is gone is told of the place where it last may have stood. */
  const lastPlaceOf = (name: string) => placesOfFile(slots, name).findLast(({ driver }) => driver.changes) ?? null;
  const storeNamed = (name: string) => {
    const store = changeable.find((one) => one.name === name);
    if (store) return store;
    throw new AppError("gone", "This source has no such store any more.", {
      remedy: "Open it again where it was, with the right to change it.",
    });
  };

  return {
    stores: () => changeable.map(({ name, driver }) => ({ store: name, driver })),

    async subjects(context, told) {
      const found = new Map<ToldSubject, Subject>();
      // Several indexes may have one scope: what one does not hold is asked of the next.
      for (const store of stores) {
        const { entries: own } = store;
        if (!own) continue;
        const wanted = told.filter(
          (one) =>
            one.of === "entry" &&
            readLocator(one.locator)?.scope === own.scope &&
            (found.get(one)?.state ?? "gone") === "gone",
        );
        await look(found, wanted, () => entrySubjects(own, store.name, wanted, context));
      }
      const files = told.filter(({ of }) => of === "artifact");
      const placed = await Promise.all(
        files.map(async (one) => ({ one, file: (await locateFile(slots, one.locator)) ?? lastPlaceOf(one.locator) })),
      );
      for (const [driver, own] of Map.groupBy(placed, ({ file }) => file?.driver)) {
        const store = driver && storeOf(driver);
        if (!driver || !store) continue;
        const wanted = own.map(({ one }) => one);
        const paths = own.map(({ file }) => file?.path ?? "");
        await look(found, wanted, () => artifactSubjects(driver, store.name, paths, wanted));
      }
      return told.map((one) => found.get(one) ?? { state: "gone" });
    },

    changesOf(name) {
      const { changes } = storeNamed(name).driver;
      if (changes) return changes;
      throw new AppError("forbidden", "This store may only be read.");
    },

    async factsAt(context, name, locators) {
      const { driver, scope, entries: own } = storeNamed(name);
      if (own) return entryFactsAt(own, parts, context, locators);
      return driver.kind === "blob" ? artifactFactsAt({ driver, scope }, parts, locators) : [];
    },

    revivals(context, lost) {
      const indexes = readers
        .filter(({ entries }) => entries.driver.changes?.describeNew)
        .map((reader) => ({ reader, store: nameOf("index", reader.entries.driver) }));
      return findRevivals(lost, indexes, parts, context);
    },
  };
}

/** Looks into one store; where that fails, what is in it cannot be changed now, and the others go on. */
async function look(
  found: Map<ToldSubject, Subject>,
  wanted: readonly ToldSubject[],
  ask: () => Promise<Subject[]>,
): Promise<void> {
  if (wanted.length === 0) return;
  let answers: Subject[];
  try {
    answers = await ask();
  } catch (error) {
    if (!isAppError(error)) throw error;
    answers = wanted.map(() => ({ state: "refused", failure: error }));
  }
  for (const [index, one] of wanted.entries()) found.set(one, answers[index] ?? { state: "gone" });
}

/** The same for the same place; the place itself stays out of it, since names are shown. */
function nameOf(slot: string, { engine, location }: Driver): string {
  return `${slot}:${engine}:${hash("sha256", location, "base64url").slice(0, 10)}`;
}
