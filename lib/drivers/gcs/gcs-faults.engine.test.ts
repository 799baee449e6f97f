import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { listAll } from "../../contracts/testing/blob-suite.ts";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { type FaultProxy, type HttpFault, startFaultProxy } from "../../contracts/testing/http-fault-proxy.ts";
import { buildMillis, type ObjectStore, startObjectStore } from "../../contracts/testing/object-store.ts";
import { type GcsDriver, openGcsDriver } from "./gcs-driver.ts";

const bucket = "faulty";
const content = randomBytes(2_000_000);
const everything = { offset: 0, length: content.length };
const remedied = { remedy: expect.any(String) };

/** A server of this test's own that answers in its own way. */
async function serve(answer: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.skipIf(!isEngineWanted("gcs"))("gcs with faults", () => {
  let store: ObjectStore;
  let proxy: FaultProxy;
  let driver: GcsDriver;
  beforeAll(async () => {
    store = await startObjectStore();
    await store.makeBucket(bucket);
    await store.put(bucket, "a/big", content);
    await store.put(bucket, "a/small", "small");
    proxy = await startFaultProxy(store.url);
    // The first question of a process also waits for the client's code.
    await (await openGcsDriver({ bucket, emulatorHost: store.url })).close();
    driver = await openGcsDriver({ bucket, emulatorHost: proxy.url, timeoutMs: 1_000 });
  }, buildMillis);
  afterEach(() => proxy.heal());
  afterAll(async () => {
    await proxy?.stop();
    await store?.stop();
  });

  /** Every way to ask for something. */
  const questions: Record<string, () => Promise<unknown>> = {
    list: () => driver.list({ prefix: "a", cursor: null }),
    folders: () => driver.folders(""),
    stat: () => driver.stat("a/small"),
    read: () => driver.read("a/small", { offset: 0, length: 5 }),
    open: () => openGcsDriver({ bucket, emulatorHost: proxy.url }),
  };
  const lacking = "x@y.iam.gserviceaccount.com does not have storage.objects.get access to the object.";

  it.each<[number, Omit<Extract<HttpFault, { kind: "status" }>, "kind" | "status">, object]>([
    [
      403,
      { message: lacking },
      {
        code: "forbidden",
        message: `gcs gs://${bucket}: the account may not read bucket ${bucket} (it lacks storage.objects.get), for which it needs roles/storage.objectViewer`,
        remedy: expect.stringContaining("roles/storage.objectViewer"),
      },
    ],
    [
      403,
      { message: "The billing account is disabled" },
      { code: "forbidden", remedy: expect.stringMatching(/billing/) },
    ],
    [403, { message: "rateLimitExceeded" }, { code: "too_many", ...remedied }],
    [401, { message: "Invalid Credentials" }, { code: "forbidden", remedy: expect.stringMatching(/^Sign in again/) }],
    [
      401,
      { message: "Anonymous caller has no access" },
      { code: "forbidden", remedy: expect.stringMatching(/^Sign in /) },
    ],
    [400, { message: "Bucket is a requester pays bucket" }, { code: "unsupported", ...remedied }],
    [
      404,
      {},
      { code: "source_unavailable", message: expect.stringContaining(`there is no bucket ${bucket}`), ...remedied },
    ],
    [412, {}, { code: "conflict", ...remedied }],
    [429, {}, { code: "too_many", remedy: expect.stringMatching(/^Wait;/) }],
    [
      429,
      { retryAfterSeconds: 30 },
      { code: "too_many", remedy: expect.stringMatching(/^Wait 30 s;/), details: { retryAfterSeconds: 30 } },
    ],
    [503, {}, { code: "source_unavailable", message: expect.stringContaining("503"), ...remedied }],
    [503, { retryAfterSeconds: 7 }, { code: "source_unavailable", remedy: expect.stringMatching(/^Wait 7 s;/) }],
    [504, {}, { code: "source_timeout", ...remedied }],
    [418, {}, { code: "unsupported", ...remedied }],
  ])("says what HTTP %i %j means, whatever is asked, and recovers", async (status, more, expected) => {
    proxy.inject({ kind: "status", status, ...more });
    for (const ask of Object.values(questions)) await expect(ask()).rejects.toMatchObject(expected);
    proxy.heal();
    for (const ask of Object.values(questions)) await expect(ask()).resolves.toBeTruthy();
  });

  it("asks once more, and no more, after what mostly passes", async () => {
    proxy.inject({ kind: "status", status: 503 }, { times: 1 });
    await expect(driver.stat("a/small")).resolves.toMatchObject({ bytes: 5 });
    const before = proxy.requests.length;
    proxy.inject({ kind: "status", status: 503 });
    await expect(driver.stat("a/small")).rejects.toMatchObject({ code: "source_unavailable" });
    expect(proxy.requests.length - before).toBe(2);
  });

  it("takes an object for absent only while its bucket is there", async () => {
    proxy.inject({ kind: "status", status: 404 }, { matching: /\/o\// });
    expect(await driver.stat("a/small")).toBeNull();
    expect(await driver.read("a/small", everything)).toBeNull();
    proxy.inject({ kind: "status", status: 404, message: "No such object: faulty/a/small" });
    expect(await driver.stat("a/small")).toBeNull();
  });

  it("does without the rights to look at the bucket itself", async () => {
    expect(await driver.identity()).toContain(`/${bucket}/`);
    proxy.inject({ kind: "status", status: 403 }, { matching: /\/b\/[^/?]+(\?|$)/ });
    expect(await driver.identity()).toBe(bucket);
    expect(await driver.facts()).toEqual({ softDeleteSeconds: null, versioning: null });
  });

  describe.each([
    ["broken off", false],
    ["ended as if that were all", true],
  ])("an object's stream %s after 256 KB", (_how, politely) => {
    const cut: HttpFault = { kind: "cut", afterBytes: 262_144, politely };

    it("is read once more", async () => {
      proxy.inject(cut, { times: 1, matching: /alt=media/ });
      expect(Buffer.from((await driver.read("a/big", everything)) ?? "").equals(content)).toBe(true);
    });

    it("is a failure and no short answer, and harms no other read", async () => {
      proxy.inject(cut, { matching: /big.*alt=media/ });
      const [small, big] = await Promise.allSettled([
        driver.read("a/small", everything),
        driver.read("a/big", everything),
      ]);
      expect(small).toMatchObject({ status: "fulfilled", value: Buffer.from("small") });
      expect(big).toMatchObject({ status: "rejected", reason: { code: "source_unavailable", ...remedied } });
    });
  });

  it("does not take a list that was cut for the whole", async () => {
    proxy.inject({ kind: "cut", afterBytes: 200 });
    await expect(driver.list({ prefix: "", cursor: null })).rejects.toMatchObject({ code: "source_unavailable" });
    proxy.inject({ kind: "cut", afterBytes: 200, politely: true });
    await expect(driver.list({ prefix: "", cursor: null })).rejects.toMatchObject({ code: "source_unavailable" });
  });

  it.each<[string, HttpFault]>([
    ["says nothing", { kind: "hang" }],
    ["falls silent", { kind: "hang", afterBytes: 100 }],
  ])("gives up on a store that %s, and recovers", async (_how, fault) => {
    proxy.inject(fault);
    const begun = performance.now();
    const big = () => driver.read("a/big", everything);
    const asked = [questions.list?.(), questions.stat?.(), big(), driver.identity()];
    for (const outcome of await Promise.allSettled(asked)) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "source_timeout", ...remedied } });
    }
    expect(performance.now() - begun).toBeLessThan(2_500);
    proxy.heal();
    expect(await big()).toHaveLength(content.length);
  });

  it("lets go of an answer that comes too late", async () => {
    store.freeze();
    const late = driver.read("a/big", everything);
    await expect(late).rejects.toMatchObject({ code: "source_timeout" });
    store.thaw();
    expect(await driver.read("a/big", everything)).toHaveLength(content.length);
  });

  it("finds a store that went away and came back, and knows that it is another", async () => {
    const first = await startObjectStore();
    await first.makeBucket(bucket);
    const watching = await openGcsDriver({ bucket, emulatorHost: first.url, watchEveryMs: 50 });
    const identity = await watching.identity();
    const onChange = vi.fn();
    await watching.watch?.("", onChange);
    await first.stop();
    const gone = { code: "source_unavailable", message: expect.stringContaining("nothing listens"), ...remedied };
    await expect(watching.list({ prefix: "", cursor: null })).rejects.toMatchObject(gone);
    await expect(openGcsDriver({ bucket, emulatorHost: first.url })).rejects.toMatchObject(gone);
    await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(1), { timeout: 10_000 });
    const second = await startObjectStore({ port: Number(new URL(first.url).port) });
    await second.makeBucket(bucket);
    await second.put(bucket, "new", "");
    await vi.waitFor(async () => expect(await listAll(watching, "")).toHaveLength(1), { timeout: 10_000 });
    await vi.waitFor(() => expect(onChange.mock.calls.length).toBeGreaterThan(1), { timeout: 10_000 });
    expect(await watching.identity()).not.toBe(identity);
    await watching.close();
    await second.stop();
  });

  it("does not open on a bucket that is not there", async () => {
    await expect(openGcsDriver({ bucket: "nowhere", emulatorHost: store.url })).rejects.toMatchObject({
      code: "source_unavailable",
      message: "gcs gs://nowhere: there is no bucket nowhere",
      ...remedied,
    });
  });

  it("does not take another server's page for an empty bucket or an absent object", async () => {
    let isBehind = false;
    const url = await serve((_request, answer) => {
      if (!isBehind) answer.setHeader("content-type", "application/json");
      answer.end(isBehind ? "<html>Sign in to this network</html>" : '{"kind":"storage#objects"}');
    });
    const moved = await openGcsDriver({ bucket, emulatorHost: url });
    isBehind = true;
    const refused = { code: "unsupported", message: expect.stringContaining("not Cloud Storage"), ...remedied };
    await expect(moved.list({ prefix: "", cursor: null })).rejects.toMatchObject(refused);
    await expect(moved.stat("a")).rejects.toMatchObject(refused);
    await expect(moved.read("a", everything)).rejects.toMatchObject(refused);
    await expect(moved.identity()).rejects.toMatchObject(refused);
    await expect(openGcsDriver({ bucket, emulatorHost: url })).rejects.toMatchObject(refused);
  });

  it("does not swallow a whole object where it asked for a part", async () => {
    let sent = 0;
    const onClose = vi.fn();
    const url = await serve((request, answer) => {
      if (!request.url?.includes("alt=media")) {
        answer.setHeader("content-type", "application/json");
        return answer.end('{"kind":"storage#objects"}');
      }
      const more = () => {
        sent += 65_536;
        if (!answer.destroyed && answer.write(Buffer.alloc(65_536))) setImmediate(more);
      };
      answer.on("drain", more).on("close", onClose);
      more();
    });
    const endless = await openGcsDriver({ bucket, emulatorHost: url });
    await expect(endless.read("a", { offset: 0, length: 10 })).rejects.toMatchObject({ code: "unsupported" });
    await vi.waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(sent).toBeLessThan(20_000_000);
  });

  it("goes where its settings say, whatever the environment says", async () => {
    vi.stubEnv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:1");
    await expect(openGcsDriver({ bucket, emulatorHost: new URL(store.url).host })).resolves.toBeTruthy();
  });
});
