import { isDeepStrictEqual } from "node:util";
import { deserialize, serialize } from "node:v8";
import type {
  LifeOutcome,
  LifeRequest,
  NewContent,
  PutBackOutcome,
  SetAsideOutcome,
  StoreChanges,
  StoredThing,
} from "../../contracts/changes.ts";
import { AppError } from "../../domain/errors.ts";

/** What a memory driver's map can do for changes. Everything happens at once, so that nobody comes between. */
export interface MemoryPlace<Stored> {
  find(locator: string): { token: string; expiresAt: number | null; value: Stored } | null;
  remove(locator: string): void;
  create(locator: string, value: Stored, expiresAt: number | null): void;
  /** What a thing that is made anew is stored as. Absent: nothing is. */
  storedAs?(content: NewContent): Stored;
  /** Things end by themselves here. */
  ends?: boolean;
}

/** Safe changes of a map: for tests of what is built upon them. */
export function memoryChanges<Stored>(place: MemoryPlace<Stored>): StoreChanges {
  const { storedAs } = place;

  function statOf(locator: string): StoredThing | null {
    const found = place.find(locator);
    return found && { token: found.token, bytes: serialize(found.value).length, expiresAt: found.expiresAt };
  }

  function remove(locator: string, token: string): SetAsideOutcome {
    const found = place.find(locator);
    if (found === null) return { outcome: "gone" };
    if (found.token !== token) return { outcome: "changed" };
    place.remove(locator);
    return { outcome: "set-aside" };
  }

  function setLife({ locator, token, from, to }: LifeRequest): LifeOutcome {
    const found = place.find(locator);
    if (to !== null && to <= Date.now()) return { outcome: "failed", failure: lifeIsOver() };
    if (found === null) return { outcome: "gone" };
    if (found.token === token && found.expiresAt === to) return { outcome: "same" };
    if (found.token !== token || found.expiresAt !== from) return { outcome: "changed" };
    place.remove(locator);
    place.create(locator, found.value, to);
    return { outcome: "set" };
  }

  return {
    stat: async (locators) => locators.map(statOf),
    async setAside(requests, keep) {
      const receipts = requests.flatMap(({ locator, token, receiptId }) => {
        const found = place.find(locator);
        if (found?.token !== token) return [];
        const content = serialize(found.value);
        const { expiresAt } = found;
        return [{ id: receiptId, locator, token, bytes: content.length, expiresAt, kept: { content } }];
      });
      if (receipts.length > 0) await keep(receipts);
      return requests.map(({ locator, token }) => remove(locator, token));
    },
    async putBack(receipts) {
      return receipts.map(({ locator, expiresAt, kept }): PutBackOutcome => {
        if (!("content" in kept)) return { outcome: "lost" };
        const found = place.find(locator);
        const value: Stored = deserialize(kept.content);
        // Both went the same way: what comes out of it may differ in bytes where it does not in value.
        if (found)
          return { outcome: isDeepStrictEqual(deserialize(serialize(found.value)), value) ? "same" : "different" };
        if (expiresAt !== null && expiresAt <= Date.now()) return { outcome: "failed", failure: lifeIsOver() };
        place.create(locator, value, expiresAt);
        return { outcome: "restored" };
      });
    },
    discard: async (receipts) => receipts.map(() => ({ outcome: "discarded" })),
    ...(storedAs && {
      describeNew({ locator, content: given, expiresAt }, receiptId) {
        const content = serialize(storedAs(given));
        return { id: receiptId, locator, token: "", bytes: content.length, expiresAt, kept: { content } };
      },
    }),
    ...(place.ends && { setLives: async (requests) => requests.map(setLife) }),
  };
}

function lifeIsOver(): AppError {
  return new AppError("gone", "memory: what was set aside has no life left", {
    remedy: "Run again what made it.",
  });
}
