import { readFile } from "node:fs/promises";
import { startFirestoreEmulator } from "../../lib/contracts/testing/firestore-emulator.ts";
import { startObjectStore } from "../../lib/contracts/testing/object-store.ts";
import { openWriter, writeDocuments } from "../../lib/drivers/firestore/testing/firestore-clients.ts";
import {
  bundledBucket,
  readBundledDocuments,
  readBundledObjects,
} from "../../lib/layouts/expops/testing/bundled-project.ts";
import { readRecordedBucket } from "../../lib/layouts/expops/testing/recorded-firestore.ts";
import { putTyped } from "./documents.ts";
import { fixture } from "./fixtures.ts";

/** Emulators of Firestore and Google Cloud Storage that hold what ExpOps leaves there. */
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

/** Six runs that ExpOps wrote there. */
export function startRecordedCloud(): Promise<RecordedCloud> {
  return startCloud("lab-bucket", loadDocuments, readRecordedBucket);
}

/** The bundled project, moved there. */
export function startBundledCloud(): Promise<RecordedCloud> {
  return startCloud(bundledBucket, loadBundledDocuments, readBundledObjects);
}

async function startCloud(
  bucket: string,
  load: (host: string, project: string) => Promise<void>,
  readObjects: () => Promise<Map<string, Uint8Array>>,
): Promise<RecordedCloud> {
  const emulator = await startFirestoreEmulator();
  const objects = await startObjectStore();
  const stop = async () => {
    await Promise.all([emulator.stop(), objects.stop()]);
  };
  try {
    const project = emulator.newProject();
    await objects.makeBucket(bucket);
    const refill = async () => {
      await load(emulator.host, project);
      for (const [name, bytes] of await readObjects()) await objects.put(bucket, name, bytes);
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

async function loadBundledDocuments(host: string, project: string): Promise<void> {
  const writer = await openWriter(host, project);
  await writeDocuments(writer, readBundledDocuments("bucket"));
  await writer.terminate();
}

/** The recorded lines are in the shape of Firestore's REST interface. */
async function loadDocuments(host: string, project: string): Promise<void> {
  const lines = (await readFile(fixture("expops/firestore.jsonl"), "utf8")).trim().split("\n");
  for (const line of lines) {
    const { path, fields } = JSON.parse(line) as { path: string; fields: object };
    await putTyped(host, project, path, fields);
  }
}
