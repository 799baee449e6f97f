import { GeoPoint, Timestamp } from "@google-cloud/firestore";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeDocumentDriver, listAll, type SeedValue } from "../../contracts/testing/document-suite.ts";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { type FirestoreEmulator, startFirestoreEmulator } from "../../contracts/testing/firestore-emulator.ts";
import { openFirestoreDriver } from "./firestore-driver.ts";
import { openWriter, withDriver } from "./testing/firestore-clients.ts";

describe.skipIf(!isEngineWanted("firestore"))("firestore", () => {
  let emulator: FirestoreEmulator;
  beforeAll(async () => {
    emulator = await startFirestoreEmulator();
  });
  afterAll(() => emulator?.stop());

  describeDocumentDriver({
    name: "firestore",
    async start({ readsPerHour } = {}) {
      const project = emulator.newProject();
      const writer = await openWriter(emulator.host, project);
      const driver = await openFirestoreDriver({ project, emulatorHost: emulator.host, readsPerHour });
      return {
        driver,
        async put(path, fields: Record<string, SeedValue>) {
          await writer.doc(path).set(fields);
        },
        async remove(path) {
          await writer.doc(path).delete();
        },
        async stop() {
          await driver.close();
          await writer.terminate();
        },
      };
    },
  });

  it("tells places, references, vectors and fine times in plain words, and pages by any of them", async () => {
    const project = emulator.newProject();
    const writer = await openWriter(emulator.host, project);
    const { FieldValue } = await import("@google-cloud/firestore");
    const values: Record<string, [stored: unknown, plain: unknown]> = {
      place: [new GeoPoint(1.5, -2), { latitude: 1.5, longitude: -2 }],
      reference: [writer.doc("a/b/c/d"), "a/b/c/d"],
      vector: [FieldValue.vector([1, 2.5]), [1, 2.5]],
      time: [new Timestamp(1_795_217_587, 620_001_000), "2026-11-20T23:33:07.620001Z"],
      bytes: [Buffer.from("hi"), "aGk="],
      map: [{ a: { b: 1 } }, { a: { b: 1 } }],
      list: [
        [1, "a"],
        [1, "a"],
      ],
      yes: [true, true],
      nothing: [null, null],
      big: [2n ** 60n, 2n ** 60n],
      half: [0.5, 0.5],
      nan: [Number.NaN, Number.NaN],
      text: ["a", "a"],
    };
    await Promise.all(Object.entries(values).map(([name, [value]]) => writer.doc(`values/${name}`).set({ value })));
    await withDriver({ project, emulatorHost: emulator.host }, async (driver) => {
      for (const descending of [false, true]) {
        const orderBy = { field: "value", descending };
        const items = await listAll(driver, { collection: "values", limit: 1, orderBy });
        expect(Object.fromEntries(items.map(({ id, fields }) => [id, fields.value]))).toEqual(
          Object.fromEntries(Object.entries(values).map(([name, [, plain]]) => [name, plain])),
        );
        expect(items).toHaveLength(Object.keys(values).length);
      }
    });
    await writer.terminate();
  });

  it("keeps to its database", async () => {
    const project = emulator.newProject();
    const writer = await openWriter(emulator.host, project);
    await writer.doc("a/b").set({ value: 1 });
    await withDriver({ project, emulatorHost: emulator.host, database: "other-one" }, async (driver) => {
      expect(await driver.get(["a/b"])).toEqual([null]);
      expect(await driver.ids({ collection: "a", cursor: null })).toMatchObject({ ids: [] });
      expect(driver.location).toBe(`firestore://${project}/other-one?emulator=${emulator.host}`);
    });
    await writer.terminate();
  });

  it("reads more documents at once than one question may ask for", async () => {
    const project = emulator.newProject();
    const writer = await openWriter(emulator.host, project);
    const bulk = writer.bulkWriter();
    const paths = Array.from({ length: 700 }, (_, index) => `many/${index}`);
    for (const path of paths) bulk.set(writer.doc(path), { path });
    await bulk.close();
    await withDriver({ project, emulatorHost: emulator.host }, async (driver) => {
      expect((await driver.get(paths)).map((document) => document?.fields.path)).toEqual(paths);
      expect(await driver.count("many")).toBe(700);
      expect((await driver.list({ collection: "many", cursor: null })).items).toHaveLength(300);
    });
    await writer.terminate();
  });

  it("says that it is closed", async () => {
    const driver = await openFirestoreDriver({ project: emulator.newProject(), emulatorHost: emulator.host });
    await driver.close();
    await driver.close();
    const closed = { code: "source_unavailable", message: expect.stringContaining("closed") };
    await expect(driver.get(["a/b"])).rejects.toMatchObject(closed);
    await expect(driver.ids({ collection: "a", cursor: null })).rejects.toMatchObject(closed);
    await expect(driver.watch?.("a", { onChanges() {}, onTrouble() {} })).rejects.toMatchObject(closed);
  });
});
