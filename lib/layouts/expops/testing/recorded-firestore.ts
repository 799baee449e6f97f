import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { PlainValue } from "../../../domain/values.ts";
import { openMemoryBlobDriver } from "../../../drivers/memory/memory-blob-driver.ts";
import { openMemoryDocumentDriver } from "../../../drivers/memory/memory-document-driver.ts";
import { fixtures } from "./collect-facts.ts";

/** A value as Firestore's REST interface types it. */
type Typed =
  | { integerValue: string }
  | { doubleValue: number | string }
  | { stringValue: string }
  | { booleanValue: boolean }
  | { nullValue: null }
  | { arrayValue: { values?: Typed[] } }
  | { mapValue: { fields?: Record<string, Typed> } };

/** The recorded documents by path: the lines of `firestore.jsonl`. */
export function readRecordedDocuments(): Record<string, Record<string, PlainValue>> {
  const lines = readFileSync(join(fixtures, "firestore.jsonl"), "utf8").trim().split("\n");
  const rows = lines.map((line) => JSON.parse(line) as { path: string; fields: Record<string, Typed> });
  return Object.fromEntries(rows.map(({ path, fields }) => [path, plainFields(fields)]));
}

/** The recorded bucket: objects by name. */
export async function readRecordedBucket(): Promise<Map<string, Uint8Array>> {
  const root = join(fixtures, "gcs", "lab-bucket");
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (path) => [relative(root, path), await readFile(path)] as const)));
}

export async function openRecordedFirestore() {
  return openMemoryDocumentDriver(readRecordedDocuments());
}

export async function openRecordedBucket() {
  return openMemoryBlobDriver({ files: await readRecordedBucket(), engine: "gcs" });
}

function plainFields(fields: Record<string, Typed> = {}): Record<string, PlainValue> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plainOf(value)]));
}

function plainOf(value: Typed): PlainValue {
  if ("integerValue" in value) return Number(value.integerValue);
  if ("doubleValue" in value) return Number(value.doubleValue);
  if ("arrayValue" in value) return (value.arrayValue.values ?? []).map(plainOf);
  if ("mapValue" in value) return plainFields(value.mapValue.fields);
  return Object.values(value)[0] as PlainValue;
}
