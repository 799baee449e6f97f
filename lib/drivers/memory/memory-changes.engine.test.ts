import { describe, expect, it } from "vitest";
import type { StoreChanges } from "../../contracts/changes.ts";
import type { DriverBase } from "../../contracts/driver.ts";
import { describeStoreChanges } from "../../contracts/testing/changes-suite.ts";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { openMemoryBlobDriver } from "./memory-blob-driver.ts";
import { openMemoryDocumentDriver } from "./memory-document-driver.ts";
import { type MemoryValue, openMemoryKeyValueDriver } from "./memory-key-value-driver.ts";

function changesOf({ changes }: DriverBase): StoreChanges {
  if (!changes) throw new Error("the driver was opened for reading only");
  return changes;
}

describe.skipIf(!isEngineWanted("memory"))("memory", () => {
  describeStoreChanges({
    name: "memory as a key-value store",
    async start() {
      const values = new Map<string, MemoryValue>();
      const driver = await openMemoryKeyValueDriver({ values, mayChange: true });
      return {
        changes: changesOf(driver),
        locator: (name) => name,
        put: async (name, content) => void values.set(name, content),
        async read(name) {
          const [value] = await driver.read([name]);
          return value?.type === "string" ? Buffer.from(value.bytes).toString() : null;
        },
        restOf: async (name) => values.get(name),
        newContent: (_name, text) => ({ text }),
        putMortal: async (name, content, expiresAt) => void values.set(name, { value: content, expiresAt }),
        remove: async (name) => void values.delete(name),
        changeMs: 0.2,
        stop: () => driver.close(),
      };
    },
  });

  describeStoreChanges({
    name: "memory as a blob store",
    async start() {
      const files = new Map<string, string | Uint8Array>();
      const driver = await openMemoryBlobDriver({ files, mayChange: true });
      return {
        changes: changesOf(driver),
        locator: (name) => name,
        put: async (name, content) => void files.set(name, content),
        async read(name) {
          const found = files.get(name);
          return found === undefined ? null : Buffer.from(found).toString();
        },
        remove: async (name) => void files.delete(name),
        changeMs: 0.2,
        stop: () => driver.close(),
      };
    },
  });

  describeStoreChanges({
    name: "memory as a document store",
    async start() {
      const driver = await openMemoryDocumentDriver({}, { mayChange: true });
      return {
        changes: changesOf(driver),
        locator: (name) => `things/${name}`,
        put: async (name, content) => driver.put(`things/${name}`, { content, none: null, list: [{ at: Number.NaN }] }),
        async read(name) {
          const [found] = await driver.get([`things/${name}`]);
          return found ? String(found.fields.content) : null;
        },
        restOf: async (name) => (await driver.get([`things/${name}`]))[0]?.fields,
        newContent: (_name, content) => ({ fields: { content } }),
        remove: async (name) => driver.remove(`things/${name}`),
        changeMs: 0.2,
        stop: () => driver.close(),
      };
    },
  });

  it("may only be read unless it is said", async () => {
    expect((await openMemoryKeyValueDriver({ values: new Map() })).changes).toBeUndefined();
    expect((await openMemoryBlobDriver({ files: new Map() })).changes).toBeUndefined();
    expect((await openMemoryDocumentDriver()).changes).toBeUndefined();
  });
});
