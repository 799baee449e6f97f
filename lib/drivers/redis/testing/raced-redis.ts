import type { ChangesStore } from "../../../contracts/testing/changes-suite.ts";
import { startRedis } from "../../../contracts/testing/redis-server.ts";
import { openRedisDriver } from "../redis-driver.ts";
import { openWriter } from "./redis-clients.ts";

/** A server of its own, with a second writer. */
export async function openRacedRedis(): Promise<ChangesStore> {
  const server = await startRedis();
  const writer = openWriter(server);
  const driver = await openRedisDriver({ url: server.url, mayChange: true });
  if (!driver.changes) throw new Error("the driver was opened for reading only");
  return {
    changes: driver.changes,
    locator: (name) => name,
    put: async (name, content) => void (await writer.set(name, content)),
    read: (name) => writer.get(name),
    restOf: async (name) => [await writer.type(name), await writer.pexpiretime(name)],
    putMortal: async (name, content, at) => void (await writer.set(name, content, "PXAT", at)),
    newContent: (_name, text) => ({ text }),
    remove: async (name) => void (await writer.del(name)),
    changeMs: 1,
    async stop() {
      await driver.close();
      writer.disconnect();
      await server.stop();
    },
  };
}
