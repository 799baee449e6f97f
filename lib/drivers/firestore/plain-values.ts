import type { DocumentSnapshot, Timestamp } from "@google-cloud/firestore";
import type { StoredDocument } from "../../contracts/driver.ts";
import type { PlainValue } from "../../domain/values.ts";

/** The client's module, which is loaded when a driver is opened; its classes tell times, places and references apart. */
export type FirestoreSdk = typeof import("@google-cloud/firestore");

/** A document that exists as the contract tells it; `only` leaves out all other fields. */
export function storedDocument(
  sdk: FirestoreSdk,
  snapshot: DocumentSnapshot,
  only?: readonly string[],
): StoredDocument {
  const fields = Object.entries(snapshot.data() ?? {}).filter(([name]) => only === undefined || only.includes(name));
  const written = snapshot.updateTime;
  return {
    path: snapshot.ref.path,
    id: snapshot.id,
    fields: plainMap(sdk, fields),
    updatedAt: written?.toMillis() ?? 0,
    token: documentToken(snapshot),
  };
}

/** Changes with every write that changed something. */
export function documentToken(snapshot: DocumentSnapshot): string {
  return `${snapshot.updateTime?.seconds}.${snapshot.updateTime?.nanoseconds}`;
}

/** A value as the client gives it when integers come as `bigint`: those that a number holds exactly become numbers. */
export function plainOf(sdk: FirestoreSdk, value: unknown): PlainValue {
  if (value === null || typeof value === "string" || typeof value === "boolean" || typeof value === "number")
    return value;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value instanceof sdk.Timestamp) return isoText(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof sdk.DocumentReference) return value.path;
  if (value instanceof sdk.GeoPoint) return { latitude: value.latitude, longitude: value.longitude };
  if (value instanceof sdk.VectorValue) return value.toArray();
  if (Array.isArray(value)) return value.map((one) => plainOf(sdk, one));
  return plainMap(sdk, Object.entries(value as Record<string, unknown>));
}

/** Own properties whatever their name. */
function plainMap(sdk: FirestoreSdk, fields: [string, unknown][]): Record<string, PlainValue> {
  return Object.fromEntries(fields.map(([name, value]) => [name, plainOf(sdk, value)]));
}

const isoForm = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{3}|\d{6}|\d{9})Z$/;

/** ISO 8601 in UTC with three decimals, or six or nine where they say more. */
function isoText(time: Timestamp): string {
  const decimals = String(time.nanoseconds).padStart(9, "0");
  const shortest = decimals.endsWith("000000") ? 3 : decimals.endsWith("000") ? 6 : 9;
  return `${new Date(time.seconds * 1_000).toISOString().slice(0, 19)}.${decimals.slice(0, shortest)}Z`;
}

/** The time that a text stands for if it is one that `plainOf` writes. */
export function timeOf(sdk: Pick<FirestoreSdk, "Timestamp">, text: string): Timestamp | null {
  const [, toSeconds, decimals] = isoForm.exec(text) ?? [];
  const millis = Date.parse(`${toSeconds}Z`);
  if (decimals === undefined || Number.isNaN(millis)) return null;
  return new sdk.Timestamp(millis / 1_000, Number(decimals.padEnd(9, "0")));
}
