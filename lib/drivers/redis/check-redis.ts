import type { Redis } from "ioredis";
import { type CheckFinding, failed, passed, type StoreChecks, skipped, warned } from "../../contracts/check.ts";
import { isAppError } from "../../domain/errors.ts";
import { checkHost, checkReach } from "../probe-host.ts";
import { openRedisConnection, type RedisConnection } from "./redis-connection.ts";
import { redisFailure } from "./redis-failure.ts";
import { parseRedisPlace, type RedisPlace, type RedisPlaceOptions } from "./redis-place.ts";
import { commandsOf, type Right, redisRecipes } from "./redis-rights.ts";
import { sendsKeyNotifications } from "./watch-keys.ts";

export interface RedisCheckOptions extends RedisPlaceOptions {
  mayChange: boolean;
  /** What the keys of the layout begin with, and the channels that it listens to. */
  prefix: string;
  channels: readonly string[];
  timeoutMs?: number;
}

/** Looks at a Redis as the product would use it: nothing is written. */
export function checkRedis({
  mayChange,
  prefix,
  channels,
  timeoutMs = 3_000,
  ...options
}: RedisCheckOptions): StoreChecks {
  let place: RedisPlace;
  let isParsed = false;
  let connection: RedisConnection | null = null;
  const keysAt = ({ db }: RedisPlace) => ({ db, prefix, channels });
  const ask = async <Answer>(question: (client: Redis) => Promise<Answer>) => {
    connection ??= await openRedisConnection(place, { timeoutMs });
    return connection.run(question);
  };

  async function checkReads(): Promise<CheckFinding> {
    const told = await lackingRights(ask, commandsOf("read", keysAt(place)));
    if (told.lacking.length === 0) return passed(`The user may read keys below ${prefix}`);
    return lacks(told.lacking, "Without it the store cannot be read.", prefix, failed);
  }

  async function checkFollowing(): Promise<CheckFinding> {
    const { lacking } = await lackingRights(ask, commandsOf("follow", keysAt(place)));
    if (lacking.length === 0) return passed("The user may follow changes");
    return lacks(lacking, "Without it changes are seen at the next sweep, not at once.", prefix, warned);
  }

  async function checkChanges(): Promise<CheckFinding> {
    if (!mayChange) return skipped("The source is only read, so no right to change it is needed");
    const { lacking, isTold } = await lackingRights(ask, commandsOf("change", keysAt(place)));
    if (!isTold) return skipped("Whether entries may be taken out cannot be told without changing any");
    if (lacking.length === 0) return passed("The user may take entries out and put them back");
    return lacks(lacking, "Without it entries cannot be taken out; all else works.", prefix, warned);
  }

  return {
    recipes: () => (isParsed ? redisRecipes(keysAt(place)) : []),
    checks: [
      {
        id: "redis.address",
        stage: "parse",
        async look() {
          place = parseRedisPlace(options);
          isParsed = true;
          return passed(`${place.location}, ${place.username ? `user ${place.username}` : "the default user"}`);
        },
      },
      { id: "redis.host", stage: "policy", look: () => checkHost(place.host) },
      {
        id: "redis.connect",
        stage: "reach",
        look: () =>
          checkReach({ ...place, timeoutMs }).catch((error) => Promise.reject(redisFailure(place.location, error))),
      },
      {
        id: "redis.sign-in",
        stage: "auth",
        async look() {
          await ask((client) => client.type(`${prefix}trialdeck-looks-for-none`).catch(passNoRight));
          return passed(place.password === undefined ? "No password is demanded" : "User and password are taken");
        },
      },
      { id: "redis.read", stage: "rights", look: checkReads },
      { id: "redis.follow", stage: "rights", look: checkFollowing },
      { id: "redis.change", stage: "rights", look: checkChanges },
      { id: "redis.eviction", stage: "fit", look: () => askSettings(ask, checkEviction) },
      { id: "redis.persistence", stage: "fit", look: () => askSettings(ask, checkPersistence) },
      { id: "redis.notifications", stage: "fit", look: () => askSettings(ask, checkNotifications) },
      { id: "redis.role", stage: "fit", look: () => askSettings(ask, (client) => checkRole(client, mayChange)) },
    ],
    close: async () => connection?.close(),
  };
}

type Ask = <Answer>(question: (client: Redis) => Promise<Answer>) => Promise<Answer>;

/** Which of these the user lacks. `isTold` false: the server does not say (before Redis 7, or without the right to ask), and those that change nothing were tried. */
async function lackingRights(ask: Ask, rights: readonly Right[]): Promise<{ lacking: string[]; isTold: boolean }> {
  const user = await ask((client) => client.acl("WHOAMI")).catch(() => null);
  const lacking: string[] = [];
  for (const { right, words, harmless } of rights) {
    const verdict =
      user === null
        ? null
        : await ask((client) => client.call("ACL", "DRYRUN", user, ...words)).then(
            (answer) => String(answer) === "OK",
            () => null,
          );
    if (verdict === false) lacking.push(right);
    if (verdict !== null) continue;
    if (!harmless) return { lacking, isTold: false };
    const [command, ...rest] = words;
    const refusal = await ask((client) => client.call(command!, ...rest)).catch((error: unknown) => error);
    if (isAppError(refusal) && refusal.code === "forbidden") lacking.push(right);
  }
  return { lacking, isTold: true };
}

function lacks(
  rights: readonly string[],
  meaning: string,
  prefix: string,
  finding: (message: string, remedy: string) => CheckFinding,
): CheckFinding {
  const remedy = `ACL SETUSER <user> %R~${prefix}* ${rights.join(" ")}`;
  return finding(`The user lacks ${rights.join(" ")}. ${meaning}`, remedy);
}

/** Being known is enough here: which rights there are is looked at next. */
function passNoRight(error: unknown): void {
  if (!/^NOPERM/.test(error instanceof Error ? error.message : "")) throw error;
}

/** What a server says of itself may be kept from the user: then it is not judged. */
async function askSettings(ask: Ask, look: (client: Redis) => Promise<CheckFinding>): Promise<CheckFinding> {
  try {
    return await ask(look);
  } catch (error) {
    if (isAppError(error) && (error.code === "forbidden" || error.code === "unsupported"))
      return skipped(`The server does not say: ${error.message}`);
    throw error;
  }
}

async function readSettings(client: Redis, pattern: string): Promise<Map<string, string>> {
  const pairs = (await client.config("GET", pattern)) as string[];
  return new Map(pairs.flatMap((name, at) => (at % 2 === 0 ? [[name, pairs[at + 1]!] as const] : [])));
}

async function checkEviction(client: Redis): Promise<CheckFinding> {
  const settings = await readSettings(client, "maxmemory*");
  const policy = settings.get("maxmemory-policy") ?? "noeviction";
  const limit = Number(settings.get("maxmemory") ?? 0);
  if (limit === 0 || policy === "noeviction") return passed("Nothing is evicted");
  return warned(
    `With ${policy}, entries vanish when memory runs short: a cached result may be computed again`,
    "CONFIG SET maxmemory-policy noeviction",
  );
}

async function checkPersistence(client: Redis): Promise<CheckFinding> {
  const [save, append] = [await readSettings(client, "save"), await readSettings(client, "appendonly")];
  if (append.get("appendonly") === "yes") return passed("Each write is appended to a file");
  if (save.get("save")) return passed("A dump is saved from time to time");
  return warned("Nothing is kept when the server restarts", "CONFIG SET appendonly yes");
}

async function checkNotifications(client: Redis): Promise<CheckFinding> {
  if (await sendsKeyNotifications(client)) return passed("Changes are told as they happen");
  return warned("Changes are not told: they are seen at the next sweep", "CONFIG SET notify-keyspace-events KA");
}

async function checkRole(client: Redis, mayChange: boolean): Promise<CheckFinding> {
  const told = await client.info("replication");
  const isReplica = /^role:slave/m.test(told);
  if (!isReplica) return passed("It takes writes");
  const message = "It is a replica, which takes no writes";
  return mayChange ? warned(message, "Name the primary, or mark the source readOnly.") : passed(message);
}
