import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe } from "vitest";
import type { Driver } from "../../contracts/driver.ts";
import type { OpenSlots } from "../../contracts/layout.ts";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { type FirestoreEmulator, startFirestoreEmulator } from "../../contracts/testing/firestore-emulator.ts";
import { buildMillis, type ObjectStore, startObjectStore } from "../../contracts/testing/object-store.ts";
import { type RedisServer, startRedis } from "../../contracts/testing/redis-server.ts";
import type { MetricFact } from "../../domain/facts.ts";
import { openFilesDriver } from "../../drivers/files/files-driver.ts";
import { openFirestoreDriver } from "../../drivers/firestore/firestore-driver.ts";
import { openWriter, writeDocuments } from "../../drivers/firestore/testing/firestore-clients.ts";
import { openGcsDriver } from "../../drivers/gcs/gcs-driver.ts";
import { openRedisDriver } from "../../drivers/redis/redis-driver.ts";
import {
  bundledBucket,
  bundledWorkspace,
  isListOfLists,
  type Results,
  readBundledDocuments,
  readBundledObjects,
  readBundledRows,
} from "./testing/bundled-project.ts";
import { fixtures } from "./testing/collect-facts.ts";
import { describeBundled } from "./testing/describe-bundled.ts";
import { describeCloud } from "./testing/describe-cloud.ts";
import { describeWineLab, wineLab } from "./testing/describe-wine-lab.ts";
import { type Documents, documentsOfRows, rowsOfDatabase, rowsOfDocuments } from "./testing/move-store.ts";
import { readRecordedBucket, readRecordedDocuments } from "./testing/recorded-firestore.ts";
import type { StoredProject } from "./testing/stored-project.ts";

const bucket = "lab-bucket";
const recorded = () => rowsOfDocuments(readRecordedDocuments(), "wine-lab");

describe.skipIf(!["firestore", "gcs", "redis", "sqlite"].every(isEngineWanted))(
  "every pair of index and results",
  () => {
    let emulator: FirestoreEmulator;
    let objects: ObjectStore;
    let redis: RedisServer;
    let folder: string;
    const opened: Driver[] = [];
    const keep = <Opened extends Driver>(driver: Opened) => {
      opened.push(driver);
      return [{ driver, scope: null }];
    };

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "expops-"));
      emulator = await startFirestoreEmulator();
      redis = await startRedis();
      objects = await startObjectStore();
      for (const [into, held] of [
        [bucket, await readRecordedBucket()],
        [bundledBucket, await readBundledObjects()],
      ] as const) {
        await objects.makeBucket(into);
        for (const [name, bytes] of held) await objects.put(into, name, bytes);
      }
    }, buildMillis);
    afterAll(async () => {
      for (const driver of opened) await driver.close();
      await Promise.all([emulator?.stop(), objects?.stop(), redis?.stop()]);
      await rm(folder, { recursive: true });
    });

    const openBucket = async (name = bucket) =>
      keep(await openGcsDriver({ bucket: name, emulatorHost: new URL(objects.url).host }));
    const openWorkspace = async (path: string) => keep(await openFilesDriver({ path }));

    async function openFirestore(documents: Documents) {
      const project = emulator.newProject();
      const writer = await openWriter(emulator.host, project);
      await writeDocuments(writer, documents);
      await writer.terminate();
      return keep(await openFirestoreDriver({ project, emulatorHost: emulator.host }));
    }

    describeCloud("Firestore and Google Cloud Storage", async () => ({
      index: await openFirestore(readRecordedDocuments()),
      blobs: await openBucket(),
    }));

    describeWineLab("Firestore and local files", wineLab.sqlite, async () => {
      const workspace = join(fixtures, "sqlite-local");
      const rows = rowsOfDatabase(join(workspace, "wine-lab/.wine-lab/metrics.sqlite"));
      const documents = documentsOfRows(rows, "wine-lab");
      return { index: await openFirestore(documents), blobs: await openWorkspace(workspace) };
    });

    describeCloud(
      "SQLite and Google Cloud Storage",
      async () => {
        const slots = await recorded().sqliteSlots(folder, 1);
        return { ...slots, blobs: await openBucket() };
      },
      { isMerged: false },
    );

    describeCloud(
      "Redis and Google Cloud Storage",
      async () => {
        return { index: await openRedis(recorded()), blobs: await openBucket() };
      },
      { isMerged: false },
    );

    async function openRedis(stored: StoredProject) {
      const client = new Redis(redis.url);
      await client.flushdb();
      await client.mset(Object.fromEntries(stored.redisRows()));
      client.disconnect();
      return keep(await openRedisDriver({ url: redis.url }));
    }

    const openBundledSqlite = async (results: Results) => {
      const { index = [] } = await readBundledRows(results).sqliteSlots(join(folder, results), 1);
      return index;
    };
    const bundledIndexes: [string, (results: Results) => Promise<OpenSlots["index"]>][] = [
      ["Firestore", (results) => openFirestore(readBundledDocuments(results))],
      ["Redis", (results) => openRedis(readBundledRows(results))],
      ["SQLite", openBundledSqlite],
    ];
    describe.each(bundledIndexes)("with an index in %s", (engine, openIndex) => {
      const keeps = ({ value }: MetricFact) => engine !== "Firestore" || !isListOfLists(value);
      const inBucket = async () => ({ index: await openIndex("bucket"), blobs: await openBucket(bundledBucket) });
      describeBundled("Google Cloud Storage", inBucket, keeps);
      const inFiles = async () => ({ index: await openIndex("files"), blobs: await openWorkspace(bundledWorkspace) });
      describeBundled("local files", inFiles, keeps);
    });
  },
);
