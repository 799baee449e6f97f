import { passed, type StoreChecks, skipped } from "../../contracts/check.ts";
import type { DocumentDriver } from "../../contracts/driver.ts";
import { checkHost, checkReach, type HostProbe } from "../probe-host.ts";
import { type FirestoreOptions, openFirestoreDriver } from "./firestore-driver.ts";
import { firestoreFailure } from "./firestore-failure.ts";
import { type FirestorePlace, parseFirestorePlace } from "./firestore-place.ts";

/** Looks at a Firestore database as the product would use it: nothing is written, and one document is read. */
export function checkFirestore({ mayChange, ...options }: FirestoreOptions & { mayChange: boolean }): StoreChecks {
  let place: FirestorePlace;
  let opening: Promise<DocumentDriver> | null = null;
  let driver: DocumentDriver | null = null;
  return {
    recipes: () => [
      { title: "Firestore: read", text: "roles/datastore.viewer" },
      { title: "Firestore: read, take entries out and put them back", text: "roles/datastore.user" },
    ],
    checks: [
      {
        id: "firestore.database",
        stage: "parse",
        async look() {
          place = parseFirestorePlace(options);
          return passed(place.emulatorHost === null ? place.name : `${place.name} on an emulator`);
        },
      },
      { id: "firestore.host", stage: "policy", look: () => checkHost(probeOf(place).host) },
      {
        id: "firestore.connect",
        stage: "reach",
        look: () => checkReach(probeOf(place)).catch((error) => Promise.reject(firestoreFailure(place, error))),
      },
      {
        id: "firestore.sign-in",
        stage: "auth",
        async look() {
          // It asks for a document that never is there, which proves database and credentials.
          opening = openFirestoreDriver({ ...options, mayChange: false });
          driver = await opening;
          return passed(place.emulatorHost === null ? "The credentials are taken" : "An emulator takes anyone");
        },
      },
      {
        id: "firestore.read",
        stage: "rights",
        async look() {
          await driver?.ids({ collection: "trialdeck", cursor: null, limit: 1 });
          return passed("Documents may be read and listed");
        },
      },
      {
        id: "firestore.change",
        stage: "rights",
        look: async () =>
          skipped(
            mayChange
              ? "Whether documents may be written cannot be told without writing one"
              : "The source is only read, so no right to write is needed",
          ),
      },
    ],
    // One that opens later than it is waited for is closed as well.
    close: async () =>
      void opening?.then(
        (late) => late.close(),
        () => undefined,
      ),
  };
}

function probeOf({ emulatorHost }: FirestorePlace): HostProbe {
  if (emulatorHost === null) return { host: "firestore.googleapis.com", port: 443, tls: {} };
  const { hostname, port } = new URL(`http://${emulatorHost}`);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) };
}
