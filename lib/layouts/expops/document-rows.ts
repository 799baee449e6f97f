import { parseTolerantJson } from "../../codecs/json.ts";
import type { StoredDocument } from "../../contracts/driver.ts";
import type { Millis, PlainValue } from "../../domain/values.ts";
import { readMetricValues } from "./decode.ts";
import type { ParsedEntry } from "./entries.ts";
import type { LocatedRow } from "./entry-facts.ts";
import { locatorOf } from "./index-reader.ts";
import { type KeyHashes, resplit, splitEntryNames, takeHashes } from "./keys.ts";
import { decodeProbePath, encodeProbePath, processMark } from "./names.ts";
import type { RunRow } from "./run-records.ts";

/**
 * The index as documents: where they stand, and what each says as a row. The tool writes all of them by merging, so that fields of an earlier state
 * may remain. Facts: docs/layouts/expops.md, "Firestore".
 */

/** Its documents, the projects, do not exist themselves; only what is below them does. */
export const projectsCollection = "mlops_projects";

export function runsIn(project: string): string {
  return `${projectsCollection}/${project}/runs`;
}

/** The collections of one run. */
export function collectionsOfRun(project: string, runName: string) {
  const run = `${runsIn(project)}/${runName}`;
  return {
    steps: `${run}/steps`,
    charts: `${run}/charts_index`,
    metrics: `${projectsCollection}/${project}/metric/${runName}/probes_by_path`,
  };
}

/** The collections of a project's entries. */
export function entriesIn(project: string): string[] {
  return ["process_indices", "step_indices"].map((name) => `${projectsCollection}/${project}/${name}`);
}

/** Where the entry of a process or step stands, as 0.1.25 and later name it. */
export function entryPath(project: string, process: string, step: string | null, hashes: KeyHashes): string {
  const names = (step === null ? [process] : [process, step]).map(encodeProbePath);
  const collection = step === null ? "process_indices" : "step_indices";
  const id = [...names, hashes.input, hashes.config, hashes.function].join(":");
  return `${projectsCollection}/${project}/${collection}/${id}`;
}

/** What a run's own document says. */
export function rowsOfRun({ id: run, fields, updatedAt: changedAt }: StoredDocument): RunRow[] {
  const rows: RunRow[] = [];
  if (typeof fields.status === "string") rows.push({ parsed: { kind: "status", run }, text: fields.status, changedAt });
  if (fields.timestamps !== undefined)
    rows.push({ parsed: { kind: "timestamps", run }, text: jsonOf(fields.timestamps), changedAt });
  return rows;
}

/** A process or step in a run. Its names stand inside; the id, which is made of them, is asked where they do not. */
export function rowOfUse({ id, fields, updatedAt: changedAt }: StoredDocument, run: string): RunRow[] {
  const [first = "", second = ""] = id.split(".");
  const process = textIn(fields.process_name) ?? decodeProbePath(first);
  if (process === null) return [];
  const named = textIn(fields.step_name) ?? decodeProbePath(second);
  const step = named === processMark ? null : named;
  return [{ parsed: { kind: "use", run, process, step }, text: jsonOf(fields), changedAt }];
}

/** The charts of a run: by process below `charts`, in an older shape at the top. */
export function rowsOfCharts({ fields, updatedAt: changedAt }: StoredDocument, run: string): RunRow[] {
  const { last_updated: _, charts = null, ...older } = fields;
  const byProcess = isMap(charts) ? charts : older;
  return Object.entries(byProcess).flatMap(([process, stored]): RunRow[] =>
    isMap(stored) ? [{ parsed: { kind: "charts", run, process }, text: jsonOf(stored), changedAt }] : [],
  );
}

/** What was logged at one probe path. The fields of a document have no order: names are sorted. */
export function rowOfMetrics({ id, fields, updatedAt: changedAt }: StoredDocument, run: string): RunRow[] {
  const probePath = decodeProbePath(id);
  if (probePath === null) return [];
  const sorted = Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
  const metrics = { value: readMetricValues(sorted), problem: null };
  return [{ parsed: { kind: "metrics", run, probePath }, text: "", metrics, changedAt }];
}

/** An entry. Nobody obeys its expiry, which is kept as what was asked for. */
export function rowOfEntry(scope: string | null, { path, id, fields }: StoredDocument): LocatedRow[] {
  const tail = takeHashes(id);
  const isStep = path.split("/").at(-2) === "step_indices";
  const names = tail && readNames(tail.names, isStep, fields);
  if (!names) return [];
  return [
    {
      key: id,
      parsed: { kind: "entry", ...names, hashes: tail.hashes },
      text: jsonOf(fields),
      expiresAt: null,
      ignoredTtl: ttlOf(fields),
      locator: locatorOf(scope, path),
    },
  ];
}

/** The fields that the tool gives an entry beside a run's record of the same work: not the mark of a process, and the end that nobody obeys. */
export function fieldsOfEntry(useText: string, step: string | null, endsAt: Millis | null): Record<string, PlainValue> {
  const { value } = parseTolerantJson(useText);
  const { step_name, ...fields } = isMap(value) ? value : {};
  return {
    ...fields,
    ...(step !== null && step_name !== undefined && { step_name }),
    ...(endsAt !== null && { expires_at: endsAt / 1000 }),
  };
}

/** Encoded from 0.1.25 on, before as they are; the record's own names decide where those are not clear. */
function readNames(
  text: string,
  isStep: boolean,
  fields: StoredDocument["fields"],
): Pick<ParsedEntry, "process" | "step"> | null {
  const [first = "", second = ""] = text.split(":");
  const process = decodeProbePath(first);
  if (process !== null) return isStep ? { process, step: decodeProbePath(second) } : { process, step: null };
  if (!isStep) return { process: text, step: null };
  const cut = splitEntryNames(text);
  return cut && resplit(cut, { process: textIn(fields.process_name), step: textIn(fields.step_name) });
}

/** Seconds, to the minute: the time of writing is not stored, only that of the end. */
function ttlOf({ expires_at: expires, ended_at: ended }: StoredDocument["fields"]): number | null {
  if (typeof expires !== "number" || typeof ended !== "number" || expires <= ended) return null;
  return Math.round((expires - ended) / 60) * 60;
}

/** The same text for the same fields, in whatever order they come. */
export function jsonOf(value: PlainValue): string {
  return JSON.stringify(value, (_, item: PlainValue) => {
    if (typeof item === "bigint") return Number(item);
    return isMap(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item;
  });
}

function textIn(value: PlainValue | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function isMap(value: PlainValue): value is { [name: string]: PlainValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
