import { hash } from "node:crypto";
import type { EntryFact } from "../../domain/facts.ts";
import type { Millis } from "../../domain/values.ts";
import type { Warning } from "../../domain/warning.ts";
import { decodeStep, type StepRecord } from "./decode.ts";
import { type KeyHashes, type ParsedKey, resplit } from "./keys.ts";
import { displayProcess } from "./names.ts";
import { artifactIdAt, entryIdOf, experimentIdOf, pathInDriver, runIdOf, versionOfPath } from "./paths.ts";
import type { PayloadReference, ProjectPlace } from "./seams.ts";

export type ParsedEntry = Extract<ParsedKey, { kind: "entry" }>;

/** One stored entry row. */
export interface EntryRow {
  /** As stored, whole. */
  key: string;
  parsed: ParsedEntry;
  text: string;
  /** When the store itself will drop it; `null`: never. */
  expiresAt: Millis | null;
  /** Seconds to live that the config asks for and this store ignores; `null`: nothing is asked for, or it is obeyed. */
  ignoredTtl: number | null;
}

export interface EntrySurroundings {
  sourceId: string;
  place: ProjectPlace;
  now: Millis;
  /** Of the row: what `idOfEntryRow` and `tokenOfEntryRow` answer, and where it is read again. */
  id: string;
  token: string;
  locator: string;
}

/** A decoded entry, still without what its result refers to. */
export interface EntryDraft {
  fact: EntryFact;
  /** The result's path in the runtime driver; `null`: none recorded, or no slot shows it. */
  result: string | null;
}

/** Names of local files end here. Facts: docs/layouts/expops.md, "Results". */
const longestFileName = 255;

/** Id of an entry row; the record is asked only where the key alone is not clear (0.1.9 names with `:`). */
export function idOfEntryRow(sourceId: string, project: string, row: Pick<EntryRow, "parsed" | "text">): string {
  const { process, step, hashes } = row.parsed;
  if (step === null || process.startsWith("//") || !step.includes(":"))
    return entryIdOf(sourceId, project, process, step, hashes);
  const names = resplit(row.parsed, decodeStep(row.text).value);
  return entryIdOf(sourceId, project, names.process, names.step, hashes);
}

const digestLength = 16;

/** True when two tokens are of one content: its life goes on, and what its result refers to may have been read meanwhile. */
export function isSameContent(token: string, other: string): boolean {
  return token.slice(0, digestLength) === other.slice(0, digestLength);
}

/** Token of a row: its content, and the minute of its expiry where the store keeps one (the remaining time is read anew each time). */
export function tokenOfEntryRow(row: Pick<EntryRow, "text" | "expiresAt" | "ignoredTtl">): string {
  const digest = hash("sha1", row.text, "base64url").slice(0, digestLength);
  if (row.expiresAt !== null) return `${digest}.${Math.round(row.expiresAt / 60_000)}`;
  return row.ignoredTtl === null ? digest : `${digest}-${row.ignoredTtl}`;
}

export function readEntry(row: EntryRow, around: EntrySurroundings): EntryDraft {
  const { sourceId, place, now } = around;
  const { value: record, problem } = decodeStep(row.text);
  const { process, step } = resplit(row.parsed, record);
  const { hashes } = row.parsed;
  const result = record.resultPath === null ? null : pathInDriver(record.resultPath, place);
  const fact: EntryFact = {
    id: around.id,
    experimentId: experimentIdOf(sourceId, place.project),
    key: row.key,
    scope: step === null ? "process" : "step",
    process: displayProcess(process),
    step,
    keyParts: keyPartsOf(hashes),
    status: record.status ?? "unreadable",
    state: stateOf(record, problem),
    version: record.resultPath === null ? null : versionOfPath(record.resultPath),
    producerRunId: producerOf(record, process, place.project, sourceId),
    createdAt: record.endedAt ?? record.startedAt,
    executionSeconds: secondsOf(record, process, step),
    expiresAt: row.expiresAt,
    ttl: readTtl(row, now),
    payloads:
      result === null || !place.runtime
        ? []
        : [{ artifactId: artifactIdAt(sourceId, result, place.runtime), role: "result" }],
    payloadsComplete: record.resultPath === null,
    warnings: [...warningsOf(record, process, step, hashes, problem), ...warnOfIgnoredTtl(row.ignoredTtl)],
    locator: around.locator,
    token: around.token,
  };
  return { fact, result };
}

function readTtl({ expiresAt, ignoredTtl }: EntryRow, now: Millis): EntryFact["ttl"] {
  if (expiresAt !== null) return { seconds: Math.max(0, Math.round((expiresAt - now) / 1000)), enforced: true };
  return ignoredTtl === null ? null : { seconds: ignoredTtl, enforced: false };
}

function warnOfIgnoredTtl(seconds: number | null): Warning[] {
  if (seconds === null) return [];
  const sentence = `It was to live for ${seconds / 3600} hours, which this store does not obey: it stays until it is removed.`;
  return [{ code: "expiry-not-enforced", sentence }];
}

/** Adds what the result refers to; `null`: it is missing, unreadable or not read yet, so there may be more. */
export function withReferences(
  { fact, result }: EntryDraft,
  references: readonly PayloadReference[] | null,
): EntryFact {
  if (result === null) return fact;
  if (references === null) return { ...fact, payloadsComplete: false, token: `${fact.token}~` };
  return { ...fact, payloads: [...fact.payloads, ...references], payloadsComplete: true };
}

function keyPartsOf(hashes: KeyHashes) {
  return [
    { name: "input", value: hashes.input },
    { name: "config", value: hashes.config },
    { name: "function", value: hashes.function },
  ];
}

/** A lookup is answered by `completed` and `cached` rows that name a result; whether the file is there is the catalog's to judge. */
function stateOf(record: StepRecord, problem: string | null): EntryFact["state"] {
  if (problem !== null || record.status === null) return "unknown";
  const served = record.status === "completed" || record.status === "cached";
  return served && record.resultPath !== null ? "usable" : "not-served";
}

/**
 * Who made the result. From 0.1.25 a process entry's `run_id`; a step entry after a hit says `cached_run_id`. A 0.1.9 entry after a hit names
 * its last user alone: then nobody, and the runs tell.
 */
function producerOf(record: StepRecord, process: string, project: string, sourceId: string): string | null {
  const isOldHit = record.status === "cached" && !process.startsWith("//");
  const name = record.producerName ?? (isOldHit ? null : record.runName);
  return name === null ? null : runIdOf(sourceId, project, name);
}

/** A step's stored duration is always 0.0; so is that of a 0.1.9 process after a hit. Its start and end then tell. */
function secondsOf(record: StepRecord, process: string, step: string | null): number | null {
  const isOldHit = record.status === "cached" && !process.startsWith("//");
  if (step === null && !isOldHit) return record.status === "running" ? null : record.executionSeconds;
  return record.startedAt !== null && record.endedAt !== null ? (record.endedAt - record.startedAt) / 1000 : null;
}

function warningsOf(
  record: StepRecord,
  process: string,
  step: string | null,
  hashes: KeyHashes,
  problem: string | null,
): Warning[] {
  const warnings: Warning[] = [];
  if (problem !== null) warnings.push({ code: "not-recorded", sentence: `The row is damaged: ${problem}.` });
  if (record.resultPath !== null || problem !== null) return warnings;
  if (record.status === "cached") {
    const sentence =
      "The last hit rewrote this row without the path of its result, so the next lookup misses though the file is there.";
    warnings.push({ code: "next-lookup-misses", sentence });
  } else if (record.status === "completed" && isNameTooLong(process, step, hashes)) {
    const sentence =
      "Its names are too long for the name of a local file, so its result is never stored and every run computes it again.";
    warnings.push({ code: "never-cached-name-too-long", sentence });
  }
  return warnings;
}

/** `stable_process__<process>_<hashes>.pkl` and `stable_<process>_<step>_<hashes>.pkl`, with the process as stored. */
function isNameTooLong(process: string, step: string | null, hashes: KeyHashes): boolean {
  const names = step === null ? `stable_process__${process}` : `stable_${process}_${step}`;
  return Buffer.byteLength(`${names}_${hashes.input}_${hashes.config}_${hashes.function}.pkl`) > longestFileName;
}
