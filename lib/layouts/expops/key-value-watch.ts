import { setTimeout as sleep } from "node:timers/promises";
import type { StopWatching } from "../../contracts/driver.ts";
import type { LayoutContext } from "../../contracts/layout.ts";
import type { Fact } from "../../domain/facts.ts";
import { ChangeGate } from "./change-gate.ts";
import { decodeEvent } from "./decode.ts";
import { FactBatch } from "./fact-batches.ts";
import type { KeyValueIndex } from "./key-value-index.ts";
import { parseRedisKey, redisPrefix } from "./keys.ts";
import { WatchedProject } from "./watched-project.ts";

/** Runs at work are read again this often, as the tool's own page does. */
const pollMillis = 2_000;
/** Notifications come one a key: so long they are gathered. */
const gatherMillis = 150;

type Change = { keys: readonly string[] } | { project: string; runName: string };

/**
 * Follows key notifications where the store sends them, else the `events` channel that versions up to 0.1.9 publish to. In any case runs at work
 * are read again every two seconds, with the keys that runs of their project have had before.
 */
export async function* watchKeyValue(
  index: KeyValueIndex,
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
  try {
    while (!signal.aborted) {
      const first = await gate.wait(pollMillis, signal);
      if (first.length > 0) await sleep(gatherMillis, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      for (const name of index.runs.keys()) projectOf(name);
      for (const change of [...first, ...gate.take()]) noteChange(change, projectOf);
      const batch = new FactBatch();
      let isQuiet = true;
      for (const project of projects.values()) {
        const facts = await project.take();
        isQuiet &&= facts.length === 0;
        yield* batch.add(facts);
      }
      yield* isQuiet ? [[]] : batch.take();
    }
  } finally {
    await stop?.();
  }
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
  const stop = (await driver.watchKeys?.(redisPrefix, ({ keys }) => gate.push({ keys: keys ?? [] }))) ?? null;
  index.notifies = stop !== null;
  if (stop) return stop;
  return driver.watchChannel?.(`${redisPrefix}*:events`, (channel, message) => {
    const runName = decodeEvent(message)?.runName;
    if (runName) gate.push({ project: channel.slice(redisPrefix.length, -":events".length), runName });
  });
}
