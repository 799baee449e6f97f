import { isUtf8 } from "node:buffer";
import type { Redis } from "ioredis";
import type { ChangeSignal, StopWatching } from "../../contracts/driver.ts";
import { isAppError } from "../../domain/errors.ts";
import { isReply } from "./redis-failure.ts";
import type { Listener } from "./redis-subscriber.ts";

const gatherMs = 50;
const mostKeys = 1_000;

/** A text as a pattern that matches only itself, for MATCH and PSUBSCRIBE. */
export function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]]/g, "\\$&");
}

/**
 * Whether the server tells of every change of a key: `notify-keyspace-events` holds K and A, or K with all of g$hx
 * (https://redis.io/docs/latest/develop/pubsub/keyspace-notifications/). False also where the user may not ask.
 */
export async function sendsKeyNotifications(client: Redis): Promise<boolean> {
  try {
    const reply = await client.config("GET", "notify-keyspace-events");
    const flags = String((reply as string[])[1] ?? "");
    return flags.includes("K") && (flags.includes("A") || ["g", "$", "h", "x"].every((flag) => flags.includes(flag)));
  } catch (error) {
    if (isReply(error)) return false;
    throw error;
  }
}

/** The pattern that is listened to. A user must be granted exactly this one: patterns are compared as they are written. */
export function notificationsOf(db: number, prefix: string): string {
  return `${headOf(db)}${escapePattern(prefix)}*`;
}

function headOf(db: number): string {
  return `__keyspace@${db}__:`;
}

/** Tells of changed keys below a prefix, gathered for a moment; `null` when the user may not listen. */
export async function watchKeyNotifications(
  listen: (listener: Listener) => Promise<StopWatching>,
  db: number,
  prefix: string,
  onChange: (signal: ChangeSignal) => void,
): Promise<StopWatching | null> {
  const head = Buffer.from(headOf(db));
  let changed: Set<string> | null = new Set();
  let timer: NodeJS.Timeout | undefined;

  function tell() {
    timer = undefined;
    const keys = changed && [...changed];
    changed = new Set();
    onChange({ keys });
  }
  function note(key: string | null) {
    if (key === null || (changed?.size ?? 0) >= mostKeys) changed = null;
    changed?.add(key ?? "");
    timer ??= setTimeout(tell, gatherMs);
  }

  try {
    const stop = await listen({
      pattern: notificationsOf(db, prefix),
      onMessage(channel) {
        const key = channel.subarray(head.length);
        note(isUtf8(key) ? key.toString() : null);
      },
      onGap: () => note(null),
    });
    return async () => {
      clearTimeout(timer);
      await stop();
    };
  } catch (error) {
    if (isAppError(error) && error.code === "forbidden") return null;
    throw error;
  }
}
