import type { Redis } from "ioredis";
import type { PutBackOutcome, Receipt } from "../../contracts/changes.ts";
import { AppError } from "../../domain/errors.ts";
import { readThings, unpack } from "./read-things.ts";
import type { ExpiryMemo } from "./read-values.ts";
import { isReply, redisFailure } from "./redis-failure.ts";

interface Where {
  location: string;
  expiry: ExpiryMemo;
}

/** So often a key that is taken and then gone again is tried anew. */
const mostTries = 3;

/**
 * Puts receipts back one after the other, each only where nothing stands: SET NX, RESTORE without REPLACE, RENAMENX. A lost connection throws; what
 * became of those before stands in `outcomes`.
 */
export async function putBackAll(
  client: Redis,
  receipts: readonly Receipt[],
  where: Where,
  outcomes: PutBackOutcome[],
): Promise<void> {
  for (const receipt of receipts) {
    try {
      outcomes.push(await putBackOne(client, receipt, where));
    } catch (error) {
      if (!isReply(error)) throw error;
      outcomes.push({ outcome: "failed", failure: redisFailure(where.location, error) });
    }
  }
}

async function putBackOne(client: Redis, receipt: Receipt, where: Where): Promise<PutBackOutcome> {
  const key = Buffer.from(receipt.locator);
  const isOver = receipt.expiresAt !== null && receipt.expiresAt <= Date.now();
  for (let attempt = 0; attempt < mostTries; attempt++) {
    const done = isOver ? "taken" : await create(client, key, receipt, where);
    if (done !== "taken") return { outcome: done };
    const [thing] = await readThings(client, [key], where.expiry);
    if (thing) return { outcome: thing.token === receipt.token ? "same" : "different" };
    if (isOver) return { outcome: "failed", failure: lifeIsOver(where.location) };
  }
  return { outcome: "different" };
}

async function create(
  client: Redis,
  key: Buffer,
  { kept, expiresAt }: Receipt,
  { expiry }: Where,
): Promise<"restored" | "taken" | "lost"> {
  if ("place" in kept) return moveBack(client, key, kept.place, expiresAt);
  const { form, bytes } = unpack(kept.content);
  if (form === "dump") return restore(client, key, bytes, expiresAt);
  if (expiresAt === null) return (await client.set(key, bytes, "NX")) === "OK" ? "restored" : "taken";
  // Servers without the one lack the other.
  const life =
    expiry.command === "pexpiretime"
      ? client.set(key, bytes, "PXAT", expiresAt, "NX")
      : client.set(key, bytes, "PX", Math.max(1, expiresAt - Date.now()), "NX");
  return (await life) === "OK" ? "restored" : "taken";
}

async function restore(client: Redis, key: Buffer, dump: Buffer, expiresAt: number | null) {
  try {
    if (expiresAt === null) await client.restore(key, 0, dump);
    else await client.restore(key, expiresAt, dump, "ABSTTL");
    return "restored";
  } catch (error) {
    if (isReply(error) && /^BUSYKEY/.test((error as Error).message)) return "taken";
    throw error;
  }
}

/** The life is set where it waits, so that it never falls upon what came meanwhile. */
async function moveBack(client: Redis, key: Buffer, place: string, expiresAt: number | null) {
  if ((await client.exists(place)) === 0) return (await client.exists(key)) === 0 ? "lost" : "taken";
  const transaction = client.multi();
  if (expiresAt !== null) transaction.pexpireat(place, expiresAt);
  const replies = await transaction.renamenx(place, key).exec();
  const [error, moved] = replies?.at(-1) ?? [];
  if (error) throw error;
  if (moved === 1) return "restored";
  await client.persist(place);
  return "taken";
}

function lifeIsOver(location: string): AppError {
  return new AppError("gone", `redis ${location}: what was set aside has no life left`, {
    remedy: "Run again what made it: the store would remove it at once.",
  });
}
