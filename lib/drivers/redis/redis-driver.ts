import { isUtf8 } from "node:buffer";
import { setTimeout as sleep } from "node:timers/promises";
import type { ChangeSignal, KeyValueDriver, StopWatching, StoredKey } from "../../contracts/driver.ts";
import { AppError, isAppError } from "../../domain/errors.ts";
import { type ExpiryMemo, readValues } from "./read-values.ts";
import { redisChanges } from "./redis-changes.ts";
import { openRedisConnection } from "./redis-connection.ts";
import { parseRedisPlace, type RedisPlaceOptions } from "./redis-place.ts";
import { openRedisSubscriber, type RedisSubscriber } from "./redis-subscriber.ts";
import { escapePattern, sendsKeyNotifications, watchKeyNotifications } from "./watch-keys.ts";

export interface RedisOptions extends RedisPlaceOptions {
  /** Most SCAN commands a second, over all scans of this driver. */
  scansPerSecond?: number;
  /** Milliseconds that connecting or one command may take. */
  timeoutMs?: number;
  /** Gives it `changes`. Without, it is only read. */
  mayChange?: boolean;
}

/** Keys a SCAN: Redis answers nobody else meanwhile, and 25 keys that are not in its processor's cache take some 0.05 ms, their values as much. */
const largestCount = 25;
const mostScansPerSecond = 100;
/** Where the store shares the machine with us, what is made of each page costs others more than the SCAN itself. */
const mostScansBeside = 40;
/** So many may come at once after a rest: a small store is read in a moment. */
const scansAtOnce = 20;
const defaultMaxBytes = 1024 * 1024;

/**
 * A Redis. Opening connects once and throws when that fails; later each question connects anew if need be, and fails within
 * the timeout rather than waits.
 * Sends SCAN (paced), TYPE, STRLEN, GETRANGE, PEXPIRETIME or PTTL, HLEN, HKEYS, HSTRLEN, HMGET, DBSIZE, INFO, CONFIG GET, SELECT, PSUBSCRIBE; its changes
 * on a connection of their own also WATCH, UNWATCH, MULTI, EXEC, UNLINK, SET, EXISTS, and for what is large or no string RENAMENX, PERSIST,
 * PEXPIREAT, MEMORY USAGE, DUMP, RESTORE.
 */
export async function openRedisDriver(options: RedisOptions): Promise<KeyValueDriver> {
  const place = parseRedisPlace(options);
  const timeoutMs = options.timeoutMs ?? 3_000;
  const usual = isThisMachine(place.host) ? mostScansBeside : mostScansPerSecond;
  const msBetweenScans = 1_000 / (options.scansPerSecond ?? usual);
  const connection = await openRedisConnection(place, { timeoutMs });
  // A connection that cannot be opened holds nothing that had to be closed.
  await connection.run(async () => undefined);
  const expiry: ExpiryMemo = { command: "pexpiretime" };
  const changing = options.mayChange ? await openRedisConnection(place, { timeoutMs }) : null;
  let subscriber: RedisSubscriber | null = null;
  let nextScanAt = Number.NEGATIVE_INFINITY;

  async function waitForTurn(): Promise<void> {
    const now = performance.now();
    const turn = Math.max(now - scansAtOnce * msBetweenScans, nextScanAt);
    nextScanAt = turn + msBetweenScans;
    if (turn > now) await sleep(turn - now);
  }

  async function listen(listener: Parameters<RedisSubscriber["listen"]>[0]): Promise<StopWatching> {
    subscriber ??= await openRedisSubscriber(place, timeoutMs);
    return subscriber.listen(listener);
  }

  return {
    kind: "key-value",
    engine: "redis",
    location: place.location,
    ...(changing && { changes: redisChanges({ connection: changing, location: place.location, expiry }) }),
    async identity() {
      try {
        const info = await connection.run((client) => client.info("server"));
        const runId = /^run_id:(\w+)/m.exec(info)?.[1];
        if (runId) return `${runId}/${place.db}`;
      } catch (error) {
        if (!isAppError(error) || (error.code !== "forbidden" && error.code !== "unsupported")) throw error;
      }
      return place.location;
    },
    async scan({ prefix, cursor, count = largestCount }) {
      await waitForTurn();
      const epoch = connection.epoch();
      const start = cursor === null ? "0" : cursorOf(cursor, epoch, place.location);
      const wanted = Buffer.from(prefix);
      const most = Math.min(Math.max(1, Math.trunc(count)), largestCount);
      const [next, found] = await connection.run((client) =>
        prefix === ""
          ? client.scanBuffer(start, "COUNT", most)
          : client.scanBuffer(start, "MATCH", `${escapePattern(prefix)}*`, "COUNT", most),
      );
      const below = found.filter((bytes) => bytes.subarray(0, wanted.length).equals(wanted));
      const reached = next.toString();
      return { keys: below.map(storedKey), cursor: reached === "0" ? null : `${epoch}:${reached}` };
    },
    async read(keys, { maxBytes = defaultMaxBytes } = {}) {
      const stored = keys.map((key) => Buffer.from(typeof key === "string" ? key : key.bytes));
      return connection.run((client) => readValues(client, stored, Math.max(0, maxBytes), expiry));
    },
    async watchKeys(prefix: string, onChange: (signal: ChangeSignal) => void) {
      const isSent = await connection.run(sendsKeyNotifications);
      return isSent ? watchKeyNotifications(listen, place.db, prefix, onChange) : null;
    },
    watchChannel(channel, onMessage) {
      return listen({
        pattern: channel,
        onMessage: (name, message) => onMessage(name.toString(), message.toString()),
      });
    },
    size: () => connection.run((client) => client.dbsize()),
    async close() {
      connection.close();
      changing?.close();
      subscriber?.close();
    },
  };
}

function isThisMachine(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

function storedKey(bytes: Buffer): StoredKey {
  return { text: isUtf8(bytes) ? bytes.toString() : null, bytes };
}

/** A cursor belongs to the connection that it came from: behind a new one may be another server, where it would skip keys. */
function cursorOf(cursor: string, epoch: number, location: string): string {
  const [, writtenEpoch, position] = /^(\d+):(\d+)$/.exec(cursor) ?? [];
  if (Number(writtenEpoch) === epoch && position !== undefined) return position;
  throw new AppError("source_unavailable", `redis ${location}: the scan was interrupted`, {
    remedy: "The scan begins again by itself.",
  });
}
