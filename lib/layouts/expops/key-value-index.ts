import type { KeyValueDriver } from "../../contracts/driver.ts";
import type { LayoutContext } from "../../contracts/layout.ts";
import { type LocatedRow, readEntryFacts } from "./entry-facts.ts";
import { type IndexEntries, locatorOf } from "./index-reader.ts";
import { readTexts } from "./key-value-rows.ts";
import type { ProjectRuns } from "./key-value-runs.ts";
import { entryKey, parseRedisKey, redisPrefix } from "./keys.ts";
import { entryIdOf } from "./paths.ts";
import type { LayoutParts, ProjectDesk } from "./project-desk.ts";

export interface KeyValueIndex {
  driver: KeyValueDriver;
  scope: string | null;
  parts: LayoutParts;
  /** By project, as the last scan saw them and the watch goes on. */
  runs: Map<string, ProjectRuns>;
  entryIds: Set<string>;
  /** Runs that a log tells of and no scan has shown. */
  expected: { project: string; runName: string }[];
  /** Scans whose keys are all known. */
  scans: number;
  scanSeconds: number;
  /** Does the store tell which keys change? */
  notifies: boolean;
}

/** Keys of the tool that the store must hold at least, as far as is known. */
export function keysKnown({ runs, entryIds }: KeyValueIndex): number {
  let known = entryIds.size;
  for (const project of runs.values()) for (const keys of project.keys.values()) known += keys.size;
  return known;
}

/** Facts of some entries of one project. */
export async function tellEntries(
  index: KeyValueIndex,
  desk: ProjectDesk,
  keys: readonly string[],
  depth: "quick" | "complete" | "whole",
  context: LayoutContext,
) {
  const rows = await readEntryRows(index, keys);
  return readEntryFacts({ project: desk.project, place: desk.place, rows, depth }, index.parts.payloads, context);
}

async function readEntryRows(
  { driver, scope }: Pick<KeyValueIndex, "driver" | "scope">,
  keys: readonly string[],
): Promise<LocatedRow[]> {
  return (await readTexts(driver, keys)).flatMap(({ key, text, expiresAt }) => {
    const parsed = parseRedisKey(key)?.parsed;
    return parsed?.kind === "entry"
      ? [{ key, parsed, text, expiresAt, ignoredTtl: null, locator: locatorOf(scope, key) }]
      : [];
  });
}

/** The entries of the store, one by one. */
export function keyValueEntries(index: KeyValueIndex): IndexEntries {
  const { driver, scope, parts } = index;
  return {
    driver,
    scope,
    placeOf: (key) => key,
    keyAt: (place) => place,
    identify(key) {
      const read = parseRedisKey(key);
      if (read?.parsed.kind !== "entry") return null;
      const { process, step, hashes } = read.parsed;
      return { project: read.project, id: entryIdOf(parts.sourceId, read.project, process, step, hashes) };
    },
    async read(keys) {
      return new Map((await readEntryRows(index, keys)).map((row) => [row.key, row]));
    },
    note(id, isThere) {
      if (isThere) index.entryIds.add(id);
      else index.entryIds.delete(id);
    },
    givesLife: true,
    rowOf({ project, process, step, hashes, text, endsAt }) {
      const key = `${redisPrefix}${project}:${entryKey(process, step, hashes, "redis")}`;
      return { key, place: key, text, content: { text }, expiresAt: endsAt };
    },
  };
}
