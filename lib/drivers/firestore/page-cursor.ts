import type { Firestore } from "@google-cloud/firestore";
import { AppError } from "../../domain/errors.ts";
import { isDocumentPath } from "./document-path.ts";
import type { FirestoreSdk } from "./plain-values.ts";

/** Where a page ended: the value that it was ordered by, as the client takes it, and the id. */
export interface PageEnd {
  id: string;
  value?: unknown;
}

type Spelled =
  | string
  | boolean
  | null
  | { [kind: string]: string | [number, number] | Spelled[] | [string, Spelled][] };

/** The end of a page as text, exact to the type of its value. */
export function writeCursor(sdk: FirestoreSdk, end: PageEnd): string {
  return JSON.stringify("value" in end ? [end.id, spell(sdk, end.value)] : [end.id]);
}

export function readCursor(firestore: Firestore, sdk: FirestoreSdk, cursor: string): PageEnd {
  try {
    const [id, value] = JSON.parse(cursor) as [string, Spelled?];
    if (typeof id !== "string" || !isDocumentPath(`a/${id}`)) throw new Error("no id");
    return value === undefined ? { id } : { id, value: read(firestore, sdk, value) };
  } catch (cause) {
    throw badCursor(cause);
  }
}

export function badCursor(cause?: unknown): AppError {
  return new AppError("bad_request", "firestore: this cursor is none that was given", {
    remedy: "Begin again without a cursor.",
    cause,
  });
}

function spell(sdk: FirestoreSdk, value: unknown): Spelled {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return { double: String(value) };
  if (typeof value === "bigint") return { integer: String(value) };
  if (value instanceof sdk.Timestamp) return { time: [value.seconds, value.nanoseconds] };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString("base64") };
  if (value instanceof sdk.DocumentReference) return { reference: value.path };
  if (value instanceof sdk.GeoPoint) return { place: [value.latitude, value.longitude] };
  if (value instanceof sdk.VectorValue) return { vector: value.toArray().map(String) };
  if (Array.isArray(value)) return { array: value.map((one) => spell(sdk, one)) };
  return { map: Object.entries(value as object).map(([name, one]) => [name, spell(sdk, one)]) };
}

function read(firestore: Firestore, sdk: FirestoreSdk, spelled: Spelled): unknown {
  if (spelled === null || typeof spelled !== "object") return spelled;
  const [[kind, value] = []] = Object.entries(spelled);
  const pair = value as [number, number];
  const list = value as Spelled[];
  switch (kind) {
    case "double":
      return Number(value);
    case "integer":
      return BigInt(value as string);
    case "time":
      return new sdk.Timestamp(...pair);
    case "bytes":
      return Buffer.from(value as string, "base64");
    case "reference":
      return firestore.doc(value as string);
    case "place":
      return new sdk.GeoPoint(...pair);
    case "vector":
      return sdk.FieldValue.vector(list.map((one) => Number(read(firestore, sdk, one))));
    case "array":
      return list.map((one) => read(firestore, sdk, one));
    default:
      return Object.fromEntries((value as [string, Spelled][]).map(([name, one]) => [name, read(firestore, sdk, one)]));
  }
}
