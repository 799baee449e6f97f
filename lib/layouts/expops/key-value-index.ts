import type { KeyValueDriver } from "../../contracts/driver.ts";
import type { LayoutContext } from "../../contracts/layout.ts";
import { readEntryFacts } from "./entry-facts.ts";
import { locatorOf } from "./index-reader.ts";
import { readTexts } from "./key-value-rows.ts";
import type { ProjectRuns } from "./key-value-runs.ts";
import { parseRedisKey } from "./keys.ts";
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
  const rows = (await readTexts(index.driver, keys)).flatMap(({ key, text, expiresAt }) => {
    const read = parseRedisKey(key);
    return read?.parsed.kind === "entry"
      ? [{ key, parsed: read.parsed, text, expiresAt, ignoredTtl: null, locator: locatorOf(index.scope, key) }]
      : [];
  });
  return readEntryFacts({ project: desk.project, place: desk.place, rows, depth }, index.parts.payloads, context);
}
