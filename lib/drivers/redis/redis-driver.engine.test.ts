import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { describeKeyValueDriver, scanAll } from "../../contracts/testing/key-value-suite.ts";
import { type RedisServer, startRedis } from "../../contracts/testing/redis-server.ts";
import { openRedisDriver } from "./redis-driver.ts";
import { openWriter, withDriver } from "./testing/redis-clients.ts";

describe.skipIf(!isEngineWanted("redis"))("redis", () => {
  describeKeyValueDriver({
    name: "redis",
    takesBytes: true,
    async start() {
      const server = await startRedis({ args: ["--notify-keyspace-events", "KA"] });
      const writer = openWriter(server);
      const driver = await openRedisDriver({ url: server.url, scansPerSecond: 1_000 });
      return {
        driver,
        async put(key, value, options) {
          const name = Buffer.from(key);
          if (value instanceof Map)
            await writer.hset(name, new Map([...value].map(([field, one]) => [field, Buffer.from(one)])));
          else await writer.set(name, Buffer.from(value));
          if (options?.expiresAt) await writer.pexpireat(name, options.expiresAt);
        },
        async putList(key) {
          await writer.rpush(key, "a");
        },
        async remove(key) {
          await writer.del(key);
        },
        async publish(channel, message) {
          await writer.publish(channel, message);
        },
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

    it("never sends KEYS, and only what its doc comment names", async () => {
      const allowed =
        "scan type pexpiretime strlen getrange hlen hkeys hstrlen hmget dbsize info config select psubscribe client";
      await writer.hset("h", "a", "1");
      await writer.config("RESETSTAT");
      await withDriver({ url: server.url, scansPerSecond: 1_000 }, async (driver) => {
        await scanAll(driver, "h");
        await driver.read(["h", "none"]);
        await driver.size();
        await driver.identity();
        await driver.watchKeys?.("h", () => {});
        const stats = await writer.info("commandstats");
        const sent = [...stats.matchAll(/^cmdstat_([a-z]+)/gm)].map(([, command]) => command);
        expect(sent).toEqual(expect.arrayContaining(["scan", "type", "hmget", "dbsize"]));
        // The writer's own two.
        for (const command of sent) expect(`${allowed} config info`.split(" ")).toContain(command);
      });
    });

    it("asks for at most so many SCANs a second, but for the first twenty", async () => {
      await withDriver({ url: server.url, scansPerSecond: 50 }, async (driver) => {
        await writer.config("RESETSTAT");
        const begun = performance.now();
        await Promise.all(Array.from({ length: 40 }, () => driver.scan({ prefix: "", cursor: null })));
        const seconds = (performance.now() - begun) / 1_000;
        const scans = Number(/cmdstat_scan:calls=(\d+)/.exec(await writer.info("commandstats"))?.[1]);
        expect(scans).toBe(40);
        // A timer may fire a millisecond early.
        expect((scans - 20 - 1) / seconds).toBeLessThan(55);
      });
    });

    it("never asks for more than 1,000 keys in one step", async () => {
      await writer.eval("for i = 1, 5000 do redis.call('SET', 'step:' .. i, '') end", 0);
      await withDriver({ url: server.url }, async (driver) => {
        const page = await driver.scan({ prefix: "step:", cursor: null, count: 1_000_000 });
        expect(page.keys.length).toBeLessThan(2_000);
        expect(page.cursor).not.toBeNull();
      });
    });

    it("returns every key that stays while others come and go", async () => {
      await writer.eval("for i = 1, 3000 do redis.call('SET', 'stay:' .. i, '') end", 0);
      let isChurning = true;
      const churn = (async () => {
        for (let round = 0; isChurning; round++) {
          await writer.eval("for i = 1, 200 do redis.call('SET', 'come:' .. ARGV[1] .. i, '') end", 0, round);
          await writer.eval("for i = 1, 200 do redis.call('DEL', 'come:' .. ARGV[1] .. i) end", 0, round - 1);
        }
      })();
      await withDriver({ url: server.url, scansPerSecond: 1_000 }, async (driver) => {
        expect(await scanAll(driver, "stay:", 50)).toHaveLength(3_000);
      });
      isChurning = false;
      await churn;
    });

    it("reads the head of a 300 MB value without pulling it", async () => {
      await writer.setrange("big", 300 * 1024 * 1024 - 1, "x");
      await withDriver({ url: server.url }, async (driver) => {
        const sentBefore = Number(/total_net_output_bytes:(\d+)/.exec(await writer.info("stats"))?.[1]);
        const [head] = await driver.read(["big"], { maxBytes: 65_536 });
        const sentAfter = Number(/total_net_output_bytes:(\d+)/.exec(await writer.info("stats"))?.[1]);
        expect(head).toMatchObject({ type: "string", length: 300 * 1024 * 1024 });
        expect(head?.type === "string" && head.bytes.length).toBe(65_536);
        expect(sentAfter - sentBefore).toBeLessThan(100_000);
        const [more] = await driver.read(["big"], { maxBytes: 20_000_000 });
        expect(more?.type === "string" && more.bytes.length).toBe(20_000_000);
      });
      await writer.del("big");
    });

    it("does not pull a hash with a huge field or too many", async () => {
      await writer.eval("redis.call('HSET', 'wide', 'a', string.rep('x', 50 * 1024 * 1024))", 0);
      await writer.eval("for i = 1, 5000 do redis.call('HSET', 'long', i, 1) end", 0);
      await withDriver({ url: server.url }, async (driver) => {
        expect(await driver.read(["wide", "long"])).toMatchObject([
          { type: "other", name: "hash (too large)" },
          { type: "other", name: "hash (too large)" },
        ]);
      });
    });

    it("reads hundreds of keys at once, in order", async () => {
      const keys = Array.from({ length: 1_500 }, (_, index) => `order:${index}`);
      await writer.mset(...keys.flatMap((key) => [key, key]));
      await withDriver({ url: server.url }, async (driver) => {
        const values = await driver.read(keys);
        expect(values.map((value) => value?.type === "string" && Buffer.from(value.bytes).toString())).toEqual(keys);
      });
    });

    it("keeps to its database", async () => {
      const other = openWriter(server, 3);
      await other.set("in three", "3");
      await withDriver({ url: server.url.replace(/0$/, "3") }, async (driver) => {
        expect(await driver.size()).toBe(1);
        expect(driver.location).toBe(`redis://127.0.0.1:${server.port}/3`);
        await withDriver({ url: server.url }, async (first) => {
          expect(await first.identity()).not.toBe(await driver.identity());
        });
      });
      other.disconnect();
    });

    it("says that a database is not there, rather than read another", async () => {
      await expect(openRedisDriver({ url: server.url.replace(/0$/, "99") })).rejects.toMatchObject({
        code: "bad_request",
      });
    });

    it("does not know whether keys are told of where the server is not set to", async () => {
      await withDriver({ url: server.url }, async (driver) => {
        expect(await driver.watchKeys?.("a", () => {})).toBeNull();
      });
    });

    it("says that it is closed", async () => {
      const driver = await openRedisDriver({ url: server.url });
      await driver.close();
      await expect(driver.size()).rejects.toMatchObject({ code: "source_unavailable" });
    });
  });
});
