import { randomOf } from "../../bench/stores/random.ts";
import { chooseEngines, type SoakLine, type SoakOptions, type SoakPart } from "../parts.ts";
import { killPoints } from "./kill-points.ts";
import { type KillLane, openKillLane } from "./kill-rounds.ts";
import { type KilledEngine, killedEngines } from "./stores.ts";

const usualKills = 1_000;
/** What `npm test` kills on: each point once, in engines that are there at once. */
const shareEngines: readonly KilledEngine[] = ["sqlite", "redis", "files"];

/** The real server killed by SIGKILL, engine after engine, at each point in turn. */
export const runKills: SoakPart = async function* (options) {
  const { isShare, kills, engines } = options;
  const all = isShare && !engines ? shareEngines : (Object.keys(killedEngines) as KilledEngine[]);
  const names = chooseEngines(all, engines);
  const wanted = Math.ceil((kills ?? (isShare ? killPoints.length : usualKills)) / names.length);
  for (const [index, name] of names.entries()) {
    if (options.signal.aborted) return;
    yield await killOn(name, index * wanted, wanted, options);
  }
};

/** `first`: the point to begin with, so that engines that do not come round to all of them share them out. */
async function killOn(
  name: KilledEngine,
  first: number,
  wanted: number,
  { seed, progress, signal }: SoakOptions,
): Promise<SoakLine> {
  const begun = Date.now();
  const what = `kills on ${name}`;
  let lane: KillLane;
  try {
    lane = await openKillLane(name, randomOf(seed + first));
  } catch (error) {
    return { what, done: "not begun", problems: signal.aborted ? [] : [String(error)] };
  }
  const { tally } = lane;
  const problems: string[] = [];
  // Some rounds have more than one kill: each point that is this engine's comes all the same.
  const last = first + Math.min(wanted, killPoints.length);
  const isDone = (at: number) => at >= last && tally.kills >= wanted;
  for (let at = first; !isDone(at) && problems.length === 0 && !signal.aborted; at += 1) {
    const point = killPoints[at % killPoints.length]!;
    progress.say(`${what}: ${tally.kills} of ${wanted}`);
    try {
      await lane.round(point);
    } catch (error) {
      if (!signal.aborted)
        problems.push(
          `${point.kind}, killed ${point.moment}: ${error instanceof Error ? error.message : error}; state in ${lane.stateDir}`,
        );
    }
  }
  await lane.close({ keep: problems.length > 0 }).catch((error: unknown) => {
    if (!signal.aborted) problems.push(String(error));
  });
  const { kills, finished, rolledBack, slowest, slowestStart } = tally;
  const seconds = Math.round((Date.now() - begun) / 1000);
  const done = `${kills} kills, ${finished} operations finished, ${rolledBack} had not begun, slowest ${slowest.toFixed(1)} s after the next server listened (slowest start ${slowestStart.toFixed(1)} s), ${problems.length} lost or failed, ${seconds} s`;
  return { what, done, problems: [...problems, ...tally.late] };
}
