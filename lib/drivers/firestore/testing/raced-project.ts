import { FieldValue, type Firestore, GeoPoint, Timestamp } from "@google-cloud/firestore";
import type { ChangesStore } from "../../../contracts/testing/changes-suite.ts";
import type { FirestoreEmulator } from "../../../contracts/testing/firestore-emulator.ts";
import { openFirestoreDriver } from "../firestore-driver.ts";
import { openWriter } from "./firestore-clients.ts";

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

/** A project of its own, with a second writer; each document holds a value of every kind. */
export async function openRacedProject(emulator: FirestoreEmulator): Promise<ChangesStore> {
  const project = emulator.newProject();
  const writer = await openWriter(emulator.host, project);
  const driver = await openFirestoreDriver({
    project,
    emulatorHost: emulator.host,
    mayChange: true,
    readsPerHour: 1_000_000,
  });
  if (!driver.changes) throw new Error("the driver was opened for reading only");
  const at = (name: string) => writer.doc(`things/${name}`);
  return {
    changes: driver.changes,
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
}
