import { FieldValue, type Firestore, GeoPoint, Timestamp } from "@google-cloud/firestore";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Receipt, StoreChanges } from "../../contracts/changes.ts";
import type { DriverBase } from "../../contracts/driver.ts";
import { describeStoreChanges } from "../../contracts/testing/changes-suite.ts";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { type FirestoreEmulator, startFirestoreEmulator } from "../../contracts/testing/firestore-emulator.ts";
import { type GrpcFaultProxy, startGrpcFaultProxy } from "../../contracts/testing/grpc-fault-proxy.ts";
import { isDocumentPath } from "./document-path.ts";
import { type FirestoreOptions, openFirestoreDriver } from "./firestore-driver.ts";
import { startFaultProxy } from "./testing/fault-proxy.ts";
import { openWriter } from "./testing/firestore-clients.ts";

function changesOf({ changes }: DriverBase): StoreChanges {
  if (!changes) throw new Error("the driver was opened for reading only");
  return changes;
}

/** The fields as they crossed the wire, with the kind of each value. */
async function rawFieldsOf(writer: Firestore, path: string): Promise<unknown> {
  const snapshot: unknown = await writer.doc(path).get();
  return (snapshot as { _fieldsProto?: unknown })._fieldsProto;
}

/** A value of every kind, and those that spellings lose: whole and broken numbers, both zeros, numbers that are none, beyond 2^53. */
function everyKind(writer: Firestore) {
  return {
    none: null,
    yes: true,
    whole: 3,
    large: 2n ** 63n - 1n,
    broken: 0.1,
    zero: -0,
    noNumber: Number.NaN,
    endless: Number.NEGATIVE_INFINITY,
    tiny: 5e-324,
    text: "\u{1F9EA}\r\n\u0000",
    bytes: Buffer.from([0, 255, 128]),
    time: new Timestamp(-62_135_596_800, 999_999_000),
    reference: writer.doc("other/document"),
    place: new GeoPoint(-90, 179.999),
    vector: FieldValue.vector([0.5, -1]),
    list: [1, "two", { three: [{}] }],
    map: { b: { a: null }, "a.b`": 2, constructor: 3, "10": 4, "9": 5 },
    emptyMap: {},
  };
}

describe.skipIf(!isEngineWanted("firestore"))("firestore", () => {
  let emulator: FirestoreEmulator;
  beforeAll(async () => {
    emulator = await startFirestoreEmulator();
  });
  afterAll(() => emulator?.stop());

  async function openProject(options: Partial<FirestoreOptions> = {}) {
    const project = emulator.newProject();
    const writer = await openWriter(emulator.host, project);
    const driver = await openFirestoreDriver({ project, emulatorHost: emulator.host, mayChange: true, ...options });
    onTestFinished(async () => {
      await driver.close();
      await writer.terminate();
    });
    return { project, writer, driver, changes: changesOf(driver), ...keeping(changesOf(driver)) };
  }

  function keeping(changes: StoreChanges) {
    const kept: Receipt[] = [];
    return {
      kept,
      keep: async (receipts: Receipt[]) => void kept.push(...receipts),
      async requestFor(locator: string) {
        const [thing] = await changes.stat([locator]);
        return { locator, token: thing?.token ?? "", receiptId: `of-${locator.replace(/\W/g, "-")}` };
      },
    };
  }

  describeStoreChanges({
    name: "firestore",
    canHold: (name) => isDocumentPath(`things/${name}`),
    async start() {
      const project = emulator.newProject();
      const writer = await openWriter(emulator.host, project);
      const driver = await openFirestoreDriver({
        project,
        emulatorHost: emulator.host,
        mayChange: true,
        readsPerHour: 1_000_000,
      });
      const at = (name: string) => writer.doc(`things/${name}`);
      return {
        changes: changesOf(driver),
        locator: (name) => `things/${name}`,
        put: async (name, content) => void (await at(name).set({ ...everyKind(writer), content })),
        read: async (name) => (await at(name).get()).get("content") ?? null,
        restOf: (name) => rawFieldsOf(writer, `things/${name}`),
        newContent: (_name, content) => ({ fields: { content, whole: 0, broken: 0.1, none: null, yes: true } }),
        remove: async (name) => void (await at(name).delete()),
        changeMs: 8,
        async stop() {
          await driver.close();
          await writer.terminate();
        },
      };
    },
    rounds: 100,
  });

  it("may only be read unless it is said", async () => {
    expect((await openProject({ mayChange: true })).driver.changes).toBeDefined();
    const driver = await openFirestoreDriver({ project: emulator.newProject(), emulatorHost: emulator.host });
    expect(driver.changes).toBeUndefined();
    await driver.close();
  });

  it("has the tokens that its lists tell", async () => {
    const { writer, driver, changes } = await openProject();
    await writer.doc("a/b").set({ value: 1 });
    const [listed] = (await driver.list({ collection: "a", cursor: null })).items;
    expect((await changes.stat(["a/b"]))[0]?.token).toBe(listed?.token);
  });

  it("leaves what lies below a document where it is", async () => {
    const { writer, changes, kept, keep, requestFor } = await openProject();
    await writer.doc("a/b").set({ value: 1 });
    await writer.doc("a/b/below/c").set({ value: 2 });
    await changes.setAside([await requestFor("a/b")], keep);
    expect((await writer.doc("a/b").get()).exists).toBe(false);
    expect((await writer.doc("a/b/below/c").get()).data()).toEqual({ value: 2 });
    expect(await changes.putBack(kept)).toEqual([{ outcome: "restored" }]);
  });

  it("tells apart what differs in a number's kind alone, and not in the order of fields", async () => {
    const { writer, changes, kept, keep, requestFor } = await openProject();
    await writer.doc("a/b").set({ one: { a: 1.5, b: 2n }, list: [2n] });
    await changes.setAside([await requestFor("a/b")], keep);
    await writer.doc("a/b").set({ list: [2n], one: { b: 2n, a: 1.5 } });
    expect(await changes.putBack(kept)).toEqual([{ outcome: "same" }]);
    await writer.doc("a/b").set({ list: [2.5], one: { b: 2n, a: 1.5 } });
    expect(await changes.putBack(kept)).toEqual([{ outcome: "different" }]);
  });

  it("finds nothing at paths that no document can have", async () => {
    const { changes, keep } = await openProject();
    const paths = ["", "a", "a/b/c", "../a/b", "a/__x__"];
    expect(await changes.stat(paths)).toEqual(paths.map(() => null));
    const requests = paths.map((locator, index) => ({ locator, token: "1.0", receiptId: `r${index}` }));
    expect(await changes.setAside(requests, keep)).toEqual(paths.map(() => ({ outcome: "gone" })));
  });

  it("sets aside and puts back hundreds at once", async () => {
    const { writer, changes, kept, keep } = await openProject();
    const bulk = writer.bulkWriter();
    const paths = Array.from({ length: 250 }, (_, index) => `many/${index}`);
    for (const path of paths) bulk.set(writer.doc(path), { path });
    await bulk.close();
    const found = await changes.stat(paths);
    const requests = paths.map((locator, index) => ({
      locator,
      token: found[index]?.token ?? "",
      receiptId: `r${index}`,
    }));
    const aside = await changes.setAside([...requests, ...requests.slice(0, 2)], keep);
    expect(aside.filter(({ outcome }) => outcome === "set-aside")).toHaveLength(250);
    expect((await writer.collection("many").count().get()).data().count).toBe(0);
    const back = await changes.putBack(kept);
    expect(new Set(back.map(({ outcome }) => outcome))).toEqual(new Set(["restored", "same"]));
    expect((await writer.collection("many").count().get()).data().count).toBe(250);
  });

  it("counts what it reads, and says when no more may be read", async () => {
    const { writer, driver, changes, kept, keep, requestFor } = await openProject({ readsPerHour: 6 });
    await writer.doc("a/b").set({ value: 1 });
    const request = await requestFor("a/b");
    expect(driver.budget().used).toBe(2);
    await changes.setAside([request, { ...request, locator: "a/none" }], keep);
    expect(driver.budget().used).toBe(4);
    await writer.doc("a/b").set({ value: 2 });
    expect(await changes.putBack(kept)).toEqual([{ outcome: "different" }]);
    expect(driver.budget().used).toBe(5);
    await changes.stat(["a/b"]);
    const overdrawn = { code: "too_many", remedy: expect.stringContaining("Wait") };
    await expect(changes.stat(["a/b"])).rejects.toMatchObject(overdrawn);
    expect(await changes.setAside([request], keep)).toMatchObject([{ outcome: "failed", failure: overdrawn }]);
  });

  describe("with faults", () => {
    let failing: GrpcFaultProxy;
    beforeAll(async () => {
      failing = await startGrpcFaultProxy();
    });
    afterAll(() => failing?.stop());

    /** A driver behind a proxy, with a document that is there, one that is set aside, and the way to write past the proxy. */
    async function openBehindProxy(timeoutMs = 2_000) {
      const proxy = await startFaultProxy(emulator.port);
      onTestFinished(() => proxy.stop());
      const opened = await openProject({ emulatorHost: proxy.host, timeoutMs });
      await opened.writer.doc("a/there").set({ value: 1 });
      await opened.writer.doc("a/aside").set({ value: 1 });
      await opened.changes.setAside([await opened.requestFor("a/aside")], opened.keep);
      /** What questions are answered once the connection is another. */
      const failures = async () =>
        (await opened.driver.ids({ collection: "a", cursor: null }).catch((error) => error)).message;
      return {
        ...opened,
        proxy,
        request: await opened.requestFor("a/there"),
        async failWith(status: number, text: string) {
          failing.failWith(status, text);
          failing.asked.length = 0;
          proxy.leadTo(failing.port);
          await expect.poll(async () => (await failures()) && failing.asked.length).toBeGreaterThan(0);
        },
        async refuse() {
          await proxy.refuse();
          await expect.poll(failures).toContain("nothing listens");
        },
      };
    }

    it.each([
      [7, "forbidden", "failed"],
      [8, "too_many", "failed"],
      [5, "not_found", "failed"],
      [3, "bad_request", "failed"],
      [14, "source_unavailable", "unknown"],
      [13, "source_unavailable", "unknown"],
      [4, "source_timeout", "unknown"],
    ])("says what a refusal with code %i means for what was asked", async (status, code, outcome) => {
      const { changes, kept, failWith, request, writer } = await openBehindProxy();
      const answers = await changes.setAside([request], () => failWith(status, "as injected"));
      expect(answers).toMatchObject([{ outcome, failure: { code, remedy: expect.any(String) } }]);
      expect(await changes.putBack(kept)).toMatchObject([{ outcome, failure: { code, remedy: expect.any(String) } }]);
      expect((await writer.doc("a/there").get()).exists).toBe(true);
    });

    it("names the right that the account lacks", async () => {
      const { changes, kept, failWith, request } = await openBehindProxy();
      const [aside] = await changes.setAside([request], () => failWith(7, "Missing or insufficient permissions."));
      expect(aside).toMatchObject({
        failure: {
          message: expect.stringContaining("the account may not change it (it lacks datastore.entities.delete)"),
          remedy: expect.stringContaining("roles/datastore.user"),
        },
      });
      const [back] = await changes.putBack(kept);
      expect(back).toMatchObject({
        failure: { message: expect.stringContaining("it lacks datastore.entities.create") },
      });
    });

    it("does not know what became of a change whose answer never came, and stat tells", async () => {
      const { changes, proxy, request, kept } = await openBehindProxy(500);
      const [aside] = await changes.setAside([request], async () => proxy.hold());
      expect(aside).toMatchObject({ outcome: "unknown", failure: { code: "source_timeout" } });
      proxy.release();
      await expect.poll(() => changes.stat(["a/there"]).catch(() => "not yet")).not.toBe("not yet");
      const [present] = await changes.stat(["a/there"]);
      if (present) expect(present.token).toBe(request.token);
      expect(kept).toHaveLength(1);
    });

    it("says that nothing was done where nothing could be sent", async () => {
      const { changes, proxy, refuse, request, writer, kept } = await openBehindProxy();
      const [aside] = await changes.setAside([request], refuse);
      expect(aside).toMatchObject({ outcome: "failed", failure: { code: "source_unavailable" } });
      expect(await changes.putBack(kept)).toMatchObject([{ outcome: "failed" }]);
      await expect(changes.stat(["a/there"])).rejects.toMatchObject({ code: "source_unavailable" });
      await expect(changes.setAside([request], async () => undefined)).rejects.toMatchObject({
        code: "source_unavailable",
      });
      expect((await writer.doc("a/there").get()).exists).toBe(true);
      await proxy.accept();
    });
  });
});
