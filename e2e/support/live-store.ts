import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { startFirestoreEmulator } from "../../lib/contracts/testing/firestore-emulator.ts";
import { startObjectStore } from "../../lib/contracts/testing/object-store.ts";
import { readRedisEntries, readSqliteEntries } from "./changed-store.ts";
import { readCollection } from "./documents.ts";
import type { LiveWorkspace } from "./expops.ts";
import { startRedis } from "./redis-server.ts";

/** Where ExpOps keeps its index, or its results. */
interface LivePart {
  /** Lines of the config below `backend:`. */
  config: string;
  /** What a target of the server names it by; empty where the workspace leads to it. */
  target: string;
  /** What tells the tool and the server where an emulator is. */
  env: Record<string, string>;
  /** What is stored, by name, read past the product. */
  stored(workspace: LiveWorkspace): Promise<Map<string, string>>;
  stop(): Promise<void>;
}
export type LiveIndex = LivePart;
export interface LiveResults extends LivePart {
  remove(workspace: LiveWorkspace, name: string): Promise<void>;
}

const nothing = async () => undefined;
const project = "tide-lab";
const bucket = "tide-bucket";

export async function sqliteIndex(): Promise<LiveIndex> {
  const stored = async ({ project: path }: LiveWorkspace) =>
    readSqliteEntries(join(path, ".tide-lab", "metrics.sqlite"));
  return { config: "type: local", target: "", env: {}, stored, stop: nothing };
}

/** `notifies`: it tells of changes. */
export async function redisIndex(notifies: boolean): Promise<LiveIndex> {
  const redis = await startRedis(["--notify-keyspace-events", notifies ? "KEA" : ""]);
  return {
    config: `type: redis\n      host: 127.0.0.1\n      port: ${redis.port}`,
    target: redis.url,
    env: {},
    stored: () => readRedisEntries(redis.client),
    stop: redis.stop,
  };
}

export async function firestoreIndex(): Promise<LiveIndex> {
  const emulator = await startFirestoreEmulator();
  const cloud = emulator.newProject();
  return {
    config: `type: gcp\n      gcp_project: ${cloud}`,
    target: `firestore://${cloud}`,
    env: { FIRESTORE_EMULATOR_HOST: emulator.host },
    async stored() {
      const collections = ["process_indices", "step_indices"].map((name) => `mlops_projects/${project}/${name}`);
      const found = await Promise.all(collections.map((path) => readCollection(emulator.host, cloud, path)));
      return new Map(found.flatMap((documents) => [...documents]));
    },
    stop: emulator.stop,
  };
}

export async function fileResults(): Promise<LiveResults> {
  const folderOf = (workspace: LiveWorkspace) => join(workspace.project, ".tide-lab", "cache");
  return {
    config: "",
    target: "",
    env: {},
    async stored(workspace) {
      const found = await readdir(folderOf(workspace), { recursive: true, withFileTypes: true });
      const paths = found.filter((item) => item.isFile()).map(({ parentPath, name }) => join(parentPath, name));
      return new Map(
        await Promise.all(
          paths.map(async (path): Promise<[string, string]> => [path, (await readFile(path)).toString("base64")]),
        ),
      );
    },
    remove: (_workspace, path) => rm(path),
    stop: nothing,
  };
}

export async function bucketResults(): Promise<LiveResults> {
  const objects = await startObjectStore();
  await objects.makeBucket(bucket);
  return {
    config: `\n    object_store:\n      type: gcs\n      bucket: ${bucket}`,
    target: `gs://${bucket}`,
    env: { STORAGE_EMULATOR_HOST: objects.url },
    async stored() {
      const answer = await fetch(`${objects.url}/storage/v1/b/${bucket}/o?prefix=${project}/cache/`);
      const { items = [] } = (await answer.json()) as { items?: { name: string; md5Hash: string }[] };
      return new Map(items.map(({ name, md5Hash }) => [name, md5Hash]));
    },
    remove: (_workspace, name) => objects.remove(bucket, name),
    stop: objects.stop,
  };
}
