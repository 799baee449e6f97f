import { describe } from "vitest";
import { describeBlobDriver } from "../../contracts/testing/blob-suite.ts";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { describeKeyValueDriver } from "../../contracts/testing/key-value-suite.ts";
import { openMemoryBlobDriver } from "./memory-blob-driver.ts";
import { type MemoryValue, openMemoryKeyValueDriver } from "./memory-key-value-driver.ts";

describe.skipIf(!isEngineWanted("memory"))("memory", () => {
  describeKeyValueDriver({
    name: "memory",
    takesBytes: false,
    async start() {
      const values = new Map<string, MemoryValue>();
      const driver = await openMemoryKeyValueDriver({ values });
      return {
        driver,
        async put(key, value, options) {
          const name = Buffer.from(key).toString();
          values.set(name, { value, expiresAt: options?.expiresAt ?? null });
          driver.announce([name]);
        },
        async putList(key) {
          values.set(key, { otherType: "list" });
        },
        async remove(key) {
          values.delete(key);
          driver.announce([key]);
        },
        async publish(channel, message) {
          driver.publish(channel, message);
        },
        stop: () => driver.close(),
      };
    },
  });

  describeBlobDriver({
    name: "memory",
    async start(given) {
      const files = new Map<string, string>(Object.entries(given));
      const driver = await openMemoryBlobDriver({ files });
      return {
        driver,
        async put(path, content) {
          files.set(path, content);
          driver.announce([path]);
        },
        stop: () => driver.close(),
      };
    },
  });
});
