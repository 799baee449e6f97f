import { startFirestoreEmulator } from "../../lib/contracts/testing/firestore-emulator.ts";
import { startObjectStore } from "../../lib/contracts/testing/object-store.ts";
import { type RacedStore, raceChanges } from "../../lib/contracts/testing/race-changes.ts";
import { startStrictObjectStore } from "../../lib/contracts/testing/strict-object-store.ts";
import { openRacedFolder, type WriterKind, writerKinds } from "../../lib/drivers/files/testing/raced-folder.ts";
import { openRacedProject } from "../../lib/drivers/firestore/testing/raced-project.ts";
import { openRacedBucket } from "../../lib/drivers/gcs/testing/changed-bucket.ts";
import { openRacedRedis } from "../../lib/drivers/redis/testing/raced-redis.ts";
import { openRacedDatabase } from "../../lib/drivers/sqlite/testing/raced-database.ts";
import { chooseEngines, type SoakLine, type SoakOptions, type SoakPart } from "../parts.ts";

/** What a race does in one go, and what came of all of them. */
interface Race {
  /** Goes on for about so many rounds; answers how many. */
  go(rounds: number): Promise<number>;
  tally(): { done: number; gaveWay: number; lost: readonly string[] };
  stop(): Promise<void>;
}

const weekSeconds = 7 * 86_400;
const roundsOfGo = 100;

async function race(store: RacedStore & { stop(): Promise<void> }, stopEngine = async () => {}): Promise<Race> {
  const sum = { done: 0, gaveWay: 0, lost: [] as string[] };
  let from = 0;
  return {
    async go(rounds) {
      const { setAside, putBack, refused, lost } = await raceChanges(store, { rounds, from });
      from += rounds;
      sum.done += setAside + putBack;
      sum.gaveWay += refused;
      sum.lost.push(...lost);
      return rounds;
    },
    tally: () => sum,
    async stop() {
      await store.stop();
      await stopEngine();
    },
  };
}

async function raceInFolder(kind: WriterKind): Promise<Race> {
  const folder = await openRacedFolder(kind);
  return {
    async go() {
      await folder.round();
      return folder.filesOfRound;
    },
    tally() {
      const { "set-aside": done, changed, gone, failed, unknown } = folder.seen;
      if (failed + unknown > 0) throw new Error(`${failed} changes failed, of ${unknown} it was not told`);
      return { done, gaveWay: changed + gone, lost: folder.lost };
    },
    stop: folder.stop,
  };
}

async function raceInFirestore(): Promise<Race> {
  const emulator = await startFirestoreEmulator();
  return race(await openRacedProject(emulator), emulator.stop);
}

async function raceInBucket(options: { softDeleteSeconds?: number }): Promise<Race> {
  const store = await startObjectStore();
  const strict = await startStrictObjectStore(store.url, options);
  return race(await openRacedBucket(store, strict.url), async () => {
    await strict.stop();
    await store.stop();
  });
}

/** Engine → rounds, and the races among which they are divided. */
const engines = {
  sqlite: {
    rounds: 100_000,
    races: (["wal", "delete"] as const).map((mode) => async () => race(await openRacedDatabase(mode))),
  },
  redis: { rounds: 100_000, races: [async () => race(await openRacedRedis())] },
  files: { rounds: 100_000, races: writerKinds.map((kind) => () => raceInFolder(kind)) },
  firestore: { rounds: 10_000, races: [raceInFirestore] },
  gcs: {
    rounds: 10_000,
    races: [() => raceInBucket({}), () => raceInBucket({ softDeleteSeconds: weekSeconds })],
  },
};

/** Changes that race with a second writer; the truth is read past the product. A hundredth of them are in the contract suites. */
export const runRaces: SoakPart = async function* (options) {
  for (const name of chooseEngines(Object.keys(engines) as (keyof typeof engines)[], options.engines)) {
    if (options.signal.aborted) return;
    yield await raceOn(name, options);
  }
};

async function raceOn(
  name: keyof typeof engines,
  { rounds: asked, isShare, progress, signal }: SoakOptions,
): Promise<SoakLine> {
  const { rounds: usual, races } = engines[name];
  const rounds = asked ?? (isShare ? usual / 100 : usual);
  const begun = Date.now();
  const sum = { rounds: 0, done: 0, gaveWay: 0 };
  const problems: string[] = [];
  for (const open of races) {
    if (signal.aborted) break;
    const running = await open();
    try {
      const end = sum.rounds + Math.ceil(rounds / races.length);
      while (sum.rounds < end && !signal.aborted) {
        sum.rounds += await running.go(Math.min(roundsOfGo, end - sum.rounds));
        progress.say(`races on ${name}: ${sum.rounds} of ${rounds}`);
      }
      const { done, gaveWay, lost } = running.tally();
      sum.done += done;
      sum.gaveWay += gaveWay;
      problems.push(...lost.map((value) => `lost: ${value}`));
    } catch (error) {
      if (!signal.aborted) problems.push(String(error));
    } finally {
      await running.stop().catch(() => undefined);
    }
  }
  if (!signal.aborted && (sum.done === 0 || sum.gaveWay === 0)) problems.push("the writer and the change never met");
  const seconds = Math.round((Date.now() - begun) / 1000);
  const done = `${sum.rounds} rounds, ${sum.done} changes done, ${sum.gaveWay} gave way, ${problems.length} lost or failed, ${seconds} s`;
  return { what: `races on ${name}`, done, problems };
}
