import type { Redis } from "ioredis";
import { type LifeOutcome, type LifeRequest, lifeTolerance } from "../../contracts/changes.ts";
import { AppError } from "../../domain/errors.ts";
import { readThings } from "./read-things.ts";
import type { ExpiryMemo } from "./read-values.ts";
import { isReply, redisFailure, refusalOf } from "./redis-failure.ts";

/** So often a key that others keep writing is looked at again before it counts as changed. */
const mostLooks = 5;
/** A server whose clock is a little ahead would take an end that is so near as one that is over, and remove the key. */
const leastLife = 5_000;

/**
 * Gives keys another end one after the other: WATCH, read, compare, then PEXPIREAT or PERSIST in a MULTI that the server refuses when the key was
 * written meanwhile. After a lost connection the one that was sent is unknown, and those after it were not asked.
 */
export async function setLivesOf(
  client: Redis,
  requests: readonly LifeRequest[],
  where: { location: string; expiry: ExpiryMemo },
): Promise<LifeOutcome[]> {
  const outcomes: LifeOutcome[] = [];
  for (const request of requests) {
    if (request.to !== null && request.to <= Date.now() + leastLife) {
      outcomes.push({ outcome: "failed", failure: wouldEnd(where.location) });
      continue;
    }
    try {
      outcomes.push({ outcome: await setLife(client, request, where.expiry) });
    } catch (error) {
      const failure = redisFailure(where.location, refusalOf(error));
      if (isReply(error)) outcomes.push({ outcome: "failed", failure });
      else {
        outcomes.push({ outcome: "unknown", failure });
        while (outcomes.length < requests.length) outcomes.push({ outcome: "failed", failure });
        break;
      }
    }
  }
  return outcomes;
}

async function setLife(client: Redis, { locator, token, from, to }: LifeRequest, expiry: ExpiryMemo) {
  const key = Buffer.from(locator);
  for (let look = 0; look < mostLooks; look++) {
    await client.watch(key);
    const [thing] = await readThings(client, [key], expiry);
    const known = !thing
      ? ("gone" as const)
      : thing.token !== token
        ? ("changed" as const)
        : isSameEnd(thing.expiresAt, to)
          ? ("same" as const)
          : !isSameEnd(thing.expiresAt, from)
            ? ("changed" as const)
            : null;
    if (known) {
      await client.unwatch();
      return known;
    }
    const transaction = client.multi();
    if (to === null) transaction.persist(key);
    else transaction.pexpireat(key, to);
    const replies = await transaction.exec();
    const [error, done] = replies?.[0] ?? [];
    if (error) throw error;
    if (done === 1) return "set";
  }
  return "changed";
}

function isSameEnd(end: number | null, other: number | null): boolean {
  return end === null || other === null ? end === other : Math.abs(end - other) <= lifeTolerance;
}

function wouldEnd(location: string): AppError {
  return new AppError("conflict", `redis ${location}: that end is over, so the server would remove it at once`, {
    remedy: "Choose a later end, or invalidate the entry if it is to go.",
  });
}
