import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRecordedCloud } from "../../e2e/support/cloud.ts";
import { copyFixture, fixture } from "../../e2e/support/fixtures.ts";
import { loadDump, startRedis } from "../../e2e/support/redis-server.ts";
import { startStrictObjectStore } from "../../lib/contracts/testing/strict-object-store.ts";
import { type Dump, dumpFiles, dumpFirestore, dumpObjects, dumpRedis, dumpSqlite } from "./dump.ts";
import type { Slot } from "./kill-points.ts";

/** Six recorded runs in real engines, which outlive every server that is killed at work on them. */
export interface KilledStore {
  targets: string[];
  args: string[];
  env: Record<string, string>;
  dump(): Promise<Dump>;
  /** As it was, after something was removed for good. */
  refill(): Promise<void>;
  stop(): Promise<void>;
}

async function openOnSqlite(): Promise<KilledStore> {
  const copy = await copyFixture("expops/sqlite-local");
  const index = join(copy.path, "wine-lab", ".wine-lab", "metrics.sqlite");
  return {
    targets: [copy.path],
    args: [],
    env: {},
    dump: async () => new Map([...dumpSqlite(index), ...(await dumpFiles(copy.path))]),
    async refill() {
      await rm(copy.path, { recursive: true });
      await cp(fixture("expops/sqlite-local"), copy.path, { recursive: true });
    },
    stop: copy.remove,
  };
}

async function openOnRedis(): Promise<KilledStore> {
  const redis = await startRedis();
  const files = await copyFixture("expops/redis-files");
  const fill = () => loadDump(redis.client, fixture("expops/redis.jsonl"), { ttl: false });
  await fill();
  return {
    targets: [`${redis.url}+${files.path}`],
    args: [],
    env: {},
    dump: async () => new Map([...(await dumpRedis(redis.client)), ...(await dumpFiles(files.path))]),
    async refill() {
      await redis.client.flushall();
      await fill();
      await rm(files.path, { recursive: true });
      await cp(fixture("expops/redis-files"), files.path, { recursive: true });
    },
    async stop() {
      await redis.stop();
      await files.remove();
    },
  };
}

async function openOnCloud(): Promise<KilledStore> {
  const cloud = await startRecordedCloud();
  const objects = await startStrictObjectStore(cloud.objectsUrl);
  const folder = await mkdtemp(join(tmpdir(), "trialdeck-soak-"));
  const settings = join(folder, "trialdeck.config.yaml");
  // Each server reads everything anew, within one hour.
  await writeFile(settings, `sources: [{target: "${cloud.target}", readsPerHour: 100000000}]\n`);
  return {
    targets: [],
    args: ["--config", settings],
    env: { ...cloud.env, STORAGE_EMULATOR_HOST: objects.url },
    dump: async () =>
      new Map([
        ...(await dumpFirestore(cloud.firestore.host, cloud.project)),
        ...(await dumpObjects(objects.url, cloud.bucket)),
      ]),
    refill: cloud.refill,
    async stop() {
      await objects.stop();
      await cloud.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** Engine → its store, and which of the store's two places it is. */
export const killedEngines = {
  sqlite: { slot: "index", open: openOnSqlite },
  redis: { slot: "index", open: openOnRedis },
  files: { slot: "blobs", open: openOnSqlite },
  firestore: { slot: "index", open: openOnCloud },
  gcs: { slot: "blobs", open: openOnCloud },
} as const satisfies Record<string, { slot: Slot; open(): Promise<KilledStore> }>;

export type KilledEngine = keyof typeof killedEngines;
