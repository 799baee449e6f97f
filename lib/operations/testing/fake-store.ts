import { createHash } from "node:crypto";
import { AppError } from "../../domain/errors.ts";
import type { KeptReceipt, SourcesApi } from "../../sources/thread-contract.ts";
import type { OperationsContext } from "../context.ts";

/** Where a server can be killed while it sets a thing aside. */
export type KillPoint = "before keeping" | "after keeping" | "after taking";

export const tokenOf = (content: string) => createHash("sha256").update(content).digest("hex").slice(0, 12);

export const placeOf = (process: string, step: string | null) => JSON.stringify([process, step]);

/** A store of texts by locator, asked as the sources thread is. It outlives the server that asks it. */
export function createFakeStore(contents: Record<string, string>) {
  const things = new Map(Object.entries(contents));
  /** What runs recorded, by process and step: what an entry is made of anew. */
  const recorded = new Map<string, { entryId: string; content: string }>();
  /** Ends of things, epoch ms. */
  const lives = new Map<string, number | null>();
  const store = {
    things,
    recorded,
    lives,
    identity: "store 1",
    killAt: null as KillPoint | null,
    /** Answers that are wanted of the next calls, before the store is asked. */
    failures: [] as AppError[],
    calls: [] as string[],
    graph: null as Awaited<ReturnType<SourcesApi["readGraph"]>>,
  };
  /** A killed server hears nothing more. */
  const dieAt = async (point: KillPoint) => {
    if (store.killAt !== point) return;
    store.killAt = null;
    await new Promise(() => undefined);
  };
  const fail = () => {
    const failure = store.failures.shift();
    if (failure) throw failure;
  };

  /** `tell`: the catalog is told of what was changed, as the sources' thread does. */
  const sources = (
    keepReceipts: (operation: string, receipts: KeptReceipt[]) => void,
    tell: (locators: string[]) => Promise<void>,
  ): OperationsContext["sources"] => ({
    changeableStores: async () => [{ store: "index", identity: store.identity }],
    async recheck(_source, told) {
      const moved = told.filter(({ locator, token }) => tokenOf(things.get(locator) ?? "") !== token);
      await tell(moved.map(({ locator }) => locator));
      return moved.length > 0;
    },
    async setAside(_source, operation, requests) {
      store.calls.push(`set aside ${requests.map(({ locator }) => locator)}`);
      fail();
      await dieAt("before keeping");
      const isSame = ({ locator, token }: { locator: string; token: string }) =>
        tokenOf(things.get(locator) ?? "") === token;
      const receipts = requests.filter(isSame).map(({ locator, token, receiptId }): KeptReceipt => {
        const content = Buffer.from(things.get(locator)!);
        return {
          id: receiptId,
          store: "index",
          locator,
          token,
          bytes: content.length,
          expiresAt: null,
          kept: { content },
        };
      });
      keepReceipts(operation, receipts);
      await dieAt("after keeping");
      const outcomes = requests.map((request) => {
        if (!things.has(request.locator)) return { outcome: "gone" as const };
        if (!isSame(request)) return { outcome: "changed" as const };
        things.delete(request.locator);
        return { outcome: "set-aside" as const };
      });
      await tell(requests.map(({ locator }) => locator));
      await dieAt("after taking");
      return outcomes;
    },
    async putBack(_source, receipts) {
      store.calls.push(`put back ${receipts.map(({ locator }) => locator)}`);
      fail();
      await dieAt("before keeping");
      const outcomes = receipts.map(({ locator, kept }) => {
        const content = Buffer.from("content" in kept ? kept.content : []).toString();
        const there = things.get(locator);
        if (there !== undefined) return { outcome: there === content ? ("same" as const) : ("different" as const) };
        things.set(locator, content);
        return { outcome: "restored" as const };
      });
      await tell(receipts.map(({ locator }) => locator));
      await dieAt("after taking");
      return outcomes;
    },
    async discard(_source, receipts) {
      store.calls.push(`discard ${receipts.map(({ locator }) => locator)}`);
      fail();
      return receipts.map(() => ({ outcome: "discarded" as const }));
    },
    async findRevivals(_source, lost) {
      return lost.map(({ process, step, runNames: [runName] }) => {
        const record = recorded.get(placeOf(process, step));
        if (record === undefined || !runName) return { state: "refused" as const, why: "Its result cannot be read." };
        const { entryId, content } = record;
        const locator = `at ${entryId}`;
        const token = tokenOf(content);
        return {
          state: "revivable" as const,
          runName,
          entryId,
          key: `key:${entryId}`,
          locator,
          token,
          lifeSeconds: 60,
        };
      });
    },
    async revive(_source, requests) {
      store.calls.push(`revive ${requests.map(({ locator }) => locator)}`);
      fail();
      await dieAt("before keeping");
      const outcomes = requests.map(({ process, step, locator, token }) => {
        const record = recorded.get(placeOf(process, step));
        if (record === undefined) return { outcome: "refused" as const, why: "Its result cannot be read." };
        if (tokenOf(record.content) !== token) return { outcome: "changed" as const };
        const there = things.get(locator);
        if (there !== undefined)
          return { outcome: there === record.content ? ("same" as const) : ("different" as const) };
        things.set(locator, record.content);
        return { outcome: "revived" as const };
      });
      await tell(requests.map(({ locator }) => locator));
      await dieAt("after taking");
      return outcomes;
    },
    async setLives(_source, requests) {
      store.calls.push(`set lives ${requests.map(({ locator }) => locator)}`);
      fail();
      await dieAt("before keeping");
      const outcomes = requests.map(({ locator, token, from, to }) => {
        const there = things.get(locator);
        if (there === undefined) return { outcome: "gone" as const };
        const end = lives.get(locator) ?? null;
        if (end === to) return { outcome: "same" as const };
        if (tokenOf(there) !== token || end !== from) return { outcome: "changed" as const };
        lives.set(locator, to);
        return { outcome: "set" as const };
      });
      await tell(requests.map(({ locator }) => locator));
      await dieAt("after taking");
      return outcomes;
    },
    readGraph: async () => store.graph,
    async readRawEntry(_source, locator) {
      const found = things.get(locator);
      if (found === undefined) throw new AppError("gone", "There is no such record.");
      return found;
    },
    async statArtifact(_source, locator) {
      const found = things.get(locator);
      return found === undefined ? null : { bytes: found.length, modifiedAt: null, token: tokenOf(found) };
    },
  });
  return { ...store, store, sources };
}
