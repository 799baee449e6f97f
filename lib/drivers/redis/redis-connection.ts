import { isIP } from "node:net";
import type { Redis } from "ioredis";
import { AppError } from "../../domain/errors.ts";
import { isReply, redisFailure } from "./redis-failure.ts";
import type { RedisPlace } from "./redis-place.ts";

export interface RedisConnection {
  /** Asks over an open connection, opening one if need be. A question never waits longer than the timeout, and never for a reconnection. */
  run<Answer>(ask: (client: Redis) => Promise<Answer>): Promise<Answer>;
  /** Number of the connection that the next question will use if nothing is lost: what a scan's cursor is good for. */
  epoch(): number;
  close(): void;
}

export interface ConnectionOptions {
  timeoutMs: number;
  /** Called when an open connection was lost, not when it was closed. */
  onLost?: () => void;
}

/** After a failed attempt, questions fail at once with the same reason for so long, instead of all trying. */
const restMs = 1_000;

/** A connection that is opened by the first question, and anew by the next one after it was lost. */
export async function openRedisConnection(place: RedisPlace, options: ConnectionOptions): Promise<RedisConnection> {
  const { Redis } = await loadClient();
  let client: Redis | null = null;
  let connecting: Promise<Redis> | null = null;
  let failed: { at: number; reason: AppError } | null = null;
  let epoch = 0;
  let isClosed = false;

  function drop(lost: Redis) {
    if (client !== lost) return;
    client = null;
    epoch += 1;
    lost.disconnect();
    options.onLost?.();
  }

  async function connect(): Promise<Redis> {
    const opening = new Redis({
      host: place.host,
      port: place.port,
      username: place.username,
      password: place.password,
      // An address is no name that TLS could ask for.
      tls: place.tls && { ...(isIP(place.host) ? {} : { servername: place.host }), ...place.tls },
      connectionName: "trialdeck",
      protocol: 2,
      lazyConnect: true,
      connectTimeout: options.timeoutMs * 2,
      commandTimeout: options.timeoutMs,
      // Reconnecting, queueing and sending again are decided here: a question fails rather than waits.
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      enableReadyCheck: false,
      autoResubscribe: false,
      autoResendUnfulfilledCommands: false,
      disableClientInfo: true,
    });
    let firstError: unknown = null;
    opening.on("error", (error) => {
      firstError ??= error;
    });
    opening.on("end", () => drop(opening));
    const deadline = setTimeout(() => {
      // A Redis without TLS says nothing to its greeting, so that there is no other sign of it.
      const isGreeting = place.tls !== undefined && opening.status === "connecting";
      firstError ??= new Error(isGreeting ? "TLS handshake timed out" : "handshake timed out");
      opening.disconnect();
    }, options.timeoutMs);
    try {
      await opening.connect();
      // The client itself would go on in database 0 when this fails. It also shows that the server answers at all.
      await opening.select(place.db).catch((error) => {
        if (place.db !== 0 || !/^NOPERM/.test(String(error?.message))) throw error;
      });
      return opening;
    } catch (error) {
      opening.disconnect();
      throw redisFailure(place.location, firstError ?? error);
    } finally {
      clearTimeout(deadline);
    }
  }

  function connected(): Promise<Redis> {
    if (isClosed) return Promise.reject(closed(place));
    if (client !== null) return Promise.resolve(client);
    if (failed !== null && performance.now() - failed.at < restMs) return Promise.reject(failed.reason);
    connecting ??= connect()
      .then((opened) => {
        if (isClosed) {
          opened.disconnect();
          throw closed(place);
        }
        failed = null;
        client = opened;
        return opened;
      })
      .catch((reason: AppError) => {
        failed = { at: performance.now(), reason };
        throw reason;
      })
      .finally(() => {
        connecting = null;
      });
    return connecting;
  }

  return {
    async run(ask) {
      const used = await connected();
      try {
        return await ask(used);
      } catch (error) {
        const reason = redisFailure(place.location, error);
        if (!isReply(error) && reason !== error) {
          failed = { at: performance.now(), reason };
          drop(used);
        }
        throw reason;
      }
    },
    epoch: () => epoch,
    close() {
      isClosed = true;
      const open = client;
      client = null;
      open?.disconnect();
    },
  };
}

async function loadClient() {
  try {
    return await import("ioredis");
  } catch (cause) {
    throw new AppError("unsupported", "redis: the package ioredis is not installed", {
      remedy: "Install it: npm install ioredis",
      cause,
    });
  }
}

function closed(place: RedisPlace): AppError {
  return new AppError("source_unavailable", `redis ${place.location}: the source is closed`, {
    remedy: "Open the source again.",
  });
}
