import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { describeKeyValueDriver, scanAll } from "../../contracts/testing/key-value-suite.ts";
import { type RedisServer, startRedis } from "../../contracts/testing/redis-server.ts";
import { openRedisDriver, type RedisOptions } from "./redis-driver.ts";

/** A writer past the driver. */
function openWriter(server: RedisServer, db = 0): Redis {
  return new Redis({ port: server.port, db });
}

async function withDriver(
  options: RedisOptions,
  use: (driver: Awaited<ReturnType<typeof openRedisDriver>>) => Promise<void>,
) {
  const driver = await openRedisDriver(options);
  try {
    await use(driver);
  } finally {
    await driver.close();
  }
}

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

    it("asks for at most so many SCANs a second", async () => {
      await withDriver({ url: server.url, scansPerSecond: 50 }, async (driver) => {
        await writer.config("RESETSTAT");
        const begun = performance.now();
        await Promise.all(Array.from({ length: 20 }, () => driver.scan({ prefix: "", cursor: null })));
        const seconds = (performance.now() - begun) / 1_000;
        const scans = Number(/cmdstat_scan:calls=(\d+)/.exec(await writer.info("commandstats"))?.[1]);
        expect(scans).toBe(20);
        // A timer may fire a millisecond early.
        expect((scans - 1) / seconds).toBeLessThan(55);
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

  describe("rights", () => {
    const password = "pa ss/w@rd%";
    let server: RedisServer;
    let admin: Redis;
    beforeAll(async () => {
      server = await startRedis({ args: ["--requirepass", password] });
      admin = new Redis({ port: server.port, password });
      await admin.set("mlops:a", "1");
      await admin.set("private:b", "2");
      const reader = ["+scan", "+type", "+pexpiretime", "+strlen", "+getrange", "%R~mlops:*"];
      await admin.call("ACL", "SETUSER", "reader", "on", `>${password}`, "resetchannels", ...reader);
    });
    afterAll(async () => {
      admin?.disconnect();
      await server?.stop();
    });
    const signedIn = (user: string, secret: string) =>
      `redis://${encodeURIComponent(user)}:${encodeURIComponent(secret)}@127.0.0.1:${server.port}`;

    it("signs in with user and password out of the address, and shows neither", async () => {
      await withDriver({ url: signedIn("default", password) }, async (driver) => {
        expect(await driver.size()).toBe(2);
        expect(driver.location).toBe(`redis://127.0.0.1:${server.port}/0`);
      });
      await withDriver({ url: server.url, password }, async (driver) => expect(await driver.size()).toBe(2));
    });

    it.each([
      ["no password", () => server.url, "demands a password"],
      ["a wrong password", () => signedIn("default", "wrong-canary"), "user or password is wrong"],
      ["an unknown user", () => signedIn("nobody-canary", "wrong-canary"), "user or password is wrong"],
    ])("says that it was refused with %s, without repeating it", async (_what, url, words) => {
      const error = await openRedisDriver({ url: url() }).catch((reason) => reason);
      expect(error).toMatchObject({
        code: "forbidden",
        message: expect.stringContaining(words),
        remedy: expect.any(String),
      });
      expect(JSON.stringify([error, error.message, error.stack, error.cause, String(error.cause)])).not.toContain(
        "canary",
      );
    });

    it("works with the least rights, and names the one that is missing", async () => {
      await withDriver({ url: signedIn("reader", password) }, async (driver) => {
        expect(await scanAll(driver, "mlops:")).toHaveLength(1);
        expect(await driver.read(["mlops:a"])).toMatchObject([{ type: "string", length: 1 }]);
        expect(await driver.identity()).toBe(driver.location);
        await expect(driver.size()).rejects.toMatchObject({
          code: "forbidden",
          message: expect.stringContaining("DBSIZE"),
          remedy: "Grant it: ACL SETUSER <user> +dbsize",
        });
        await expect(driver.read(["private:b"])).rejects.toMatchObject({
          code: "forbidden",
          remedy: expect.stringContaining("%R~"),
        });
        expect(await driver.watchKeys?.("mlops:", () => {})).toBeNull();
        await expect(driver.watchChannel?.("events", () => {})).rejects.toMatchObject({ code: "forbidden" });
      });
    });

    it("counts what is left where the absolute expiry may not be asked", async () => {
      await admin.call("ACL", "SETUSER", "old", "on", ">x", "~*", "+type", "+pttl", "+strlen", "+getrange");
      const expiresAt = Date.now() + 100_000;
      await admin.set("mlops:mortal", "1", "PXAT", expiresAt);
      await withDriver({ url: signedIn("old", "x") }, async (driver) => {
        const [value] = await driver.read(["mlops:mortal"]);
        expect(Math.abs((value?.expiresAt ?? 0) - expiresAt)).toBeLessThanOrEqual(2_000);
      });
    });
  });

  describe("faults", () => {
    it("says that nothing listens, and finds the server when it is there again", async () => {
      const server = await startRedis();
      const driver = await openRedisDriver({ url: server.url });
      const identity = await driver.identity();
      await server.kill();
      const gone = { code: "source_unavailable", remedy: expect.any(String) };
      await expect(driver.size()).rejects.toMatchObject(gone);
      await expect(driver.read(["a"])).rejects.toMatchObject(gone);
      await expect(openRedisDriver({ url: server.url })).rejects.toMatchObject({
        ...gone,
        message: `redis redis://127.0.0.1:${server.port}/0: nothing listens at this address`,
      });
      const again = await startRedis({ port: server.port });
      await vi.waitFor(async () => expect(await driver.size()).toBe(0), { timeout: 10_000 });
      expect(await driver.identity()).not.toBe(identity);
      await driver.close();
      await again.stop();
    });

    it("does not go on with a scan whose server was killed", async () => {
      const server = await startRedis();
      const fill = "for i = 1, 5000 do redis.call('SET', 'k:' .. i, '') end";
      const writer = openWriter(server);
      await writer.eval(fill, 0);
      const driver = await openRedisDriver({ url: server.url, scansPerSecond: 1_000 });
      const { cursor } = await driver.scan({ prefix: "k:", cursor: null });
      expect(cursor).not.toBeNull();
      writer.disconnect();
      await server.kill();
      await expect(driver.scan({ prefix: "k:", cursor })).rejects.toMatchObject({ code: "source_unavailable" });
      const again = await startRedis({ port: server.port });
      const filler = openWriter(again);
      await filler.eval(fill, 0);
      await vi.waitFor(async () => expect(await driver.size()).toBe(5_000), { timeout: 10_000 });
      await expect(driver.scan({ prefix: "k:", cursor })).rejects.toMatchObject({
        message: expect.stringContaining("interrupted"),
      });
      expect(await scanAll(driver, "k:")).toHaveLength(5_000);
      filler.disconnect();
      await driver.close();
      await again.stop();
    });

    it("gives up on a server that hangs, at once while it is known to, and recovers", async () => {
      const server = await startRedis();
      const driver = await openRedisDriver({ url: server.url, timeoutMs: 300 });
      server.freeze();
      const questions = Array.from({ length: 20 }, () => driver.size().catch((error) => error.code));
      expect(new Set(await Promise.all(questions))).toEqual(new Set(["source_timeout"]));
      await expect(driver.identity()).rejects.toMatchObject({ code: "source_timeout" });
      await expect(openRedisDriver({ url: server.url, timeoutMs: 300 })).rejects.toMatchObject({
        code: "source_timeout",
      });
      server.thaw();
      await vi.waitFor(async () => expect(await driver.size()).toBe(0), { timeout: 10_000 });
      await driver.close();
      await server.stop();
    });

    it("listens again after a restart, and says that something may have been missed", async () => {
      const args = ["--notify-keyspace-events", "KA"];
      const server = await startRedis({ args });
      const driver = await openRedisDriver({ url: server.url });
      const seen: (string[] | null)[] = [];
      const heard: string[] = [];
      await driver.watchKeys?.("k:", ({ keys }) => seen.push(keys));
      await driver.watchChannel?.("c", (_channel, message) => heard.push(message));
      await server.kill();
      const again = await startRedis({ args, port: server.port });
      await vi.waitFor(() => expect(seen).toContain(null), { timeout: 15_000 });
      const writer = openWriter(again);
      await writer.set("k:1", "1");
      await writer.publish("c", "hello");
      await vi.waitFor(() => expect(seen.flat()).toContain("k:1"));
      await vi.waitFor(() => expect(heard).toEqual(["hello"]));
      writer.disconnect();
      await driver.close();
      await again.stop();
    });

    it("says that a server is still loading", async () => {
      const server = await startRedis({
        args: ["--enable-debug-command", "local", "--loading-process-events-interval-bytes", "1024"],
      });
      const writer = openWriter(server);
      const driver = await openRedisDriver({ url: server.url });
      await writer.eval("for i = 1, 2000 do redis.call('SET', i, string.rep('x', 1000)) end", 0);
      await writer.config("SET", "key-load-delay", "1000");
      const reloading = writer.call("DEBUG", "RELOAD").catch(() => null);
      await vi.waitFor(
        () =>
          expect(driver.size()).rejects.toMatchObject({
            code: "source_unavailable",
            message: expect.stringContaining("loading"),
          }),
        { timeout: 10_000, interval: 20 },
      );
      await reloading;
      expect(await driver.size()).toBe(2_000);
      writer.disconnect();
      await driver.close();
      await server.stop();
    });
  });
});
