import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Receipt } from "../../contracts/changes.ts";
import { listAll } from "../../contracts/testing/blob-suite.ts";
import { describeStoreChanges } from "../../contracts/testing/changes-suite.ts";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { buildMillis, type ObjectStore, startObjectStore } from "../../contracts/testing/object-store.ts";
import { raceChanges } from "../../contracts/testing/race-changes.ts";
import { type StrictObjectStore, startStrictObjectStore } from "../../contracts/testing/strict-object-store.ts";
import { type GcsOptions, openGcsDriver } from "./gcs-driver.ts";
import { openChangedBucket, openRacedBucket } from "./testing/changed-bucket.ts";

const weekSeconds = 7 * 86_400;
const trash = ".trialdeck-trash";

describe.skipIf(!isEngineWanted("gcs"))("gcs", () => {
  let store: ObjectStore;
  let strict: StrictObjectStore;
  let soft: StrictObjectStore;
  beforeAll(async () => {
    store = await startObjectStore();
    strict = await startStrictObjectStore(store.url);
    soft = await startStrictObjectStore(store.url, { softDeleteSeconds: weekSeconds });
  }, buildMillis);
  afterAll(async () => {
    await soft?.stop();
    await strict?.stop();
    await store?.stop();
  });

  const openBucket = (url: string, options: Partial<GcsOptions> = {}) =>
    openChangedBucket({ store, past: strict.url, through: url }, options);

  describeStoreChanges({
    name: "gcs",
    canHold: (name) =>
      !/[\r\n\uFFFD]/.test(name) &&
      Buffer.byteLength(name) < 900 &&
      name.split("/").every((part) => !["", ".", ".."].includes(part)),
    start: () => openRacedBucket(store, strict.url),
    rounds: 100,
  });

  it("may only be read unless it is said", async () => {
    const { bucket, driver } = await openBucket(strict.url);
    expect((await openGcsDriver({ bucket, emulatorHost: strict.url })).changes).toBeUndefined();
    expect(driver.changes).toBeDefined();
  });

  describe("in a bucket that keeps nothing of what is removed", () => {
    it("copies before it removes, where no ordinary question sees it", async () => {
      const { driver, changes, kept, keep, past, requestsFor } = await openBucket(strict.url);
      await past.put("team/a", "content");
      await changes.setAside(await requestsFor("a"), keep);
      expect(await past.names()).toEqual([`team/${trash}/of-a`]);
      expect(kept[0]?.kept).toMatchObject({ place: expect.stringContaining(`${trash}/of-a#`) });
      expect(await listAll(driver, "")).toEqual([]);
      expect(await listAll(driver, trash)).toEqual([]);
      expect(await driver.folders("")).toEqual([]);
      expect(await driver.stat(`${trash}/of-a`)).toBeNull();
      expect(await driver.read(`${trash}/of-a`, { offset: 0, length: 9 })).toBeNull();
      expect(await changes.stat([`${trash}/of-a`])).toEqual([null]);
      expect(await changes.discard(kept)).toEqual([{ outcome: "discarded" }]);
      expect(await past.names()).toEqual([]);
    });

    it("puts back with its metadata, and leaves no copy", async () => {
      const { changes, kept, keep, past, requestsFor } = await openBucket(strict.url);
      await past.put("team/a", "content");
      const metadata = { contentType: "image/png", cacheControl: "no-store", metadata: { made: "by hand", "": "x" } };
      await past.patch("team/a", metadata);
      const before = await past.resource("team/a");
      await changes.setAside(await requestsFor("a"), keep);
      expect(await changes.putBack(kept)).toEqual([{ outcome: "restored" }]);
      const { contentType, cacheControl, metadata: own, md5Hash } = await past.resource("team/a");
      expect({ contentType, cacheControl, metadata: own }).toEqual({
        contentType: before.contentType,
        cacheControl: before.cacheControl,
        metadata: before.metadata,
      });
      expect(contentType).toBe("image/png");
      expect(md5Hash).toBe(before.md5Hash);
      expect(await past.names()).toEqual(["team/a"]);
    });

    it("leaves no copy of what was changed or gone by then", async () => {
      const { changes, keep, past, requestsFor } = await openBucket(strict.url);
      await past.put("team/a", "old");
      await past.put("team/b", "old");
      const outcomes = await changes.setAside(await requestsFor("a", "b"), async (receipts) => {
        await keep(receipts);
        await past.put("team/a", "new");
        await past.remove("team/b");
      });
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(["changed", "gone"]);
      expect(await past.names()).toEqual(["team/a"]);
    });

    it("takes a change of metadata alone for a change", async () => {
      const { changes, keep, past, requestsFor } = await openBucket(strict.url);
      await past.put("team/a", "old");
      const [request] = await requestsFor("a");
      const wrong = { locator: "a", receiptId: "r", token: `${request?.token.split(".")[0]}.99` };
      expect(await changes.setAside([wrong], keep)).toEqual([{ outcome: "changed" }]);
    });

    it("says that the same content is there already, whoever wrote it", async () => {
      const { changes, kept, keep, past, requestsFor } = await openBucket(strict.url);
      await past.put("team/a", "content");
      await changes.setAside(await requestsFor("a"), keep);
      await past.put("team/a", "content");
      expect(await changes.putBack(kept)).toEqual([{ outcome: "same" }]);
      await past.put("team/a", "Content");
      expect(await changes.putBack(kept)).toEqual([{ outcome: "different" }]);
    });

    it("copies where versions are kept, too", async () => {
      const { bucket, changes, kept, keep, past, requestsFor } = await openBucket(soft.url);
      await fetch(`${store.url}/storage/v1/b/${bucket}`, {
        method: "PATCH",
        body: JSON.stringify({ versioning: { enabled: true } }),
      });
      await past.put("team/a", "content");
      await changes.setAside(await requestsFor("a"), keep);
      expect(await past.names()).toEqual([`team/${trash}/of-a`]);
      expect(await changes.putBack(kept)).toEqual([{ outcome: "restored" }]);
    });
  });

  describe("in a bucket that keeps what is removed", () => {
    it("makes no copy, and restores the very version", async () => {
      const { changes, kept, keep, past, requestsFor } = await openBucket(soft.url);
      await past.put("team/a", "content");
      await past.patch("team/a", { contentType: "image/png", metadata: { made: "by hand" } });
      const [request] = await requestsFor("a");
      expect(await changes.setAside(await requestsFor("a"), keep)).toEqual([{ outcome: "set-aside" }]);
      expect(await past.names()).toEqual([]);
      const generation = request?.token.split(".")[0];
      expect(kept[0]?.kept).toMatchObject({ place: expect.stringMatching(`^soft-deleted/${generation}#`) });
      expect(await changes.putBack(kept)).toEqual([{ outcome: "restored" }]);
      expect(await past.read("team/a")).toBe("content");
      expect(await past.resource("team/a")).toMatchObject({ contentType: "image/png", metadata: { made: "by hand" } });
      expect(await changes.putBack(kept)).toEqual([{ outcome: "same" }]);
      await past.put("team/a", "newer");
      expect(await changes.putBack(kept)).toEqual([{ outcome: "different" }]);
    });

    it("copies all the same when it keeps for too short", async () => {
      const { changes, keep, past, requestsFor } = await openBucket(soft.url, { trashSeconds: weekSeconds + 1 });
      await past.put("team/a", "content");
      await changes.setAside(await requestsFor("a"), keep);
      expect(await past.names()).toEqual([`team/${trash}/of-a`]);
    });

    it("says that it is lost once the bucket has removed it for good", async () => {
      const { changes, kept, keep, past, requestsFor } = await openBucket(soft.url);
      await past.put("team/a", "content");
      await changes.setAside(await requestsFor("a"), keep);
      const [receipt] = kept;
      const place = receipt && "place" in receipt.kept ? receipt.kept.place : "";
      const late = { ...receipt, kept: { place: place.replace(/\d+/, "1") } } as Receipt;
      expect(await changes.putBack([late])).toEqual([{ outcome: "lost" }]);
      expect(await changes.discard(kept)).toEqual([{ outcome: "discarded" }]);
    });

    it("loses no value to a second writer", async () => {
      const raced = await openRacedBucket(store, soft.url);
      onTestFinished(raced.stop);
      const tally = await raceChanges(raced, { rounds: 100 });
      expect(tally.lost).toEqual([]);
      expect(tally.setAside).toBeGreaterThan(0);
      expect(tally.refused).toBeGreaterThan(0);
    });
  });
});
