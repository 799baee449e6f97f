import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runKills } from "./kills/run-kills.ts";
import { runMutations } from "./mutations/run-mutations.ts";
import type { SoakPart } from "./parts.ts";
import { openProgress } from "./progress.ts";
import { runRaces } from "./races/run-races.ts";

const usage = `npm run soak -- [share] [races] [kills] [mutations] [--rounds N] [--kills N] [--runs N] [--engines a,b] [--seed N]

Whether anything is ever lost or told falsely, on real engines, for hours. Ctrl-C ends it after the round that is on, and tells what came of it so far.

  races          changes that race with a second writer: 100000 rounds on SQLite, Redis and files, 10000 on the emulators (--rounds)
  kills          the server killed at each point of an operation, and what the next one makes of it: 1000 kills over the engines (--kills)
  mutations      runs of the real ExpOps after generated changes, and whether they are explained by these: 200 runs (--runs)
  share          a hundredth of it, as in \`npm test\`, whose contract suites have the races
  --engines a,b  of sqlite, redis, files, firestore, gcs
  --seed N       of what is chosen by chance; when each thing happens is not
  --report FILE  how much of it passed, as JSON`;

const parts: Record<string, SoakPart> = { races: runRaces, kills: runKills, mutations: runMutations };

function readLine() {
  const text = { type: "string" } as const;
  return parseArgs({
    allowPositionals: true,
    options: {
      rounds: text,
      kills: text,
      runs: text,
      engines: text,
      seed: text,
      report: text,
      help: { type: "boolean", short: "h" },
    },
  });
}

async function main(): Promise<number> {
  const { values, positionals } = readLine();
  const isShare = positionals.includes("share");
  const named = positionals.filter((word) => word !== "share");
  const unknown = named.find((name) => !(name in parts));
  if (values.help || unknown) {
    console.error(unknown ? `There is no part ${unknown}.\n\n${usage}` : usage);
    return unknown ? 64 : 0;
  }
  const ending = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => ending.abort());
  const progress = openProgress();
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  const options = {
    ...{ isShare, progress, signal: ending.signal, seed: number(values.seed) ?? 1 },
    ...{ rounds: number(values.rounds), kills: number(values.kills), runs: number(values.runs) },
    engines: values.engines?.split(","),
  };
  const usual = isShare ? Object.keys(parts).filter((name) => name !== "races") : Object.keys(parts);
  const total = { passed: 0, failed: 0 };
  for (const name of named.length > 0 ? named : usual) {
    for await (const { what, done, problems, notes = [] } of parts[name]!(options)) {
      progress.done();
      console.log(`${problems.length === 0 ? "ok    " : "FAILED"} ${what}: ${done}`);
      for (const line of [...problems.slice(0, 20), ...notes.slice(0, 20)]) console.log(`       ${line}`);
      total[problems.length === 0 ? "passed" : "failed"] += 1;
    }
  }
  if (ending.signal.aborted) console.log("Ended before its time.");
  if (values.report) writeFileSync(values.report, JSON.stringify(total));
  return total.failed > 0 ? 1 : ending.signal.aborted ? 130 : 0;
}

process.exitCode = await main();
