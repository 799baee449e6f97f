import { join } from "node:path";
import { expect, test } from "vitest";
import { openFilesDriver } from "../../drivers/files/files-driver.ts";
import { collectFacts, FactStore, fixtures, openFolderSlots, openRecordedRedis } from "./testing/collect-facts.ts";
import { describeWineLab, wineLab } from "./testing/describe-wine-lab.ts";

const stores = {
  sqlite: () => openFolderSlots(join(fixtures, "sqlite-local")),
  redis: async () => ({
    index: [{ driver: await openRecordedRedis("redis.jsonl", Date.now()), scope: null }],
    blobs: [{ driver: await openFilesDriver({ path: join(fixtures, "redis-files") }), scope: null }],
  }),
};

describeWineLab("SQLite", wineLab.sqlite, stores.sqlite);
describeWineLab("Redis", wineLab.redis, stores.redis);

test("Redis tells when each entry goes, SQLite keeps all", async () => {
  const now = Date.now();
  const redis = await collectFacts(
    { index: [{ driver: await openRecordedRedis("redis.jsonl", now), scope: null }] },
    new FactStore(now),
  );
  expect(redis.entries).toHaveLength(24);
  for (const { expiresAt, ttl } of redis.entries) {
    expect(expiresAt).toBeGreaterThan(now);
    expect(ttl).toEqual({ seconds: Math.round(((expiresAt ?? 0) - now) / 1000), enforced: true });
  }
  const sqlite = await collectFacts(await stores.sqlite());
  for (const { expiresAt, ttl } of sqlite.entries) expect([expiresAt, ttl]).toEqual([null, null]);
});

test("without the files nothing is called missing: an entry then names no payload and says so", async () => {
  const { entries, artifacts } = await collectFacts({
    index: [{ driver: await openRecordedRedis("redis.jsonl"), scope: null }],
  });
  expect(artifacts.size).toBe(0);
  for (const entry of entries.filter(({ state }) => state === "usable")) {
    expect(entry).toMatchObject({ payloads: [], payloadsComplete: false });
  }
});

test("a source rooted at the project has the same ids as one rooted at its workspace", async () => {
  const alone = await collectFacts(await openFolderSlots(join(fixtures, "sqlite-local/wine-lab")));
  const whole = await collectFacts(await stores.sqlite());
  expect([...alone.artifacts.keys()].sort()).toEqual([...whole.artifacts.keys()].sort());
  expect([...alone.runs.values()].map((run) => run.id)).toEqual([...whole.runs.values()].map((run) => run.id));
});
