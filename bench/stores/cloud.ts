import { Firestore } from "@google-cloud/firestore";
import { type FirestoreEmulator, startFirestoreEmulator } from "../../lib/contracts/testing/firestore-emulator.ts";
import { startObjectStore } from "../../lib/contracts/testing/object-store.ts";
import { collectionsOfRun, runsIn } from "../../lib/layouts/expops/document-rows.ts";
import { encodeProbePath, processMark } from "../../lib/layouts/expops/names.ts";
import { runNameOf, xpath } from "./stored-index.ts";

export interface CloudStore {
  /** Targets: the runs, and the objects. */
  index: string;
  objects: string;
  env: Record<string, string>;
  /** Where the emulator itself gives the large object. */
  objectUrl: string;
  stop(): Promise<void>;
}

const project = "fleet";
const bucket = "fleet-bucket";
const firstStart = Date.UTC(2026, 0, 1) / 1000;
/** An emulator takes anybody, but the client wants somebody. */
const anybody = { client_email: "bench@example.com", private_key: "none" };

/** A client that writes into an emulator. */
export function clientOf(emulator: FirestoreEmulator, projectId: string): Firestore {
  return new Firestore({ projectId, host: emulator.host, ssl: false, credentials: anybody });
}

/** Firestore with so many runs of two processes, and a bucket that holds a CSV file of so many bytes beside a result. */
export async function openCloud(runs: number, largeBytes: number): Promise<CloudStore> {
  const emulator = await startFirestoreEmulator();
  const objects = await startObjectStore();
  const projectId = emulator.newProject();
  const name = `${project}/artifacts/${"f".repeat(64)}/data/large.csv`;
  await writeRuns(clientOf(emulator, projectId), runs);
  await objects.makeBucket(bucket);
  await objects.put(bucket, name, largeCsv(largeBytes));
  await objects.put(bucket, `${project}/cache/${"f".repeat(64)}/data/result.pkl`, Buffer.from("80047d942e", "hex"));
  return {
    index: `firestore://${projectId}`,
    objects: `gs://${bucket}`,
    env: { FIRESTORE_EMULATOR_HOST: emulator.host, STORAGE_EMULATOR_HOST: objects.url },
    objectUrl: `${objects.url}/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}?alt=media`,
    async stop() {
      await Promise.all([emulator.stop(), objects.stop()]);
    },
  };
}

async function writeRuns(client: Firestore, runs: number): Promise<void> {
  const writer = client.bulkWriter({ throttling: false });
  for (let number = 0; number < runs; number += 1) {
    const at = firstStart + number * 60;
    const run = runNameOf(project, at);
    const below = collectionsOfRun(project, run);
    const put = (path: string, fields: object) => void writer.set(client.doc(path), fields);
    put(`${runsIn(project)}/${run}`, { status: "completed", timestamps: { end: at + 30 }, last_updated: at + 30 });
    for (const process of ["prepare", "train"].map(xpath)) {
      const record = { status: "completed", process_name: process, step_name: processMark, run_id: run };
      const times = { started_at: at, ended_at: at + 30, execution_time: 30 };
      put(`${below.steps}/${encodeProbePath(process)}.${encodeProbePath(processMark)}`, { ...record, ...times });
      put(`${below.metrics}/${encodeProbePath(process)}`, { loss: { "1": 1, "2": 0.5 } });
    }
  }
  await writer.close();
  await client.terminate();
}

function largeCsv(bytes: number): Buffer {
  const row = `${Array.from({ length: 12 }, (_, column) => (column * 1.234567).toFixed(6)).join(",")}\n`;
  const rows = Buffer.alloc(bytes, row);
  rows.write("a,b,c,d,e,f,g,h,i,j,k,l\n".padEnd(row.length, " ").replace(/ +$/, "\n"));
  return rows;
}
