import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { startRedis } from "../../e2e/support/redis-server.ts";
import type { Loss } from "./mutate.ts";

/** What the tool itself recorded of a process in a run. */
export interface ProcessRecord {
  status: string;
  cachePath: string | null;
  producer: string | null;
}

/** The key store of the project, read and changed past the product. */
export interface LabStore {
  /** Lines of the config. */
  backend: string;
  losses: readonly Loss[];
  runs(): Promise<string[]>;
  processesOf(run: string): Promise<Map<string, ProcessRecord>>;
  /** Entries with the files that they name. */
  entries(): Promise<{ key: string; cachePath: string | null }[]>;
  remove(key: string): Promise<void>;
  /** Lets an entry live on for a few seconds; answers when it ends, epoch ms. */
  shortenLife(key: string): Promise<number>;
  stop(): Promise<void>;
}

interface StoredRecord {
  status: string;
  cache_path?: string | null;
  run_id?: string;
  cached_run_id?: string;
}

export const project = "swell-lab";
const shortLife = 3_000;
const isEntry = (key: string) => /^(process|steps):/.test(key);

/** Everything but the ways to get at keys, which hold no prefix here. */
function storeOver(keys: {
  list(): Promise<[key: string, value: string][]>;
  remove(key: string): Promise<void>;
}): Pick<LabStore, "runs" | "processesOf" | "entries" | "remove"> {
  return {
    async runs() {
      return (await keys.list()).flatMap(([key]) => /^runs:(.+):status$/.exec(key)?.[1] ?? []);
    },
    async processesOf(run) {
      const found = (await keys.list()).flatMap(([key, value]): [string, ProcessRecord][] => {
        if (!key.startsWith(`runs:${run}:steps:`)) return [];
        const process = /name='([^']*)'\]:__process__$/.exec(key)?.[1];
        const { status, cache_path: path, cached_run_id: producer } = JSON.parse(value) as StoredRecord;
        return process ? [[process, { status, cachePath: path ?? null, producer: producer ?? null }]] : [];
      });
      return new Map(found);
    },
    async entries() {
      return (await keys.list())
        .filter(([key]) => isEntry(key))
        .map(([key, value]) => ({ key, cachePath: (JSON.parse(value) as StoredRecord).cache_path ?? null }));
    },
    remove: keys.remove,
  };
}

async function openSqlite(workspace: string): Promise<LabStore> {
  const path = join(workspace, project, `.${project}`, "metrics.sqlite");
  const use = <Answer>(ask: (file: DatabaseSync) => Answer): Answer => {
    const file = new DatabaseSync(path, { timeout: 10_000 });
    try {
      return ask(file);
    } finally {
      file.close();
    }
  };
  const keys = {
    list: async () =>
      use((file) =>
        file
          .prepare("SELECT key, value FROM kv")
          .all()
          .map(({ key, value }): [string, string] => [String(key), String(value)]),
      ),
    remove: async (key: string) => use((file) => void file.prepare("DELETE FROM kv WHERE key = ?").run(key)),
  };
  return {
    ...storeOver(keys),
    backend: "      type: local",
    losses: ["removed", "payload-gone"],
    shortenLife: async () => {
      throw new Error("nothing expires in SQLite");
    },
    stop: async () => {},
  };
}

async function openRedis(): Promise<LabStore> {
  const redis = await startRedis(["--notify-keyspace-events", "KEA"]);
  const { client, port } = redis;
  const prefix = `mlops:projects:${project}:`;
  const full = (key: string) => `${prefix}${key}`;
  const keys = {
    async list() {
      const names = await client.keys(`${prefix}*`);
      const found = names.map(async (name): Promise<[string, string]> => {
        const value = (await client.type(name)) === "string" ? await client.get(name) : null;
        return [name.slice(prefix.length), value ?? "{}"];
      });
      return Promise.all(found);
    },
    remove: async (key: string) => void (await client.del(full(key))),
  };
  return {
    ...storeOver(keys),
    backend: `      type: redis\n      host: 127.0.0.1\n      port: ${port}`,
    losses: ["removed", "payload-gone", "expired"],
    async shortenLife(key) {
      const end = Date.now() + shortLife;
      await client.pexpireat(full(key), end);
      return end;
    },
    stop: redis.stop,
  };
}

export const labStores = { sqlite: openSqlite, redis: openRedis };
export type LabEngine = keyof typeof labStores;
