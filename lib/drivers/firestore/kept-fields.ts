import { AppError } from "../../domain/errors.ts";
import type { PlainValue } from "../../domain/values.ts";
import type { RawFields, RawValue } from "./raw-documents.ts";

/** A value in JSON, under the name of its kind; what JSON would round or refuse is text. */
type KeptValue = { [kind: string]: unknown };

/**
 * The fields of a document as JSON text, without any loss: a whole number and a number, a time to the nanosecond, NaN and -0 are told apart. Equal
 * fields give equal text, whatever order they came in.
 */
export function keepFields(fields: RawFields): Uint8Array {
  return Buffer.from(JSON.stringify(keepMap(fields)));
}

/** Plain fields in the same text: each number as a floating-point one, as Python's writers have them. */
export function keepPlainFields(fields: Record<string, PlainValue>): Uint8Array {
  const names = Object.keys(fields).sort();
  return Buffer.from(JSON.stringify(Object.fromEntries(names.map((name) => [name, keepPlain(fields[name] ?? null)]))));
}

/** The fields that such a text stands for, as the store takes them. */
export function readKept(content: Uint8Array): Record<string, object> {
  return readMap(JSON.parse(Buffer.from(content).toString()));
}

function keepMap(fields: RawFields): Record<string, KeptValue> {
  const names = Object.keys(fields).sort();
  return Object.fromEntries(names.map((name) => [name, keepValue(fields[name] ?? {})]));
}

function keepValue(value: RawValue): KeptValue {
  const kind = value.valueType as keyof RawValue;
  switch (kind) {
    case "nullValue":
      return { [kind]: null };
    case "booleanValue":
    case "integerValue":
    case "stringValue":
    case "referenceValue":
      return { [kind]: value[kind] };
    case "timestampValue":
      return { [kind]: [value[kind]?.seconds, value[kind]?.nanos] };
    case "doubleValue":
      return { [kind]: spell(value[kind] ?? 0) };
    case "bytesValue":
      return { [kind]: Buffer.from(value[kind] ?? []).toString("base64") };
    case "geoPointValue":
      return { [kind]: [spell(value[kind]?.latitude ?? 0), spell(value[kind]?.longitude ?? 0)] };
    case "arrayValue":
      return { [kind]: (value[kind]?.values ?? []).map(keepValue) };
    case "mapValue":
      return { [kind]: keepMap(value[kind]?.fields ?? {}) };
    default:
      throw unknownKind(String(kind));
  }
}

function keepPlain(value: PlainValue): KeptValue {
  if (value === null) return { nullValue: null };
  switch (typeof value) {
    case "string":
      return { stringValue: value };
    case "boolean":
      return { booleanValue: value };
    case "number":
      return { doubleValue: spell(value) };
    default:
      throw unknownKind(typeof value);
  }
}

function readMap(kept: Record<string, KeptValue>): Record<string, object> {
  return Object.fromEntries(Object.entries(kept).map(([name, value]) => [name, readValue(value)]));
}

function readValue(kept: KeptValue): object {
  const [[kind = "", value] = []] = Object.entries(kept);
  switch (kind) {
    case "nullValue":
      return { nullValue: "NULL_VALUE" };
    case "timestampValue": {
      const [seconds, nanos] = value as [string, number];
      return { timestampValue: { seconds, nanos } };
    }
    case "doubleValue":
      return { doubleValue: Number(value) };
    case "bytesValue":
      return { bytesValue: Buffer.from(String(value), "base64") };
    case "geoPointValue": {
      const [latitude, longitude] = (value as string[]).map(Number);
      return { geoPointValue: { latitude, longitude } };
    }
    case "arrayValue":
      return { arrayValue: { values: (value as KeptValue[]).map(readValue) } };
    case "mapValue":
      return { mapValue: { fields: readMap(value as Record<string, KeptValue>) } };
    default:
      return { [kind]: value };
  }
}

function spell(number: number): string {
  return Object.is(number, -0) ? "-0" : String(number);
}

function unknownKind(kind: string): AppError {
  return new AppError("unsupported", `firestore: a field of the kind ${kind} could not be put back as it is`, {
    remedy: "Remove the document by hand if it has to go.",
  });
}
