import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { follow, listAll } from "../../contracts/testing/document-suite.ts";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { type FirestoreEmulator, startFirestoreEmulator } from "../../contracts/testing/firestore-emulator.ts";
import { startGrpcFaultProxy } from "../../contracts/testing/grpc-fault-proxy.ts";
import { findFreePort } from "../../contracts/testing/redis-server.ts";
import { openFirestoreDriver } from "./firestore-driver.ts";

import { startFaultProxy } from "./testing/fault-proxy.ts";
import { openWriter } from "./testing/firestore-clients.ts";

const recovered = { timeout: 10_000 };

describe.skipIf(!isEngineWanted("firestore"))("firestore with faults", () => {
  let emulator: FirestoreEmulator;
  beforeAll(async () => {
    emulator = await startFirestoreEmulator();
  });
  afterAll(() => emulator?.stop());

  /** A driver behind a proxy, and a writer past it. */
  async function openBehindProxy(options: { timeoutMs?: number; onTestFinished?: typeof onTestFinished } = {}) {
    const project = emulator.newProject();
    const proxy = await startFaultProxy(emulator.port);
    const writer = await openWriter(emulator.host, project);
    const driver = await openFirestoreDriver({ project, emulatorHost: proxy.host, timeoutMs: options.timeoutMs });
    (options.onTestFinished ?? onTestFinished)(async () => {
      await driver.close();
      await proxy.stop();
      await writer.terminate();
    });
    return { project, proxy, writer, driver };
  }

  it("says at once that nothing listens", async () => {
    const begun = performance.now();
    const host = `127.0.0.1:${await findFreePort()}`;
    await expect(openFirestoreDriver({ project: "demo-none", emulatorHost: host })).rejects.toMatchObject({
      code: "source_unavailable",
      message: "firestore demo-none/(default): nothing listens at this address",
      remedy: expect.stringContaining("Start the emulator"),
    });
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it("fails every question at once while the store is gone, and finds it when it is there again", async () => {
    const { proxy, driver } = await openBehindProxy();
    await proxy.refuse();
    const begun = performance.now();
    const gone = { code: "source_unavailable", remedy: expect.any(String) };
    await expect(driver.get(["a/b"])).rejects.toMatchObject(gone);
    await expect(driver.list({ collection: "a", cursor: null })).rejects.toMatchObject(gone);
    await expect(driver.ids({ collection: "a", cursor: null })).rejects.toMatchObject(gone);
    await expect(driver.count("a")).rejects.toMatchObject(gone);
    await expect(driver.collections("")).rejects.toMatchObject(gone);
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(driver.budget().used).toBe(1);
    await proxy.accept();
    await vi.waitFor(async () => expect(await driver.get(["a/b"])).toEqual([null]), recovered);
  });

  it("gives up on a store that hangs, and recovers", async () => {
    const { project, proxy, driver } = await openBehindProxy({ timeoutMs: 400 });
    proxy.hold();
    const hung = { code: "source_timeout", remedy: expect.any(String) };
    await Promise.all([
      expect(driver.get(["a/b"])).rejects.toMatchObject(hung),
      expect(driver.list({ collection: "a", cursor: null })).rejects.toMatchObject(hung),
      expect(driver.ids({ collection: "a", cursor: null })).rejects.toMatchObject(hung),
      expect(driver.count("a")).rejects.toMatchObject(hung),
    ]);
    const begun = performance.now();
    const opening = openFirestoreDriver({ project, emulatorHost: proxy.host, timeoutMs: 400 });
    await expect(opening).rejects.toMatchObject(hung);
    expect(performance.now() - begun).toBeLessThan(1_500);
    proxy.release();
    await vi.waitFor(async () => expect(await driver.get(["a/b"])).toEqual([null]), recovered);
  });

  it("closes at once while the store hangs, and ends what was asked", async () => {
    const { proxy, driver } = await openBehindProxy({ timeoutMs: 20_000 });
    const { stop } = await follow(driver, "a");
    proxy.hold();
    const questions = [driver.get(["a/b"]), driver.list({ collection: "a", cursor: null }), driver.count("a")];
    const ends = questions.map((question) =>
      expect(question).rejects.toMatchObject({ message: expect.stringContaining("closed") }),
    );
    await sleep(50);
    const begun = performance.now();
    await driver.close();
    await Promise.all(ends);
    await stop();
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  it("closes whatever a watch is about to do", async () => {
    const { proxy, driver, project } = await openBehindProxy();
    const failures: unknown[] = [];
    const hear = (error: unknown) => failures.push(error);
    process.on("unhandledRejection", hear);
    for (let round = 0; round < 20; round++) {
      const other = await openFirestoreDriver({ project, emulatorHost: proxy.host });
      const { calls } = await follow(other, "a");
      if (round % 2 === 0) await vi.waitFor(() => expect(calls).toHaveLength(1));
      if (round % 4 < 2) proxy.cut();
      await sleep(round % 5);
      await other.close();
    }
    await driver.close();
    process.off("unhandledRejection", hear);
    expect(failures).toEqual([]);
  });

  describe.concurrent("while watching", () => {
    it("misses and doubles nothing while its stream is reset again and again", async ({ onTestFinished }) => {
      const { proxy, writer, driver } = await openBehindProxy({ onTestFinished });
      await writer.doc("points/0").set({ step: 0 });
      const { calls, troubles, held, stop } = await follow(driver, "points");
      await vi.waitFor(() => expect(held.size).toBe(1));
      for (let round = 1; round <= 15; round++) {
        for (let step = 0; step < 10; step++) await writer.doc(`points/${round * 10 + step}`).set({ step });
        await writer.doc("points/0").set({ step: round });
        await writer.doc(`points/${round * 10}`).delete();
        if (round % 3 !== 0) proxy.cut();
        await sleep(60);
      }
      await writer.doc("points/last").set({ step: 0 });
      await vi.waitFor(() => expect(held.has("points/last")).toBe(true), recovered);
      const stored = await listAll(driver, { collection: "points" });
      expect(stored).toHaveLength(15 * 9 + 2);
      expect([...held.values()].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(stored);
      const told = calls.flat().flatMap((change) => (change.kind === "put" ? [change.document] : []));
      expect(new Set(told.map(({ path, token }) => `${path} ${token}`)).size).toBe(told.length);
      expect(troubles.at(-1) ?? null).toBeNull();
      await stop();
    });

    it("tells of trouble that lasts, and afterwards only what changed meanwhile", async ({ onTestFinished }) => {
      const { proxy, writer, driver } = await openBehindProxy({ onTestFinished });
      for (const id of ["same", "changed", "gone"]) await writer.doc(`a/${id}`).set({ value: 1 });
      const { calls, troubles, held, stop } = await follow(driver, "a");
      await vi.waitFor(() => expect(held.size).toBe(3));
      await proxy.refuse();
      await vi.waitFor(() => expect(troubles).toEqual(["source_unavailable"]), { timeout: 5_000 });
      await writer.doc("a/changed").set({ value: 2 });
      await writer.doc("a/gone").delete();
      await writer.doc("a/new").set({ value: 1 });
      const late = await follow(driver, "a");
      expect([...late.held.keys()].sort()).toEqual(["a/changed", "a/gone", "a/same"]);
      expect(late.troubles).toEqual(["source_unavailable"]);
      await proxy.accept();
      await vi.waitFor(() => expect(held.has("a/new")).toBe(true), recovered);
      expect(troubles.at(-1)).toBeNull();
      const news = calls.slice(1).flat();
      expect(news.map((change) => (change.kind === "gone" ? change.path : change.document.id)).sort()).toEqual(
        ["a/gone", "changed", "new"].sort(),
      );
      expect([...late.held.keys()].sort()).toEqual(["a/changed", "a/new", "a/same"]);
      await late.stop();
      await stop();
    });

    it("goes on where it was after a long outage, without reading everything again", async ({ onTestFinished }) => {
      const { proxy, writer, driver } = await openBehindProxy({ onTestFinished });
      const bulk = writer.bulkWriter();
      for (let index = 0; index < 200; index++) bulk.set(writer.doc(`a/${index}`), { index });
      await bulk.close();
      const { calls, held, stop } = await follow(driver, "a");
      await vi.waitFor(() => expect(held.size).toBe(200));
      const { used } = driver.budget();
      await proxy.refuse();
      await sleep(6_000);
      await writer.doc("a/new").set({ index: 200 });
      await proxy.accept();
      await vi.waitFor(() => expect(held.size).toBe(201), recovered);
      expect(calls).toHaveLength(2);
      expect(driver.budget().used).toBe(used + 1);
      await stop();
    });

    it("says that a watch begun while the store is gone waits, and brings all when it is there", async ({
      onTestFinished,
    }) => {
      const { proxy, writer, driver } = await openBehindProxy({ onTestFinished });
      await writer.doc("a/b").set({ value: 1 });
      await proxy.refuse();
      const { calls, troubles, held, stop } = await follow(driver, "a");
      await vi.waitFor(() => expect(troubles).toEqual(["source_timeout"]), { timeout: 5_000 });
      await proxy.accept();
      await vi.waitFor(() => expect(held.size).toBe(1), recovered);
      expect([troubles, calls.length]).toEqual([["source_timeout", null], 1]);
      await stop();
    });

    it("begins a watch anew that was refused for good, and tells no document twice", async ({ onTestFinished }) => {
      const { proxy, writer, driver } = await openBehindProxy({ onTestFinished });
      const failing = await startGrpcFaultProxy();
      failing.failWith(7, "Missing or insufficient permissions.");
      for (const id of ["same", "changed", "gone"]) await writer.doc(`a/${id}`).set({ value: 1 });
      const { calls, troubles, held, stop } = await follow(driver, "a");
      await vi.waitFor(() => expect(held.size).toBe(3));
      proxy.leadTo(failing.port);
      await vi.waitFor(() => expect(troubles).toEqual(["forbidden"]), { timeout: 5_000 });
      await writer.doc("a/changed").set({ value: 2 });
      await writer.doc("a/gone").delete();
      proxy.leadTo(emulator.port);
      await vi.waitFor(() => expect(held.get("a/changed")?.fields).toEqual({ value: 2 }), recovered);
      expect(troubles.at(-1)).toBeNull();
      expect(calls.slice(1)).toMatchObject([
        [
          { kind: "gone", path: "a/gone" },
          { kind: "put", document: { id: "changed" } },
        ],
      ]);
      await stop();
      await failing.stop();
    });
  });

  it("hands on what the store says of a question, without trying again", async () => {
    const { proxy, driver } = await openBehindProxy();
    const failing = await startGrpcFaultProxy();
    proxy.leadTo(failing.port);
    const questions: [string, () => Promise<unknown>][] = [
      ["BatchGetDocuments", () => driver.get(["a/b"])],
      ["RunQuery", () => driver.list({ collection: "a", cursor: null })],
      ["RunAggregationQuery", () => driver.count("a")],
      ["ListDocuments", () => driver.ids({ collection: "a", cursor: null })],
      ["ListCollectionIds", () => driver.collections("")],
    ];
    const failures = [
      [14, "The service is currently unavailable.", "source_unavailable"],
      [13, "Internal error encountered.", "source_unavailable"],
      [8, "Quota exceeded.", "too_many"],
      [4, "Deadline exceeded.", "source_timeout"],
      [7, "Missing or insufficient permissions.", "forbidden"],
    ] as const;
    for (const [status, message, code] of failures) {
      failing.failWith(status, message);
      for (const [method, ask] of questions) {
        // The first one may still meet the connection that was cut.
        await vi.waitFor(() =>
          expect(ask()).rejects.toMatchObject({ code, cause: { message: expect.stringContaining(message) } }),
        );
        failing.asked.length = 0;
        await expect(ask()).rejects.toMatchObject({ code });
        expect(failing.asked).toEqual([`/google.firestore.v1.Firestore/${method}`]);
      }
    }
    await failing.stop();
  });

  it("opens no project or database that is not there or not allowed", async () => {
    const failing = await startGrpcFaultProxy();
    const open = () => openFirestoreDriver({ project: "demo-p", database: "wrong", emulatorHost: failing.host });
    failing.failWith(5, "The database wrong does not exist for project demo-p");
    await expect(open()).rejects.toMatchObject({
      code: "not_found",
      message: expect.stringContaining("demo-p has no database wrong"),
    });
    failing.failWith(7, "Missing or insufficient permissions.");
    await expect(open()).rejects.toMatchObject({
      code: "forbidden",
      remedy: expect.stringContaining("roles/datastore.viewer"),
    });
    await failing.stop();
  });

  it.each([false, true])("keeps no thread alive after closing (hanging: %s)", async (isHanging) => {
    const proxy = await startFaultProxy(emulator.port);
    const workerData = { project: emulator.newProject(), emulatorHost: proxy.host };
    const thread = new Worker(new URL("./testing/use-and-close-thread.ts", import.meta.url), { workerData });
    const failures: unknown[] = [];
    thread.on("error", (error) => failures.push(error));
    await once(thread, "message");
    if (isHanging) proxy.hold();
    thread.postMessage("close");
    const [code] = await once(thread, "exit", { signal: AbortSignal.timeout(10_000) });
    expect([code, failures]).toEqual([0, []]);
    await proxy.stop();
  });
});
