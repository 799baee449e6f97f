import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import type { Driver } from "../../contracts/driver.ts";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { type FirestoreEmulator, startFirestoreEmulator } from "../../contracts/testing/firestore-emulator.ts";
import { buildMillis, type ObjectStore, startObjectStore } from "../../contracts/testing/object-store.ts";
import { type RedisServer, startRedis } from "../../contracts/testing/redis-server.ts";
import { openFilesDriver } from "../../drivers/files/files-driver.ts";
import { openFirestoreDriver } from "../../drivers/firestore/firestore-driver.ts";
import { openWriter } from "../../drivers/firestore/testing/firestore-clients.ts";
import { openGcsDriver } from "../../drivers/gcs/gcs-driver.ts";
import { openRedisDriver } from "../../drivers/redis/redis-driver.ts";
import { fixtures } from "./testing/collect-facts.ts";
import { describeCloud } from "./testing/describe-cloud.ts";
import { describeWineLab, wineLab } from "./testing/describe-wine-lab.ts";
import { type Documents, documentsOfDatabase, rowsOfDocuments } from "./testing/move-store.ts";
import { readRecordedBucket, readRecordedDocuments } from "./testing/recorded-firestore.ts";

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
      await objects.makeBucket(bucket);
      for (const [name, bytes] of await readRecordedBucket()) await objects.put(bucket, name, bytes);
    }, buildMillis);
    afterAll(async () => {
      for (const driver of opened) await driver.close();
      await Promise.all([emulator?.stop(), objects?.stop(), redis?.stop()]);
      await rm(folder, { recursive: true });
    });

    const openBucket = async () => keep(await openGcsDriver({ bucket, emulatorHost: new URL(objects.url).host }));

    async function openFirestore(documents: Documents) {
      const project = emulator.newProject();
      const writer = await openWriter(emulator.host, project);
      const batch = writer.batch();
      for (const [path, fields] of Object.entries(documents)) batch.set(writer.doc(path), fields);
      await batch.commit();
      await writer.terminate();
      return keep(await openFirestoreDriver({ project, emulatorHost: emulator.host }));
    }

    describeCloud("Firestore and Google Cloud Storage", async () => ({
      index: await openFirestore(readRecordedDocuments()),
      blobs: await openBucket(),
    }));

    describeWineLab("Firestore and local files", wineLab.sqlite, async () => {
      const workspace = join(fixtures, "sqlite-local");
      const documents = documentsOfDatabase(join(workspace, "wine-lab/.wine-lab/metrics.sqlite"), "wine-lab");
      return { index: await openFirestore(documents), blobs: keep(await openFilesDriver({ path: workspace })) };
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
        const driver = await openRedisDriver({ url: redis.url });
        const { Redis } = await import("ioredis");
        const client = new Redis(redis.url);
        await client.mset(Object.fromEntries(recorded().redisRows()));
        client.disconnect();
        return { index: keep(driver), blobs: await openBucket() };
      },
      { isMerged: false },
    );
  },
);
