import type { LayoutContext } from "../../contracts/layout.ts";
import type { Fact } from "../../domain/facts.ts";
import type { Millis } from "../../domain/values.ts";
import { FactBatch } from "./fact-batches.ts";
import type { KeyValueIndex } from "./key-value-index.ts";
import { readTexts, toRunRows } from "./key-value-rows.ts";
import { type ProjectRuns, tokenOf } from "./key-value-runs.ts";
import { runIdOf } from "./paths.ts";
import type { ProjectDesk } from "./project-desk.ts";

/** Runs that are read together. */
const runsAtOnce = 25;
const runsLookedUp = 500;

/** Clocks of the machines that run the tool may be so far behind. */
const clocksApartMillis = 60_000;

/** What a scan found, and what was known before it. */
export interface ScannedRuns {
  runs: ProjectRuns;
  /** As the scan before and the watch since left them; absent at the first scan. */
  before: ProjectRuns | undefined;
  /** When the scan began. */
  begun: Millis;
}

/**
 * Runs of one project, the newest first; those that the catalog holds unchanged are only told to be there. A scan passes over keys that are written
 * behind it: of a run that ended meanwhile it may have some only, so the watch, which looks for all of them, tells it.
 */
export async function* tellRuns(
  index: KeyValueIndex,
  desk: ProjectDesk,
  { runs, before, begun }: ScannedRuns,
  context: LayoutContext,
  signal: AbortSignal,
): AsyncGenerator<Fact[]> {
  const names = runs.newestFirst();
  await runs.noteProducers();
  const batch = new FactBatch();
  for (let begin = 0; begin < names.length && !signal.aborted; begin += runsLookedUp) {
    const some = names.slice(begin, begin + runsLookedUp);
    const known = await knownRuns(runs, some, context);
    const headKeysOfSome = some.flatMap((name) => headKeys(runs, name));
    const heads = new Map((await readTexts(index.driver, headKeysOfSome)).map((value) => [value.key, value]));
    const changed: string[] = [];
    for (const name of some) {
      const id = runIdOf(context.sourceId, runs.project, name);
      if (isSame(runs, desk, name, known.get(id), heads)) yield* batch.add([{ kind: "seen", of: "run", id }]);
      else changed.push(name);
    }
    for (let at = 0; at < changed.length && !signal.aborted; at += runsAtOnce) {
      const part = changed.slice(at, at + runsAtOnce);
      const keysOf = (name: string) => [...keysFound(runs, name), ...(before?.keys.get(name) ?? [])];
      for (const run of await runs.assemble(desk, part, keysOf, context.now())) {
        const id = runIdOf(context.sourceId, runs.project, run.name);
        const isLate = hasEndedSince(begun - clocksApartMillis, run.facts);
        if (isLate) index.expected.push({ project: runs.project, runName: run.name });
        if (!isLate || !before) yield* batch.add(run.facts);
        else if (known.has(id)) yield* batch.add([{ kind: "seen", of: "run", id }]);
      }
      if (begin === 0) yield* batch.take();
    }
    yield* batch.take();
  }
}

/**
 * A few of the newest runs while the scan is under way, as far as their keys are known by then. Only such as nobody has seen: of a known run this
 * would be less than is told already.
 */
export async function tellFirstRuns(desk: ProjectDesk, runs: ProjectRuns, context: LayoutContext): Promise<Fact[]> {
  const names = runs.newestFirst().slice(0, runsAtOnce);
  const known = await knownRuns(runs, names, context);
  const unseen = names.filter((name) => !known.has(runIdOf(context.sourceId, runs.project, name)));
  const assembled = await runs.assemble(desk, unseen, (name) => keysFound(runs, name), context.now());
  // That more of its rows are found later is no change of the run.
  for (const name of unseen) runs.observations.delete(name);
  return assembled.flatMap(({ facts }) => facts);
}

function knownRuns(runs: ProjectRuns, names: readonly string[], context: LayoutContext): Promise<Map<string, string>> {
  const ids = names.map((name) => runIdOf(context.sourceId, runs.project, name));
  return context.known("run", ids);
}

function hasEndedSince(time: Millis, [first]: readonly Fact[]): boolean {
  return first?.kind === "run" && first.run.endedAt !== null && first.run.endedAt >= time;
}

/** Its status is read even where the scan has not come upon it. */
function keysFound(runs: ProjectRuns, name: string): string[] {
  return [...headKeys(runs, name), ...(runs.keys.get(name) ?? [])];
}

function headKeys(runs: ProjectRuns, name: string): string[] {
  return [runs.keyOf(name, "status"), runs.keyOf(name, "timestamps")];
}

/** By its keys and its status alone: see `tokenOf`. */
function isSame(
  runs: ProjectRuns,
  desk: ProjectDesk,
  name: string,
  known: string | undefined,
  heads: ReadonlyMap<string, { key: string; text: string; expiresAt: number | null }>,
): boolean {
  if (known === undefined) return false;
  const values = [...(runs.keys.get(name) ?? [])].map((key) => heads.get(key) ?? { key, text: "", expiresAt: null });
  const rows = toRunRows(
    values.filter(({ key }) => heads.has(key)),
    runs.project,
  );
  const status = rows.find((row) => row.parsed.kind === "status");
  return status !== undefined && desk.isUnchanged(known, name, tokenOf(values, rows), true);
}
