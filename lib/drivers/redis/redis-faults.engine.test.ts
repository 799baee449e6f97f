import { describe, expect, it, vi } from "vitest";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { scanAll } from "../../contracts/testing/key-value-suite.ts";
import { startRedis } from "../../contracts/testing/redis-server.ts";
import { openRedisDriver } from "./redis-driver.ts";
import { openWriter } from "./testing/redis-clients.ts";

describe.skipIf(!isEngineWanted("redis"))("redis with faults", () => {
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
