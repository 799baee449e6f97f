import type { EntryFact, Fact, RunFact, StepUseFact } from "../../domain/facts.ts";
import { factOf, sampleArtifact, sampleEntry, sampleRun, sampleUse } from "./sample-facts.ts";

const day = 86_400_000;
const firstStart = Date.UTC(2026, 0, 10, 22);
const processes = ["prepare", "fit", "score", "plot"];

/** Mulberry32: small and the same each time. Answers whole numbers below `most`. */
export function diceOf(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % most;
  };
}

/**
 * Hundreds of runs of one project over weeks, as a cache sees them: results reused by later runs, processes that ran again while their steps
 * came from the cache, failures with what then never ran, hits whose producer's time is not recorded, arrays that several results share.
 */
export function generateCache(runCount: number, seed: number): Fact[] {
  const dice = diceOf(seed);
  const made = new Map<string, { entry: EntryFact; run: RunFact; seconds: number }>();
  const entries: EntryFact[] = [];
  const artifacts = new Map<string, Fact>();
  const runs: RunFact[] = [];
  for (let number = 0; number < runCount; number += 1) {
    const startedAt = firstStart + number * (day / 7) + dice(3_600_000);
    const run = sampleRun(`run-${number}`, {
      startedAt: dice(40) === 0 ? null : startedAt,
      version:
        dice(5) === 0 ? null : { hash: `v${dice(6)}`, found: null, commit: null, committedAt: null, seenAt: null },
    });
    let hasFailed = false;
    for (const process of processes) {
      const place = `${process}/${dice(3)}`;
      const known = made.get(place);
      if (hasFailed) run.steps.push(sampleUse(process, { origin: "never-ran", executionSeconds: null }));
      else if (known && dice(10) < 7) {
        const isPriced = dice(12) > 0;
        run.steps.push(reuse(process, null, known, isPriced ? known.seconds : null));
        // Some stores keep what a reused process recorded when it ran: it cost this run nothing.
        if (dice(8) === 0) run.steps.push(reuse(process, "inner", known, known.seconds));
      } else if (dice(15) === 0) {
        hasFailed = true;
        run.steps.push(sampleUse(process, { origin: "failed", executionSeconds: dice(5), startedAt }));
      } else {
        const seconds = 1 + dice(100);
        const step = made.get(`${place} step`);
        const isStepReused = step !== undefined && dice(4) === 0;
        const entry = makeEntry(`${place}#${number}`, process, null, run, startedAt + seconds * 1000);
        run.steps.push(sampleUse(process, { executionSeconds: seconds, startedAt, entry: { id: entry.id } }));
        made.set(place, { entry, run, seconds });
        if (isStepReused) run.steps.push(reuse(process, "inner", step, step.seconds));
        else {
          const inner = makeEntry(`${place} step#${number}`, process, "inner", run, startedAt + seconds * 900);
          run.steps.push(
            sampleUse(process, { step: "inner", executionSeconds: seconds * 0.9, startedAt, entry: { id: inner.id } }),
          );
          made.set(`${place} step`, { entry: inner, run, seconds: seconds * 0.9 });
        }
      }
    }
    runs.push(run);
  }
  return [...artifacts.values(), ...entries.map(factOf.entry), ...runs.map(factOf.run)];

  function reuse(
    process: string,
    step: string | null,
    from: { entry: EntryFact; run: RunFact },
    seconds: number | null,
  ): StepUseFact {
    const producer = { runId: from.run.id, startedAt: from.run.startedAt, executionSeconds: seconds };
    return sampleUse(process, {
      step,
      origin: "reused",
      executionSeconds: null,
      producer,
      entry: { id: from.entry.id },
    });
  }

  function makeEntry(id: string, process: string, step: string | null, run: RunFact, createdAt: number): EntryFact {
    const shared = `array-${dice(20)}`;
    const names = [`result of ${id}`, ...(dice(3) === 0 ? [shared] : []), ...(dice(6) === 0 ? [shared, "lost"] : [])];
    for (const name of names)
      if (name !== "lost")
        artifacts.set(name, factOf.artifact(sampleArtifact(name, { bytes: 1000 + name.length * 7 })));
    const entry = sampleEntry(id, {
      process,
      step,
      scope: step === null ? "process" : "step",
      createdAt: dice(30) === 0 ? null : createdAt,
      producerRunId: run.id,
      version: run.version?.hash ?? null,
      executionSeconds: null,
      payloads: names.map((artifactId, index) => ({ artifactId, role: index === 0 ? "result" : "array" })),
    });
    entries.push(entry);
    return entry;
  }
}
