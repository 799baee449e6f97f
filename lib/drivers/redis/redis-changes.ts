import type { Redis } from "ioredis";
import type {
  DiscardOutcome,
  PutBackOutcome,
  Receipt,
  SetAsideOutcome,
  SetAsideRequest,
  StoreChanges,
  StoredThing,
} from "../../contracts/changes.ts";
import { AppError, isAppError } from "../../domain/errors.ts";
import { placeOf } from "./kept-keys.ts";
import { putBackAll } from "./put-back.ts";
import { packText, proofOfText, type RedisThing, readThings } from "./read-things.ts";
import type { ExpiryMemo } from "./read-values.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { isReply, redisFailure, refusalOf } from "./redis-failure.ts";
import { setLivesOf } from "./set-lives.ts";

export interface RedisChangesOptions {
  /** Nobody else may use it: a WATCH holds for its connection. */
  connection: RedisConnection;
  location: string;
  expiry: ExpiryMemo;
}

/** So often a key that others keep writing is looked at again before it counts as changed. */
const mostLooks = 5;
const provenTogether = 32;

/**
 * Safe changes of a Redis: WATCH, read, compare, keep, then UNLINK (or RENAMENX where there is too much to pull) in one MULTI that the server
 * refuses when anything of it was written meanwhile. Without scripts, which some servers forbid.
 */
export function redisChanges({ connection, location, expiry }: RedisChangesOptions): StoreChanges {
  let turn: Promise<unknown> = Promise.resolve();

  /** One after the other: what one of them watches would stop another one's MULTI. */
  function inTurn<Answer>(ask: (client: Redis) => Promise<Answer>): Promise<Answer> {
    const answer = turn.then(() => connection.run(ask));
    turn = answer.catch(() => undefined);
    return answer;
  }

  async function setAside(
    requests: readonly SetAsideRequest[],
    keep: (receipts: Receipt[]) => Promise<void>,
  ): Promise<SetAsideOutcome[]> {
    if (requests.length === 0) return [];
    const outcomes = new Map<string, SetAsideOutcome>();
    /** Sent without an answer yet. */
    const sent = new Set<string>();
    const unkept: unknown[] = [];
    let isReached = false;
    try {
      await inTurn(async (client) => {
        isReached = true;
        const receipts = await judge(client, requests, outcomes);
        try {
          if (receipts.length > 0) await keep(receipts);
        } catch (error) {
          unkept.push(error);
          return client.unwatch();
        }
        if (await removeWatched(client, receipts, outcomes, sent)) return;
        for (const receipt of receipts) await removeOne(client, receipt, outcomes, sent);
      });
    } catch (error) {
      if (!isReached) throw error;
      const failure = redisFailure(location, error);
      for (const { receiptId } of requests) {
        if (sent.has(receiptId)) outcomes.set(receiptId, { outcome: "unknown", failure });
        else if (!outcomes.has(receiptId)) outcomes.set(receiptId, { outcome: "failed", failure });
      }
    }
    if (unkept.length > 0) throw unkept[0];
    return requests.map(({ receiptId }) => outcomes.get(receiptId) ?? { outcome: "changed" });
  }

  /** Watches all, answers the receipts of what is as it was, and notes what becomes of the others. */
  async function judge(
    client: Redis,
    requests: readonly SetAsideRequest[],
    outcomes: Map<string, SetAsideOutcome>,
  ): Promise<Receipt[]> {
    const keys = requests.map(({ locator }) => Buffer.from(locator));
    await client.watch(...keys);
    const things = await readThings(client, keys, expiry);
    const receipts: Receipt[] = [];
    for (const [index, request] of requests.entries()) {
      const thing = things[index] ?? null;
      const receipt = thing?.token === request.token ? receiptOf(request, thing) : null;
      if (receipt) receipts.push(receipt);
      else outcomes.set(request.receiptId, await reasonAgainst(client, request, thing));
    }
    return receipts;
  }

  async function reasonAgainst(
    client: Redis,
    { receiptId, token }: SetAsideRequest,
    thing: RedisThing | null,
  ): Promise<SetAsideOutcome> {
    if (thing === null) {
      // Asked again after a crash: it had been moved already.
      const isMoved = (await client.exists(placeOf(receiptId))) === 1;
      return { outcome: isMoved ? "set-aside" : "gone" };
    }
    if (thing.token === token && thing.way.by === "nothing")
      return { outcome: "failed", failure: tooLarge(location, thing.way.type) };
    return { outcome: "changed" };
  }

  /** Removes all at once, if nothing of it was written since it was watched; else nothing, and answers false. */
  async function removeWatched(
    client: Redis,
    receipts: readonly Receipt[],
    outcomes: Map<string, SetAsideOutcome>,
    sent: Set<string>,
  ): Promise<boolean> {
    if (receipts.length === 0) {
      await client.unwatch();
      return true;
    }
    const transaction = client.multi();
    for (const { id, locator, kept } of receipts) {
      const key = Buffer.from(locator);
      // The name takes the expiry along, and what waits must not go by itself.
      if ("place" in kept) transaction.renamenx(key, kept.place).persist(kept.place);
      else transaction.unlink(key);
      sent.add(id);
    }
    const replies = await transaction.exec().catch((error: unknown) => {
      if (!isReply(error)) throw error;
      for (const { id } of receipts) sent.delete(id);
      if (receipts.length > 1) return null;
      throw refusalOf(error);
    });
    for (const { id } of receipts) sent.delete(id);
    if (replies === null) return false;
    let position = 0;
    for (const { id, kept } of receipts) {
      const isDone = replies[position]?.[1] === 1;
      // The place is taken where the same had been set aside before and was then written anew; else an expiry came first.
      outcomes.set(id, { outcome: isDone ? "set-aside" : "place" in kept ? "changed" : "gone" });
      position += "place" in kept ? 2 : 1;
    }
    return true;
  }

  /** The same for one, after all together were refused; its receipt is kept already. */
  async function removeOne(
    client: Redis,
    receipt: Receipt,
    outcomes: Map<string, SetAsideOutcome>,
    sent: Set<string>,
  ): Promise<void> {
    const key = Buffer.from(receipt.locator);
    try {
      for (let look = 0; look < mostLooks; look++) {
        await client.watch(key);
        const [thing] = await readThings(client, [key], expiry);
        const isSame = thing?.token === receipt.token && thing.expiresAt === receipt.expiresAt;
        if (!isSame) {
          await client.unwatch();
          outcomes.set(receipt.id, { outcome: thing ? "changed" : "gone" });
          return;
        }
        if (await removeWatched(client, [receipt], outcomes, sent)) return;
      }
      outcomes.set(receipt.id, { outcome: "changed" });
    } catch (error) {
      if (!isReply(error)) throw error;
      outcomes.set(receipt.id, { outcome: "failed", failure: redisFailure(location, error) });
    }
  }

  function receiptOf({ locator, token, receiptId }: SetAsideRequest, thing: RedisThing): Receipt | null {
    const { bytes, expiresAt, way } = thing;
    if (way.by === "nothing") return null;
    const kept = way.by === "content" ? { content: way.content } : { place: placeOf(receiptId) };
    return { id: receiptId, locator, token, bytes, expiresAt, kept };
  }

  return {
    stat: (locators) =>
      inTurn(async (client) => {
        const stats: (StoredThing | null)[] = [];
        // A few at a time, so that their contents are not all in memory at once.
        for (let begin = 0; begin < locators.length; begin += provenTogether) {
          const keys = locators.slice(begin, begin + provenTogether).map((locator) => Buffer.from(locator));
          const things = await readThings(client, keys, expiry);
          for (const thing of things)
            stats.push(thing && { token: thing.token, bytes: thing.bytes, expiresAt: thing.expiresAt });
        }
        return stats;
      }),
    setAside,
    async putBack(receipts) {
      const outcomes: PutBackOutcome[] = [];
      let isReached = false;
      try {
        await inTurn(async (client) => {
          isReached = true;
          await putBackAll(client, receipts, { location, expiry }, outcomes);
        });
      } catch (error) {
        if (!isReached) throw error;
        const failure = redisFailure(location, error);
        outcomes.push({ outcome: "unknown", failure });
        while (outcomes.length < receipts.length) outcomes.push({ outcome: "failed", failure });
      }
      return outcomes;
    },
    async discard(receipts) {
      const outcomes: DiscardOutcome[] = [];
      for (const { kept } of receipts) {
        if (!("place" in kept)) outcomes.push({ outcome: "discarded" });
        else outcomes.push(await inTurn((client) => discardPlace(client, kept.place)).catch(noteFailure));
      }
      return outcomes;
    },
    describeNew({ locator, content, expiresAt }, receiptId) {
      if (!("text" in content)) throw new TypeError("Redis makes keys of text alone");
      const bytes = Buffer.from(content.text);
      return { id: receiptId, locator, ...proofOfText(bytes), expiresAt, kept: { content: packText(bytes) } };
    },
    setLives: (requests) => inTurn((client) => setLivesOf(client, requests, { location, expiry })),
  };
}

async function discardPlace(client: Redis, place: string): Promise<DiscardOutcome> {
  return { outcome: (await client.unlink(place)) === 1 ? "discarded" : "gone" };
}

/** A refusal is certain. Whether a lost command was done, only asking again tells: then it is `gone`. */
function noteFailure(error: unknown): DiscardOutcome {
  if (!isAppError(error)) throw error;
  return { outcome: error.code === "forbidden" ? "failed" : "unknown", failure: error };
}

function tooLarge(location: string, type: string): AppError {
  return new AppError("too_large", `redis ${location}: a ${type} of this size cannot be set aside`, {
    remedy: "Remove it with the system that wrote it.",
  });
}
