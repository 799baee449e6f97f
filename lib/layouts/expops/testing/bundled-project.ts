import { readdir, readFile } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import type { PlainValue } from "../../../domain/values.ts";
import { type Documents, documentsOfRows, rowsOfDatabase } from "./move-store.ts";
import { StoredProject } from "./stored-project.ts";

const project = "tumour-lab";
export const bundledWorkspace = resolve(import.meta.dirname, "../../../../bundled/workspace");
const storage = join(bundledWorkspace, project, `.${project}`);
const recordedStorage = `/srv/trialdeck-demo/${project}/.${project}`;
/** Its name is as long as makes the bucket's paths as long as the recorded ones, which stand in pickles behind their lengths. */
export const bundledBucket = "trialdeck-bundled-projects";
const bucketStorage = `gs://${bundledBucket}/${project}`;

/** Where the results of the bundled project are. */
export type Results = "files" | "bucket";

/** The rows of the bundled project, as the tool would have written them there. */
export function readBundledRows(results: Results): StoredProject {
  const stored = new StoredProject(project);
  for (const [key, text] of rowsOfDatabase(join(storage, "metrics.sqlite"))) {
    stored.rows.set(key, results === "files" ? text : text.replaceAll(recordedStorage, bucketStorage));
  }
  return stored;
}

/** Those rows as Firestore's documents, without the values that it refuses. */
export function readBundledDocuments(results: Results): Documents {
  const documents = documentsOfRows(readBundledRows(results).rows, project);
  const kept = Object.entries(documents).map(([path, fields]) => [
    path,
    Object.fromEntries(Object.entries(fields).filter(([, value]) => !isListOfLists(value))),
  ]);
  return Object.fromEntries(kept);
}

/** Firestore keeps no list in a list. */
export function isListOfLists(value: PlainValue | undefined): boolean {
  return Array.isArray(value) && value.some(Array.isArray);
}

/** What the tool would have put into the bucket: objects by name. */
export async function readBundledObjects(): Promise<Map<string, Uint8Array>> {
  const found = await readdir(storage, { recursive: true, withFileTypes: true });
  const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const results = paths.filter((path) => /^(cache|artifacts)$/.test(relative(storage, path).split(sep)[0] ?? ""));
  const named = results.map(async (path) => {
    const name = relative(storage, path).replaceAll(sep, "/");
    const bytes = (await readFile(path)).toString("latin1");
    return [`${project}/${name}`, Buffer.from(bytes.replaceAll(recordedStorage, bucketStorage), "latin1")] as const;
  });
  return new Map(await Promise.all(named));
}
