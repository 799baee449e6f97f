import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Redis } from "ioredis";
import { copyFixture, fixture } from "./fixtures.ts";
import { openWineLab } from "./plant-store.ts";
import { loadDump, startRedis } from "./redis-server.ts";

/** Wine-lab in a store that a test may change, read past the product. */
export interface ChangedStore {
  target: string;
  /** Every record of the cache as it is stored, by key; with the end of its life, where the engine keeps one. */
  entries(): Promise<Map<string, string>>;
  /** Writes a record anew, as a run would that is at work: it means the same and is another one. */
  rewrite(key: string): Promise<void>;
  /** A record goes past the product, as if it had expired. */
  lose(key: string): Promise<void>;
  /** Folder of the files. */
  files: string;
  stop(): Promise<void>;
}

const isEntry = (key: string) => /(^|:)(process|steps):\/\//.test(key) && !/(^|:)(runs|metric):/.test(key);

async function openOnSqlite(): Promise<ChangedStore> {
  const store = await openWineLab();
  store.close();
  const database = join(store.path, "wine-lab", ".wine-lab", "metrics.sqlite");
  const change = (sql: string, key: string) => {
    const file = new DatabaseSync(database, { timeout: 5_000 });
    file.prepare(sql).run(key);
    file.close();
  };
  return {
    target: store.path,
    files: store.path,
    entries: async () => readSqliteEntries(database),
    rewrite: async (key) => change("update kv set value = value || ' ' where key = ?", key),
    lose: async (key) => change("delete from kv where key = ?", key),
    stop: store.remove,
  };
}

async function openOnRedis(): Promise<ChangedStore> {
  const redis = await startRedis();
  const files = await copyFixture("expops/redis-files");
  await loadDump(redis.client, fixture("expops/redis.jsonl"), { ttl: false });
  return {
    target: `${redis.url}+${files.path}`,
    files: files.path,
    entries: () => readRedisEntries(redis.client),
    rewrite: async (key) => void (await redis.client.append(key, " ")),
    lose: async (key) => void (await redis.client.del(key)),
    async stop() {
      await redis.stop();
      await files.remove();
    },
  };
}

/** Cache records of an ExpOps SQLite file. */
export function readSqliteEntries(path: string): Map<string, string> {
  const file = new DatabaseSync(path, { readOnly: true });
  const rows = file.prepare("select key, value, updated_at from kv order by key").all();
  file.close();
  return new Map(
    rows
      .filter(({ key }) => isEntry(String(key)))
      .map(({ key, value, updated_at: at }) => [String(key), `${value} ${at}`]),
  );
}

/** Cache records of an ExpOps Redis. */
export async function readRedisEntries(client: Redis): Promise<Map<string, string>> {
  const keys = (await client.keys("*")).filter(isEntry).sort();
  const dumps = await Promise.all(
    keys.map(async (key) => `${(await client.dumpBuffer(key))?.toString("base64")} ${await client.pexpiretime(key)}`),
  );
  return new Map(keys.map((key, index) => [key, dumps[index]!]));
}

export const changedStores: readonly { name: string; open(): Promise<ChangedStore> }[] = [
  { name: "SQLite", open: openOnSqlite },
  { name: "Redis", open: openOnRedis },
];
