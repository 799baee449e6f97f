import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openFilesDriver } from "../../drivers/files/files-driver.ts";
import { openMemoryDocumentDriver } from "../../drivers/memory/memory-document-driver.ts";
import { fixtures } from "./testing/collect-facts.ts";
import { describeCloud } from "./testing/describe-cloud.ts";
import { describeWineLab, wineLab } from "./testing/describe-wine-lab.ts";
import { documentsOfDatabase, rowsOfDocuments } from "./testing/move-store.ts";
import { openRecordedBucket, readRecordedDocuments } from "./testing/recorded-firestore.ts";

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

const bucket = async () => [{ driver: await openRecordedBucket(), scope: null }];

describeCloud(
  "SQLite and a bucket",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "expops-"));
    folders.push(folder);
    const slots = await rowsOfDocuments(readRecordedDocuments(), "wine-lab").sqliteSlots(folder, 1);
    return { ...slots, blobs: await bucket() };
  },
  { isMerged: false },
);

describeCloud(
  "Redis and a bucket",
  async () => ({
    ...(await rowsOfDocuments(readRecordedDocuments(), "wine-lab").redisSlots()),
    blobs: await bucket(),
  }),
  { isMerged: false },
);

describeWineLab("documents and local files", wineLab.sqlite, async () => {
  const folder = join(fixtures, "sqlite-local");
  const documents = documentsOfDatabase(join(folder, "wine-lab/.wine-lab/metrics.sqlite"), "wine-lab");
  return {
    index: [{ driver: await openMemoryDocumentDriver(documents), scope: null }],
    blobs: [{ driver: await openFilesDriver({ path: folder }), scope: null }],
  };
});
