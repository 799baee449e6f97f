import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { type FaultProxy, type HttpFault, startFaultProxy } from "../../contracts/testing/http-fault-proxy.ts";
import { buildMillis, type ObjectStore, startObjectStore } from "../../contracts/testing/object-store.ts";
import { findFreePort } from "../../contracts/testing/redis-server.ts";
import { firstFailure, runChecks } from "../../contracts/testing/run-checks.ts";
import { checkGcs, type GcsCheckOptions } from "./check-gcs.ts";

const bucket = "checked";

describe.skipIf(!isEngineWanted("gcs"))("checks of gcs", () => {
  let store: ObjectStore;
  let proxy: FaultProxy;
  beforeAll(async () => {
    store = await startObjectStore();
    await store.makeBucket(bucket);
    proxy = await startFaultProxy(store.url);
  }, buildMillis);
  afterEach(() => proxy.heal());
  afterAll(async () => {
    await proxy?.stop();
    await store?.stop();
  });

  const look = (options: Partial<GcsCheckOptions> = {}) =>
    runChecks(checkGcs({ bucket, emulatorHost: proxy.url, mayChange: true, ...options }));

  it("passes where objects can be listed and read, and skips what an emulator does not tell", async () => {
    const found = await look();
    expect(firstFailure(found)).toBeNull();
    expect(found["gcs.sign-in"]).toMatchObject({ verdict: "pass" });
    expect(found["gcs.lifecycle"]).toMatchObject({ verdict: "pass" });
    expect((await look({ mayChange: false }))["gcs.change"]).toMatchObject({ verdict: "skip" });
  });

  it("writes nothing", async () => {
    const before = proxy.requests.length;
    await look();
    expect(proxy.requests.slice(before).filter((line) => !/^GET /.test(line))).toEqual([]);
  });

  it.each<[string, HttpFault, object]>([
    [
      "a wrong account",
      { kind: "status", status: 403, message: "x does not have storage.objects.list access" },
      { id: "gcs.sign-in", remedy: expect.stringContaining("objectViewer") },
    ],
    [
      "expired credentials",
      { kind: "status", status: 401, message: "Invalid Credentials" },
      { id: "gcs.sign-in", remedy: expect.stringContaining("Sign in again") },
    ],
    [
      "too many questions",
      { kind: "status", status: 429 },
      { id: "gcs.sign-in", remedy: expect.stringContaining("Wait") },
    ],
    [
      "a store that is down",
      { kind: "status", status: 503 },
      { id: "gcs.sign-in", message: expect.stringContaining("503") },
    ],
    ["a store that says nothing", { kind: "hang" }, { id: "gcs.sign-in", message: expect.stringContaining("time") }],
  ])("fails with %s", async (_what, fault, expected) => {
    proxy.inject(fault);
    expect(firstFailure(await look({ timeoutMs: 500 }))).toMatchObject(expected);
  });

  it("fails without the bucket, with a name that can be none, and where nothing listens", async () => {
    expect(firstFailure(await look({ bucket: "nowhere" }))).toMatchObject({
      id: "gcs.sign-in",
      message: expect.stringContaining("there is no bucket nowhere"),
    });
    expect(firstFailure(await look({ bucket: "No Bucket" }))).toMatchObject({ id: "gcs.bucket" });
    const nobody = `127.0.0.1:${await findFreePort()}`;
    expect(firstFailure(await look({ emulatorHost: nobody }))).toMatchObject({ id: "gcs.connect" });
  });
});
