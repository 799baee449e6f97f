import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { scanAll } from "../../contracts/testing/key-value-suite.ts";
import { type RedisServer, startRedis } from "../../contracts/testing/redis-server.ts";
import { openRedisDriver } from "./redis-driver.ts";
import { withDriver } from "./testing/redis-clients.ts";

describe.skipIf(!isEngineWanted("redis"))("redis with passwords and rights", () => {
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

  it("gives no other end without the right to, names the right, and goes on", async () => {
    const rights = ["+watch", "+unwatch", "+multi", "+exec", "+type", "+strlen", "+getrange", "+pexpiretime"];
    await admin.call("ACL", "SETUSER", "keeper", "on", ">x", "~mlops:*", ...rights);
    const end = Date.now() + 100_000;
    await admin.set("mlops:kept", "1", "PXAT", end);
    const driver = await openRedisDriver({ url: signedIn("keeper", "x"), mayChange: true });
    const [thing] = (await driver.changes?.stat(["mlops:kept"])) ?? [];
    const request = { locator: "mlops:kept", token: thing?.token ?? "", from: end, to: end + 50_000 };
    expect(await driver.changes?.setLives?.([request])).toMatchObject([
      { outcome: "failed", failure: { code: "forbidden", remedy: expect.stringContaining("+pexpireat") } },
    ]);
    expect(await admin.pexpiretime("mlops:kept")).toBe(end);
    await admin.call("ACL", "SETUSER", "keeper", "+pexpireat");
    expect(await driver.changes?.setLives?.([request])).toEqual([{ outcome: "set" }]);
    expect(await admin.pexpiretime("mlops:kept")).toBe(end + 50_000);
    await driver.close();
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
