import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { type RedisServer, startRedis } from "../../contracts/testing/redis-server.ts";
import { firstFailure, runChecks } from "../../contracts/testing/run-checks.ts";
import { checkRedis, type RedisCheckOptions } from "./check-redis.ts";
import { openRedisDriver } from "./redis-driver.ts";
import { redisRecipes } from "./redis-rights.ts";

const prefix = "mlops:projects:";
const channels = ["mlops:projects:*:events"];

describe.skipIf(!isEngineWanted("redis"))("checks of redis", () => {
  const password = "pa ss/w@rd%";
  let server: RedisServer;
  let admin: Redis;
  beforeAll(async () => {
    server = await startRedis({ args: ["--requirepass", password] });
    admin = new Redis({ port: server.port, password });
    await admin.set(`${prefix}lab:a`, "1");
  });
  afterAll(async () => {
    admin?.disconnect();
    await server?.stop();
  });

  const addressOf = (user: string, secret = password) =>
    `redis://${encodeURIComponent(user)}:${encodeURIComponent(secret)}@127.0.0.1:${server.port}`;
  const look = (options: Partial<RedisCheckOptions> = {}) =>
    runChecks(checkRedis({ url: addressOf("default"), mayChange: true, prefix, channels, ...options }));
  /** Makes the user that a recipe describes, without the rights in `but`. */
  async function makeUser(recipe: string, but: readonly string[] = []): Promise<string> {
    const [, , , ...words] = recipe.replace("<password>", "secret").split(" ");
    await admin.call("ACL", "DELUSER", "made");
    await admin.call("ACL", "SETUSER", "made", ...words.filter((word) => !but.includes(word)));
    return addressOf("made", "secret");
  }
  const recipes = () => redisRecipes({ db: 0, prefix, channels });

  it("passes with every right, and warns of what breaks a cache's promise", async () => {
    const found = await look();
    for (const id of ["address", "host", "connect", "sign-in", "read", "follow", "change", "eviction", "role"])
      expect(found[`redis.${id}`], id).toMatchObject({ verdict: "pass" });
    expect(found["redis.notifications"]).toMatchObject({
      verdict: "warn",
      remedy: "CONFIG SET notify-keyspace-events KA",
    });
  });

  it("sees what its remedies mend", async () => {
    await admin.config("SET", "notify-keyspace-events", "KA");
    await admin.config("SET", "appendonly", "yes");
    await admin.config("SET", "maxmemory", "100mb");
    await admin.config("SET", "maxmemory-policy", "allkeys-lru");
    const found = await look();
    expect(found["redis.notifications"]).toMatchObject({ verdict: "pass" });
    expect(found["redis.persistence"]).toMatchObject({ verdict: "pass" });
    expect(found["redis.eviction"]).toMatchObject({
      verdict: "warn",
      message: expect.stringContaining("allkeys-lru"),
      remedy: "CONFIG SET maxmemory-policy noeviction",
    });
    await admin.config("SET", "maxmemory", "0");
    expect((await look())["redis.eviction"]).toMatchObject({ verdict: "pass" });
  });

  it.each([
    ["no password", () => server.url, "demands a password"],
    ["a wrong password", () => addressOf("default", "wrong-canary"), "user or password is wrong"],
    ["an unknown user", () => addressOf("nobody", "wrong-canary"), "user or password is wrong"],
    ["a database that is not there", () => `${addressOf("default")}/99`, "99"],
    ["TLS where there is none", () => addressOf("default").replace("redis:", "rediss:"), "does not answer in time"],
  ])("fails with %s", async (_what, url, words) => {
    const found = await look({ url: url(), timeoutMs: 1_000 });
    expect(firstFailure(found)).toMatchObject({
      message: expect.stringContaining(words),
      remedy: expect.stringMatching(/\w/),
    });
    expect(JSON.stringify(found)).not.toContain("canary");
  });

  it("skips what changes where the store is only read", async () => {
    expect((await look({ mayChange: false }))["redis.change"]).toMatchObject({ verdict: "skip" });
  });

  it("finds that the users of its recipes lack nothing", async () => {
    const [reading, changing] = recipes();
    const reader = await look({ url: await makeUser(reading!.text), mayChange: false });
    for (const id of ["sign-in", "read", "follow"])
      expect(reader[`redis.${id}`], id).toMatchObject({ verdict: "pass" });
    const changer = await look({ url: await makeUser(`${changing!.text} +acl|whoami +acl|dryrun`) });
    for (const id of ["sign-in", "read", "follow", "change"])
      expect(changer[`redis.${id}`], id).toMatchObject({ verdict: "pass" });
  });

  it("follows changes as the user of its recipe, and reads what it follows", async () => {
    const driver = await openRedisDriver({ url: await makeUser(recipes()[0]!.text) });
    const onChange = vi.fn();
    const stop = await driver.watchKeys?.(prefix, onChange);
    expect(stop).toBeTypeOf("function");
    await admin.set(`${prefix}lab:b`, "2");
    await vi.waitFor(() => expect(onChange).toHaveBeenCalledWith({ keys: [`${prefix}lab:b`] }));
    expect(await driver.watchChannel?.(channels[0]!, () => undefined)).toBeTypeOf("function");
    expect(await driver.read([`${prefix}lab:b`])).toMatchObject([{ type: "string", length: 1 }]);
    await driver.close();
  });

  it("says that it cannot tell where the user may not ask", async () => {
    const found = await look({ url: await makeUser(recipes()[1]!.text) });
    expect(found["redis.read"]).toMatchObject({ verdict: "pass" });
    expect(found["redis.change"]).toMatchObject({
      verdict: "skip",
      message: expect.stringContaining("cannot be told"),
    });
  });

  it("names each right that is missing, whether it may ask for it or has to try", async () => {
    const [reading] = recipes();
    const rights = ["+scan", "+type", "+pttl", "+strlen", "+getrange", "+hlen", "+hkeys", "+hstrlen", "+hmget"];
    for (const right of rights)
      for (const asking of ["", " +acl|whoami +acl|dryrun"]) {
        const found = await look({ url: await makeUser(`${reading!.text}${asking}`, [right]), mayChange: false });
        expect(found["redis.read"], right + asking).toMatchObject({
          verdict: "fail",
          message: expect.stringContaining(right),
          remedy: expect.stringContaining(right),
        });
      }
  });

  it("knows a replica, which takes no writes", async () => {
    const replica = await startRedis({ args: ["--replicaof", "127.0.0.1", "1"] });
    const found = await look({ url: replica.url });
    expect(found["redis.role"]).toMatchObject({ verdict: "warn", remedy: expect.stringContaining("primary") });
    await replica.stop();
  });
});
