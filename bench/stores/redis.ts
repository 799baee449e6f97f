import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRedis, type TestRedis } from "../../e2e/support/redis-server.ts";
import { generateEntries, redisKey } from "./entries.ts";
import { keepStore } from "./kept-store.ts";

const dumpName = "dump.rdb";
const atOnce = 1_000;

/** A redis-server that holds `count` step entries. They are written once and loaded from a dump after that. */
export async function startRedisEntries(count: number): Promise<TestRedis> {
  const kept = await keepStore(`redis-entries-${count}`, async (made) => {
    const redis = await startRedis(["--dir", made, "--dbfilename", dumpName]);
    let batch = redis.client.pipeline();
    for (const entry of generateEntries(count)) {
      batch.set(redisKey(entry), JSON.stringify(entry.record));
      if (batch.length < atOnce) continue;
      await batch.exec();
      batch = redis.client.pipeline();
    }
    await batch.exec();
    await redis.client.save();
    await redis.stop();
  });
  const folder = await mkdtemp(join(tmpdir(), "trialdeck-bench-redis-"));
  await copyFile(join(kept, dumpName), join(folder, dumpName));
  const redis = await startRedis(["--dir", folder, "--dbfilename", dumpName]);
  return {
    ...redis,
    async stop() {
      await redis.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
