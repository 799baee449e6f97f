import type { ChangedValue, CodeChange } from "../explanation.ts";
import type { PlainValue } from "../values.ts";
import type { Evidence, VersionSources } from "./evidence.ts";
import { diffLines } from "./line-diff.ts";

/** How one version became another, as far as it concerns one process. */
export interface VersionChanges {
  /** Values of the process itself: `alpha`. */
  own: ChangedValue[];
  /** Values that all share. */
  shared: ChangedValue[];
  sectionsDiffer: boolean;
  /** `null`: the code of one of them was not found. */
  code: CodeChange[] | null;
}

const compared = new WeakMap<Evidence["sources"], Map<string, VersionChanges | null>>();

/** `null`: one of the versions is not known, or does not have the process. Each is compared once. */
export function compareVersions(
  sources: Evidence["sources"],
  process: string,
  before: string | null,
  after: string | null,
): VersionChanges | null {
  const known = compared.get(sources) ?? new Map<string, VersionChanges | null>();
  compared.set(sources, known);
  const key = JSON.stringify([process, before, after]);
  const changes = known.get(key);
  if (changes !== undefined) return changes;
  const found = compareSources(sources, process, before, after);
  known.set(key, found);
  return found;
}

function compareSources(
  sources: Evidence["sources"],
  process: string,
  before: string | null,
  after: string | null,
): VersionChanges | null {
  const [old, now] = [sources.get(before ?? ""), sources.get(after ?? "")];
  const [mine, theirs] = [processOf(old, process), processOf(now, process)];
  if (!old || !now || !mine || !theirs) return null;
  return {
    own: changedValues(mine.own, theirs.own),
    shared: changedValues(old.shared, now.shared),
    sectionsDiffer: old.sections.toSorted().join("\0") !== now.sections.toSorted().join("\0"),
    code: mine.code && theirs.code && changedCode(mine.code, theirs.code),
  };
}

function processOf(version: VersionSources | undefined, process: string) {
  return version && Object.hasOwn(version.processes, process) ? version.processes[process] : undefined;
}

type Values = Readonly<Record<string, PlainValue>>;

function changedValues(before: Values, after: Values): ChangedValue[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((path) => sayPlain(before[path]) !== sayPlain(after[path]))
    .map((path) => ({
      path,
      ...(Object.hasOwn(before, path) && { before: before[path] as PlainValue }),
      ...(Object.hasOwn(after, path) && { after: after[path] as PlainValue }),
    }));
}

type Code = readonly { name: string; text: string; compared: string }[];

function changedCode(before: Code, after: Code): CodeChange[] {
  const [old, now] = [new Map(before.map((one) => [one.name, one])), new Map(after.map((one) => [one.name, one]))];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((name) => old.get(name)?.compared !== now.get(name)?.compared)
    .map((name) => ({ name, ...diffLines(old.get(name)?.text ?? "", now.get(name)?.text ?? "") }));
}

const longestValue = 60;

/** A value as a sentence shows it. */
export function sayValue(value: PlainValue | undefined): string {
  if (value === undefined) return "not set";
  const said = typeof value === "string" ? value : sayPlain(value);
  return said.length > longestValue ? `${said.slice(0, longestValue)}…` : said;
}

function sayPlain(value: PlainValue | undefined): string {
  if (typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value))) return String(value);
  return JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner)) ?? "";
}
