import { isDeepStrictEqual } from "node:util";
import { deserialize, serialize } from "node:v8";
import type { PutBackOutcome, SetAsideOutcome, StoreChanges, StoredThing } from "../../contracts/changes.ts";
import { AppError } from "../../domain/errors.ts";

/** What a memory driver's map can do for changes. Everything happens at once, so that nobody comes between. */
export interface MemoryPlace<Stored> {
  find(locator: string): { token: string; expiresAt: number | null; value: Stored } | null;
  remove(locator: string): void;
  create(locator: string, value: Stored, expiresAt: number | null): void;
}

/** Safe changes of a map: for tests of what is built upon them. */
export function memoryChanges<Stored>(place: MemoryPlace<Stored>): StoreChanges {
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
  };
}

function lifeIsOver(): AppError {
  return new AppError("gone", "memory: what was set aside has no life left", {
    remedy: "Run again what made it.",
  });
}
