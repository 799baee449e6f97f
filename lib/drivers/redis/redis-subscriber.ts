import { setTimeout as sleep } from "node:timers/promises";
import type { StopWatching } from "../../contracts/driver.ts";
import { openRedisConnection } from "./redis-connection.ts";
import type { RedisPlace } from "./redis-place.ts";

export interface Listener {
  /** As PSUBSCRIBE takes it. */
  pattern: string;
  onMessage(channel: Buffer, message: Buffer): void;
  /** The connection was lost and is back: messages may have been missed. */
  onGap?(): void;
}

export interface RedisSubscriber {
  /** Listens from now on, through lost connections, until stopped. Rejects when the first subscription fails. */
  listen(listener: Listener): Promise<StopWatching>;
  close(): void;
}

const retryMs = 2_000;
/** A connection that only listens does not notice by itself that nobody is at the other end. */
const pulseMs = 10_000;

/** A connection of its own for messages, since a subscribed one takes no other commands. Opened by the first listener. */
export async function openRedisSubscriber(place: RedisPlace, timeoutMs: number): Promise<RedisSubscriber> {
  const listeners = new Set<Listener>();
  const life = new AbortController();
  let subscribed: unknown = null;
  let isComingBack = false;
  const connection = await openRedisConnection(place, { timeoutMs, onLost: () => void comeBack() });

  const pulse = setInterval(() => {
    if (listeners.size > 0 && !isComingBack) connection.run((client) => client.ping()).catch(() => undefined);
  }, pulseMs).unref();

  function subscribe(wanted: readonly Listener[]): Promise<void> {
    return connection.run(async (client) => {
      if (subscribed !== client) {
        subscribed = client;
        client.on("pmessageBuffer", (pattern: Buffer | string, channel: Buffer, message: Buffer) => {
          for (const listener of listeners) {
            if (listener.pattern === pattern.toString()) listener.onMessage(channel, message);
          }
        });
      }
      await client.psubscribe(...wanted.map((listener) => listener.pattern));
    });
  }

  async function comeBack(): Promise<void> {
    if (isComingBack) return;
    isComingBack = true;
    while (listeners.size > 0 && !life.signal.aborted) {
      await sleep(retryMs, undefined, { ref: false, signal: life.signal }).catch(() => undefined);
      const isBack = await subscribe([...listeners]).then(
        () => true,
        () => false,
      );
      if (!isBack) continue;
      for (const listener of listeners) listener.onGap?.();
      break;
    }
    isComingBack = false;
  }

  return {
    async listen(listener) {
      listeners.add(listener);
      try {
        await subscribe([listener]);
      } catch (error) {
        listeners.delete(listener);
        throw error;
      }
      return async () => {
        listeners.delete(listener);
        const isShared = [...listeners].some((other) => other.pattern === listener.pattern);
        if (isShared || life.signal.aborted) return;
        // Nothing to tell when the connection is just lost: it will come back without this pattern.
        await connection.run((client) => client.punsubscribe(listener.pattern)).catch(() => undefined);
      };
    },
    close() {
      life.abort();
      clearInterval(pulse);
      listeners.clear();
      connection.close();
    },
  };
}
