import { setTimeout as sleep } from "node:timers/promises";
import type { StopWatching } from "../../contracts/driver.ts";
import type { LayoutContext } from "../../contracts/layout.ts";
import type { Fact } from "../../domain/facts.ts";
import { ChangeGate } from "./change-gate.ts";
import { decodeEvent } from "./decode.ts";
import { FactBatch } from "./fact-batches.ts";
import type { IndexReader } from "./index-reader.ts";
import { type KeyValueIndex, keysKnown } from "./key-value-index.ts";
import { eventChannels, parseRedisKey, redisPrefix } from "./keys.ts";
import { runIdOf } from "./paths.ts";
import { WatchedProject } from "./watched-project.ts";

/** Runs at work are read again this often, as the tool's own page does. */
const pollMillis = 2_000;
/** Notifications come one a key: so long they are gathered. */
const gatherMillis = 150;

/** After a look at everything, the next is not taken sooner. */
const restMillis = 15_000;

type Change = { keys: readonly string[] } | { project: string; runName: string };

/**
 * Follows key notifications where the store sends them, else the `events` channel that versions up to 0.1.9 publish to. In any case runs at work
 * are read again every two seconds, with the keys that runs of their project have had before.
 */
export async function* watchKeyValue(
  index: KeyValueIndex,
  scan: IndexReader["scan"],
  context: LayoutContext,
  signal: AbortSignal,
): AsyncGenerator<Fact[]> {
  const gate = new ChangeGate<Change>();
  const stop = await listen(index, gate);
  const projects = new Map<string, WatchedProject>();
  const projectOf = (name: string) => {
    const known = projects.get(name) ?? new WatchedProject(name, index, context);
    projects.set(name, known);
    return known;
  };
  let lookAt = 0;
  const lostKeys = async () => {
    if (performance.now() < lookAt) return false;
    const isLess = (await index.driver.size()) < keysKnown(index);
    if (isLess) lookAt = performance.now() + restMillis;
    return isLess;
  };
  try {
    while (!signal.aborted) {
      const first = await gate.wait(pollMillis, signal);
      if (first.length > 0) await sleep(gatherMillis, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      for (const name of index.runs.keys()) projectOf(name);
      for (const change of [...first, ...gate.take(), ...index.expected.splice(0)]) noteChange(change, projectOf);
      const batch = new FactBatch();
      let isQuiet = true;
      for (const project of projects.values()) {
        const facts = await project.take();
        isQuiet &&= facts.length === 0;
        yield* batch.add(facts);
      }
      yield* isQuiet ? [[]] : batch.take();
      if (await lostKeys()) yield* scanForGone(index, scan, context, signal);
    }
  } finally {
    await stop?.();
  }
}

/** A flushed store says nothing of its keys: a scan tells what is left, and what is not. */
async function* scanForGone(
  index: KeyValueIndex,
  scan: IndexReader["scan"],
  context: LayoutContext,
  signal: AbortSignal,
): AsyncGenerator<Fact[]> {
  const { runs, entryIds } = index;
  yield* scan(context, signal);
  if (signal.aborted) return;
  const gone = [...entryIds]
    .filter((id) => !index.entryIds.has(id))
    .map((id): Fact => ({ kind: "gone", of: "entry", id }));
  for (const [project, before] of runs) {
    for (const name of before.keys.keys()) {
      if (index.runs.get(project)?.keys.has(name)) continue;
      gone.push({ kind: "gone", of: "run", id: runIdOf(context.sourceId, project, name) });
    }
  }
  const batch = new FactBatch();
  yield* batch.add(gone);
  yield* batch.take();
}

function noteChange(change: Change, projectOf: (name: string) => WatchedProject): void {
  if ("runName" in change) {
    projectOf(change.project).noteRun(change.runName);
    return;
  }
  for (const key of change.keys) {
    const read = parseRedisKey(key);
    if (read) projectOf(read.project).noteKey(key, read.parsed);
  }
}

/** Of a change that the store cannot name (`keys` null) the next sweep tells. */
async function listen(index: KeyValueIndex, gate: ChangeGate<Change>): Promise<StopWatching | undefined> {
  const { driver } = index;
  const stop = await driver.watchKeys?.(redisPrefix, ({ keys }) => gate.push({ keys: keys ?? [] }));
  if (stop) return stop;
  return driver.watchChannel?.(eventChannels, (channel, message) => {
    const runName = decodeEvent(message)?.runName;
    if (runName) gate.push({ project: channel.slice(redisPrefix.length, -":events".length), runName });
  });
}
