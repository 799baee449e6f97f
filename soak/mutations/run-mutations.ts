import { existsSync } from "node:fs";
import { randomOf } from "../../bench/stores/random.ts";
import { installExpops } from "../../e2e/support/expops.ts";
import { chooseEngines, type SoakLine, type SoakOptions, type SoakPart } from "../parts.ts";
import { isStale, judge, type PastRun, placeOf, type Told } from "./judge.ts";
import { type Lab, openLab } from "./lab-session.ts";
import { type LabEngine, labStores } from "./lab-store.ts";
import { type Loss, type Mutation, mutate } from "./mutate.ts";

const usualRuns = 200;
const shareRuns = 6;
const mostUnknown = 0.1;

/** Real runs of the tool, each after a generated change: what the product says of them is held against what was done. */
export const runMutations: SoakPart = async function* (options) {
  const names = chooseEngines(Object.keys(labStores) as LabEngine[], options.engines);
  const wanted = Math.ceil((options.runs ?? (options.isShare ? shareRuns : usualRuns)) / names.length);
  const python = names.length > 0 ? await installExpops() : "";
  for (const [index, name] of names.entries()) {
    if (options.signal.aborted) return;
    yield* mutateOn(name, wanted, { ...options, python, seed: options.seed + index });
  }
};

type Given = SoakOptions & { python: string };

async function* mutateOn(name: LabEngine, wanted: number, given: Given): AsyncGenerator<SoakLine> {
  const { python, signal, progress } = given;
  const lab = await openLab(name, python, signal);
  const begun = Date.now();
  const told = openTally();
  const later = openTally();
  const runs: PastRun[] = [];
  const failures: string[] = [];
  let orphans: SoakLine | null = null;
  try {
    await runAll(lab, wanted, given, runs, told, `mutations on ${name}`);
    // Who was not there while it happened must not say anything false either.
    await lab.age();
    await lab.forget();
    for (const [index, run] of runs.entries()) {
      if (signal.aborted) break;
      progress.say(`mutations on ${name}: told again, ${index + 1} of ${runs.length}`);
      later.add(run, runs.slice(0, index), await lab.explain(run.name), "");
    }
    orphans = await findFalseOrphans(name, lab);
  } catch (error) {
    if (!signal.aborted) failures.push(error instanceof Error ? error.message : String(error));
  }
  const problems = [...failures, ...told.problems()];
  const keep = problems.length + later.problems().length > 0;
  if (keep) failures.push(`its workspace is ${lab.workspace}`);
  await lab.close({ keep });
  const seconds = Math.round((Date.now() - begun) / 1000);
  yield {
    what: `mutations on ${name}`,
    done: `${runs.length} runs, ${told.done()}, ${seconds} s`,
    problems: [...told.problems(), ...failures],
    notes: told.notes(),
  };
  yield {
    what: `mutations on ${name}, told by who saw nothing`,
    done: later.done(),
    problems: later.problems(),
    notes: later.notes(),
  };
  if (orphans) yield orphans;
}

async function runAll(
  lab: Lab,
  wanted: number,
  { seed, signal, progress }: Given,
  runs: PastRun[],
  tally: ReturnType<typeof openTally>,
  what: string,
): Promise<void> {
  const random = randomOf(seed);
  /** What became of results that nobody has made again since. */
  const lost = new Map<string, Set<Loss>>();
  while (runs.length < wanted && !signal.aborted) {
    progress.say(`${what}: ${runs.length} of ${wanted} runs`);
    const mutation = mutate(
      random,
      runs.map(({ state }) => state),
      lab.store.losses,
    );
    await lose(lab, mutation, runs, lost);
    await lab.write(mutation);
    const before = new Map([...lost].map(([place, hows]) => [place, new Set(hows)]));
    const name = await lab.run(mutation.killAfter);
    if (!name) continue;
    const processes = await lab.record(name);
    for (const [process, { status, cachePath }] of processes)
      if (status === "completed") lost.delete(placeOf(process, cachePath) ?? "");
    const run = { name, state: mutation.state, processes, lost: before };
    tally.add(run, runs, await lab.explain(name), mutation.what);
    runs.push(run);
  }
}

async function lose(
  lab: Lab,
  { losses }: Mutation,
  runs: readonly PastRun[],
  lost: Map<string, Set<Loss>>,
): Promise<void> {
  for (const { process, how } of losses) {
    const path = runs.at(-1)?.processes.get(process)?.cachePath ?? null;
    const place = placeOf(process, path);
    if (path === null || place === null || !(await lab.lose(path, how))) continue;
    lost.set(place, (lost.get(place) ?? new Set()).add(how));
  }
}

function openTally() {
  let answers = 0;
  const unknown: string[] = [];
  const wrong: string[] = [];
  return {
    add(
      run: PastRun,
      past: readonly PastRun[],
      { told, warnings }: { told: Told[]; warnings: string[] },
      what: string,
    ) {
      const place = `${run.name}${what && ` (${what})`}`;
      for (const one of told) {
        answers += 1;
        const judgement = judge(one, run, past);
        if (judgement === "unknown") unknown.push(`${place}: ${one.sentence}`);
        else if (judgement) wrong.push(`${place}: "${one.sentence}", but ${judgement.false}`);
      }
      const missing = [...run.processes].filter(
        ([process, { status }]) => status === "completed" && !told.some((one) => one.process === process),
      );
      wrong.push(...missing.map(([process]) => `${place}: nothing is told of ${process}, which ran`));
      if (warnings.includes("stale-hit") && !isStale(run, past))
        wrong.push(`${place}: no result is of other code, as a warning says`);
    },
    done: () =>
      `${answers} answers, ${wrong.length} false, ${unknown.length} not known (${((unknown.length / Math.max(1, answers)) * 100).toFixed(1)} %)`,
    problems: () => [...wrong, ...(unknown.length > answers * mostUnknown ? ["too much is not known"] : [])],
    notes: () => unknown.map((said) => `not known: ${said}`),
  };
}

/** Whether something that a record or a result names is told as named by none. */
async function findFalseOrphans(name: LabEngine, lab: Lab): Promise<SoakLine> {
  const paths = (await lab.store.entries()).flatMap(({ cachePath }) => cachePath ?? []);
  const named = new Set(paths);
  for (const path of await lab.referencedBy(paths.filter((one) => existsSync(one)))) named.add(path);
  const files = await lab.storedFiles();
  const { names, why } = await lab.orphans();
  const places = names.map((orphan) => ({ orphan, found: files.filter((path) => path.endsWith(`/${orphan}`)) }));
  const wrong = places.filter(({ found }) => found.length !== 1 || named.has(found[0]!));
  const really = files.filter((path) => !named.has(path)).length;
  return {
    what: `orphans on ${name}`,
    done: `${files.length} files, ${really} that nothing names, ${names.length} told, ${wrong.length} false${why.length > 0 ? `; ${why.join(" ")}` : ""}`,
    problems: wrong.map(
      ({ orphan, found }) => `${orphan} is ${found.length === 1 ? "named" : `${found.length} files`}`,
    ),
  };
}
