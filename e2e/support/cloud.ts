import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { startFirestoreEmulator } from "../../lib/contracts/testing/firestore-emulator.ts";
import { startObjectStore } from "../../lib/contracts/testing/object-store.ts";
import { putTyped } from "./documents.ts";
import { fixture } from "./fixtures.ts";

/** Emulators that hold what ExpOps left of six runs in Firestore and Google Cloud Storage. */
export interface RecordedCloud {
  /** `firestore://…+gs://…` */
  target: string;
  /** What tells a server where the emulators are. */
  env: Record<string, string>;
  /** Of Google Cloud; the emulator knows it. */
  project: string;
  firestore: { host: string; port: number };
  objectsUrl: string;
  bucket: string;
  /** Puts all of it again. */
  refill(): Promise<void>;
  stop(): Promise<void>;
}

const bucket = "lab-bucket";

export async function startRecordedCloud(): Promise<RecordedCloud> {
  const emulator = await startFirestoreEmulator();
  const objects = await startObjectStore();
  const stop = async () => {
    await Promise.all([emulator.stop(), objects.stop()]);
  };
  try {
    const project = emulator.newProject();
    await objects.makeBucket(bucket);
    const refill = async () => {
      await loadDocuments(emulator.host, project);
      await loadObjects((name, bytes) => objects.put(bucket, name, bytes));
    };
    await refill();
    const env = { FIRESTORE_EMULATOR_HOST: emulator.host, STORAGE_EMULATOR_HOST: objects.url };
    const target = `firestore://${project}+gs://${bucket}`;
    return { target, env, project, firestore: emulator, objectsUrl: objects.url, bucket, refill, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The recorded lines are in the shape of Firestore's REST interface. */
async function loadDocuments(host: string, project: string): Promise<void> {
  const lines = (await readFile(fixture("expops/firestore.jsonl"), "utf8")).trim().split("\n");
  for (const line of lines) {
    const { path, fields } = JSON.parse(line) as { path: string; fields: object };
    await putTyped(host, project, path, fields);
  }
}

async function loadObjects(put: (name: string, bytes: Uint8Array) => Promise<unknown>): Promise<void> {
  const root = fixture("expops/gcs/lab-bucket");
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  for (const entry of found.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    await put(relative(root, path).replaceAll(sep, "/"), await readFile(path));
  }
}
