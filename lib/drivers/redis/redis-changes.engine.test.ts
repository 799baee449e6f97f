import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Receipt, StoreChanges } from "../../contracts/changes.ts";
import type { DriverBase } from "../../contracts/driver.ts";
import { describeStoreChanges } from "../../contracts/testing/changes-suite.ts";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { type RedisServer, startRedis } from "../../contracts/testing/redis-server.ts";
import { openRedisDriver, type RedisOptions } from "./redis-driver.ts";
import { openWriter } from "./testing/redis-clients.ts";

const large = 9 * 1024 * 1024;

function changesOf({ changes }: DriverBase): StoreChanges {
  if (!changes) throw new Error("the driver was opened for reading only");
  return changes;
}

describe.skipIf(!isEngineWanted("redis"))("redis", () => {
  describeStoreChanges({
    name: "redis",
    async start() {
      const server = await startRedis();
      const writer = openWriter(server);
      const driver = await openRedisDriver({ url: server.url, mayChange: true });
      return {
        changes: changesOf(driver),
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
    },
  });

  describe("with a server of its own", () => {
    let server: RedisServer;
    let writer: Redis;
    beforeAll(async () => {
      server = await startRedis();
      writer = openWriter(server);
    });
    afterAll(async () => {
      writer?.disconnect();
      await server?.stop();
    });

    async function withChanges(options: Partial<RedisOptions>, use: (changes: StoreChanges) => Promise<void>) {
      const driver = await openRedisDriver({ url: server.url, mayChange: true, ...options });
      try {
        await use(changesOf(driver));
      } finally {
        await driver.close();
      }
    }
    async function setAside(changes: StoreChanges, keys: readonly string[]) {
      const things = await changes.stat(keys);
      const requests = keys.map((locator, index) => ({
        locator,
        token: things[index]?.token ?? "",
        receiptId: `aside ${locator}`,
      }));
      let kept: Receipt[] = [];
      const outcomes = await changes.setAside(requests, async (receipts) => {
        kept = structuredClone(receipts);
      });
      return { outcomes, kept, requests };
    }

    it("may only be read unless it is said", async () => {
      const driver = await openRedisDriver({ url: server.url });
      expect(driver.changes).toBeUndefined();
      await driver.close();
    });

    it("sets aside and puts back every type, with its life", async () => {
      await writer.flushall();
      await writer.hset("hash", "a", "1", "b", Buffer.from([0, 255]));
      await writer.rpush("list", "a", "b");
      await writer.sadd("set", "a");
      await writer.zadd("zset", 1, "a");
      await writer.xadd("stream", "*", "a", "1");
      await writer.set("number", "12345");
      await writer.set("bytes", Buffer.from([0, 128, 255]));
      const keys = (await writer.keys("*")).sort();
      await writer.pexpireat("hash", Date.now() + 500_000);
      const everything = () =>
        Promise.all(keys.map(async (key) => [await writer.dumpBuffer(key), await writer.pexpiretime(key)]));
      const before = await everything();
      await withChanges({}, async (changes) => {
        const { outcomes, kept } = await setAside(changes, keys);
        expect(outcomes).toEqual(keys.map(() => ({ outcome: "set-aside" })));
        expect(await writer.dbsize()).toBe(0);
        expect(await changes.putBack(kept)).toEqual(keys.map(() => ({ outcome: "restored" })));
        expect(await changes.putBack(kept)).toEqual(keys.map(() => ({ outcome: "same" })));
        expect(await everything()).toEqual(before);
      });
    });

    it("moves a large value aside without pulling it into a receipt, and it does not expire there", async () => {
      const expiresAt = Date.now() + 600_000;
      await writer.setrange("large", large, "end");
      await writer.pexpireat("large", expiresAt);
      await withChanges({}, async (changes) => {
        const { outcomes, kept, requests } = await setAside(changes, ["large"]);
        expect(outcomes).toEqual([{ outcome: "set-aside" }]);
        const place = "trialdeck:set-aside:aside large";
        expect(kept).toMatchObject([{ kept: { place }, bytes: large + 3, expiresAt }]);
        expect(await writer.exists("large")).toBe(0);
        expect(await writer.pttl(place)).toBe(-1);
        // Asked again after a crash.
        expect(await changes.setAside(requests, async () => {})).toEqual([{ outcome: "set-aside" }]);
        await writer.set("large", "newer");
        expect(await changes.putBack(kept)).toEqual([{ outcome: "different" }]);
        expect([await writer.get("large"), await writer.pttl("large"), await writer.pttl(place)]).toEqual([
          "newer",
          -1,
          -1,
        ]);
        await writer.del("large");
        expect(await changes.putBack(kept)).toEqual([{ outcome: "restored" }]);
        expect(await changes.putBack(kept)).toEqual([{ outcome: "same" }]);
        expect([await writer.strlen("large"), await writer.pexpiretime("large")]).toEqual([large + 3, expiresAt]);
        expect((await setAside(changes, ["large"])).outcomes).toEqual([{ outcome: "set-aside" }]);
        expect(await changes.discard(kept)).toEqual([{ outcome: "discarded" }]);
        expect(await changes.discard(kept)).toEqual([{ outcome: "gone" }]);
        expect(await changes.putBack(kept)).toEqual([{ outcome: "lost" }]);
      });
    });

    it("leaves a large value that changed while the receipts were kept", async () => {
      await writer.setrange("large", large, "old");
      await withChanges({}, async (changes) => {
        const [thing] = await changes.stat(["large"]);
        const request = { locator: "large", token: thing?.token ?? "", receiptId: "raced" };
        const outcomes = await changes.setAside([request], async () => {
          await writer.setrange("large", large, "new");
        });
        expect(outcomes).toEqual([{ outcome: "changed" }]);
        expect(await writer.getrange("large", large, -1)).toBe("new");
      });
      await writer.del("large");
    });

    it("does not dump what would hold up everybody else", async () => {
      await writer.eval("for i = 1, 40 do redis.call('HSET', 'wide', i, string.rep('x', 1024 * 1024)) end", 0);
      await withChanges({}, async (changes) => {
        const { outcomes } = await setAside(changes, ["wide"]);
        expect(outcomes).toMatchObject([
          { outcome: "failed", failure: { code: "too_large", remedy: expect.any(String) } },
        ]);
      });
      expect(await writer.hlen("wide")).toBe(40);
      await writer.del("wide");
    });

    it("leaves a value whose life was changed while the receipts were kept", async () => {
      await writer.set("prolonged", "1", "PX", 100_000);
      await withChanges({}, async (changes) => {
        const [thing] = await changes.stat(["prolonged"]);
        const request = { locator: "prolonged", token: thing?.token ?? "", receiptId: "prolonged" };
        const outcomes = await changes.setAside([request], async () => {
          await writer.pexpire("prolonged", 900_000);
        });
        expect(outcomes).toEqual([{ outcome: "changed" }]);
      });
    });

    it("removes a thousand at once, and only those that nobody touched", async () => {
      const keys = Array.from({ length: 1_000 }, (_, index) => `thousand:${index}`);
      await writer.mset(...keys.flatMap((key) => [key, key]));
      await withChanges({}, async (changes) => {
        const things = await changes.stat(keys);
        const requests = keys.map((locator, index) => ({
          locator,
          token: things[index]?.token ?? "",
          receiptId: locator,
        }));
        const outcomes = await changes.setAside(requests, async () => void (await writer.set("thousand:7", "newer")));
        expect(outcomes.filter(({ outcome }) => outcome === "set-aside")).toHaveLength(999);
        expect(outcomes[7]).toEqual({ outcome: "changed" });
        expect(await writer.get("thousand:7")).toBe("newer");
      });
    });

    it("never sends KEYS nor a script, and only what its doc comment names", async () => {
      const allowed = `watch unwatch multi exec unlink set exists renamenx persist pexpireat memory dump restore
        type pexpiretime strlen getrange hlen hkeys hstrlen hmget select client`.split(/\s+/);
      await writer.flushall();
      await writer.hset("hash", "a", "1");
      await writer.set("plain", "1");
      await writer.setrange("big", large, "x");
      await writer.config("RESETSTAT");
      await withChanges({}, async (changes) => {
        const { kept } = await setAside(changes, ["hash", "plain", "big"]);
        await changes.putBack(kept);
        await changes.discard(kept);
      });
      const stats = await writer.info("commandstats");
      const sent = [...stats.matchAll(/^cmdstat_([a-z]+)/gm)].map(([, command]) => command);
      expect(sent).toEqual(expect.arrayContaining(["watch", "unlink", "restore"]));
      for (const command of sent) expect([...allowed, "config", "info"]).toContain(command);
    });

    it("names the right that is missing, and changes nothing", async () => {
      await writer.set("mlops:a", "1");
      const rights = [
        "+watch",
        "+unwatch",
        "+multi",
        "+exec",
        "+type",
        "+pexpiretime",
        "+strlen",
        "+getrange",
        "+select",
      ];
      await writer.call("ACL", "SETUSER", "reader", "reset", "on", ">x", "~*", ...rights);
      await withChanges({ username: "reader", password: "x" }, async (changes) => {
        const { outcomes } = await setAside(changes, ["mlops:a"]);
        expect(outcomes).toMatchObject([
          { outcome: "failed", failure: { code: "forbidden", remedy: "Grant it: ACL SETUSER <user> +unlink" } },
        ]);
      });
      await writer.call("ACL", "SETUSER", "reader", "resetkeys", "%R~mlops:*", "+unlink");
      await withChanges({ username: "reader", password: "x" }, async (changes) => {
        const { outcomes } = await setAside(changes, ["mlops:a"]);
        expect(outcomes).toMatchObject([
          {
            outcome: "failed",
            failure: { code: "forbidden", message: expect.stringContaining("change some of the keys") },
          },
        ]);
      });
      expect(await writer.get("mlops:a")).toBe("1");
    });

    it("refuses on a replica and puts nothing back into a full memory, and says what helps", async () => {
      await writer.set("a", "1");
      await withChanges({}, async (changes) => {
        const { kept } = await setAside(changes, ["a"]);
        await writer.config("SET", "maxmemory", "1");
        expect(await changes.putBack(kept)).toMatchObject([
          {
            outcome: "failed",
            failure: { message: expect.stringContaining("memory is full"), remedy: expect.any(String) },
          },
        ]);
        await writer.config("SET", "maxmemory", "0");
        expect(await changes.putBack(kept)).toEqual([{ outcome: "restored" }]);
        await writer.replicaof("127.0.0.1", "1");
        await writer.config("SET", "replica-serve-stale-data", "yes");
        const { outcomes } = await setAside(changes, ["a"]);
        await writer.replicaof("NO", "ONE");
        expect(outcomes).toMatchObject([
          { outcome: "failed", failure: { code: "forbidden", remedy: "Open the primary instead." } },
        ]);
        expect(await writer.get("a")).toBe("1");
      });
    });

    it("does not know what became of a change whose answer was lost, and loses nothing by being asked again", async () => {
      await writer.set("unanswered", "1");
      await withChanges({ timeoutMs: 300 }, async (changes) => {
        const [thing] = await changes.stat(["unanswered"]);
        const request = { locator: "unanswered", token: thing?.token ?? "", receiptId: "unanswered" };
        let kept: Receipt[] = [];
        const [outcome] = await changes.setAside([request], async (receipts) => {
          kept = receipts;
          server.freeze();
        });
        server.thaw();
        expect(outcome).toMatchObject({ outcome: "unknown", failure: { code: "source_timeout" } });
        await expect.poll(() => changes.stat(["unanswered"]), { timeout: 10_000 }).toEqual([null]);
        expect(await changes.setAside([request], async () => {})).toEqual([{ outcome: "gone" }]);
        expect(await changes.putBack(kept)).toEqual([{ outcome: "restored" }]);
      });
    });

    it("throws only where the store is out of reach from the first", async () => {
      const own = await startRedis();
      const driver = await openRedisDriver({ url: own.url, mayChange: true });
      await own.stop();
      const request = { locator: "a", token: "x", receiptId: "1" };
      await expect(changesOf(driver).setAside([request], async () => {})).rejects.toMatchObject({
        code: "source_unavailable",
      });
      await driver.close();
    });
  });
});
