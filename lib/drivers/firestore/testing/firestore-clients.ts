import { Firestore } from "@google-cloud/firestore";
import type { DocumentDriver } from "../../../contracts/driver.ts";
import { type FirestoreOptions, openFirestoreDriver } from "../firestore-driver.ts";
import { loadClient } from "../load-client.ts";

/** A client that writes past the driver under test. */
export async function openWriter(emulatorHost: string, project: string): Promise<Firestore> {
  const { gax } = await loadClient();
  const auth = new gax.GoogleAuth({ authClient: new gax.googleAuthLibrary.PassThroughClient() });
  return new Firestore({ projectId: project, host: emulatorHost, ssl: false, auth });
}

/** Puts whole documents, by their paths; throws where one is refused. */
export async function writeDocuments(writer: Firestore, documents: Record<string, object>): Promise<void> {
  const bulk = writer.bulkWriter();
  const written = Object.entries(documents).map(([path, fields]) => bulk.set(writer.doc(path), fields));
  await bulk.close();
  await Promise.all(written);
}

/** Opens a driver for the time of `use`. */
export async function withDriver(
  options: FirestoreOptions,
  use: (driver: DocumentDriver) => Promise<void>,
): Promise<void> {
  const driver = await openFirestoreDriver(options);
  try {
    await use(driver);
  } finally {
    await driver.close();
  }
}
