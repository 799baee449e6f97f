import type { LayoutContext } from "../../contracts/layout.ts";
import type { Fact } from "../../domain/facts.ts";
import { FactBatch } from "./fact-batches.ts";
import type { KeyValueIndex } from "./key-value-index.ts";
import { readTexts, toRunRows } from "./key-value-rows.ts";
import { type ProjectRuns, tokenOf } from "./key-value-runs.ts";
import { runIdOf } from "./paths.ts";
import type { ProjectDesk } from "./project-desk.ts";

/** Runs that are read together. */
const runsAtOnce = 25;

/** Runs of one project, the newest first; those that the catalog holds unchanged are only told to be there. */
export async function* tellRuns(
  index: KeyValueIndex,
  desk: ProjectDesk,
  runs: ProjectRuns,
  context: LayoutContext,
  signal: AbortSignal,
  most = Number.POSITIVE_INFINITY,
): AsyncGenerator<Fact[]> {
  const names = runs.newestFirst().slice(0, most);
  if (most === Number.POSITIVE_INFINITY) await runs.noteProducers();
  const batch = new FactBatch();
  for (let begin = 0; begin < names.length && !signal.aborted; begin += 500) {
    const some = names.slice(begin, begin + 500);
    const known = await context.known(
      "run",
      some.map((name) => runIdOf(context.sourceId, runs.project, name)),
    );
    const changed: string[] = [];
    const heads = new Map(
      (
        await readTexts(
          index.driver,
          some.flatMap((name) => headKeys(runs, name)),
        )
      ).map((value) => [value.key, value]),
    );
    for (const name of some) {
      const id = runIdOf(context.sourceId, runs.project, name);
      if (isSame(runs, desk, name, known.get(id), heads)) yield* batch.add([{ kind: "seen", of: "run", id }]);
      else changed.push(name);
    }
    for (let at = 0; at < changed.length && !signal.aborted; at += runsAtOnce) {
      const assembled = await runs.assemble(
        desk,
        changed.slice(at, at + runsAtOnce),
        (name) => runs.keys.get(name) ?? [],
        context.now(),
      );
      for (const { facts } of assembled) yield* batch.add(facts);
      if (most !== Number.POSITIVE_INFINITY || begin === 0) yield* batch.take();
    }
    yield* batch.take();
  }
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
