import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Explanation } from "../domain/explanation.ts";
import { openMemoryKeyValueDriver } from "../drivers/memory/memory-key-value-driver.ts";
import { readRecordedRedis } from "../layouts/expops/testing/collect-facts.ts";
import { explainProject, explainSlots } from "./testing/explained-project.ts";

const root = resolve(import.meta.dirname, "../..");
const fixtures = join(root, "e2e/fixtures/expops");
type Project = Awaited<ReturnType<typeof explainProject>>;

function readJson<Content>(path: string): Content {
  return JSON.parse(readFileSync(path, "utf8")) as Content;
}

/** What a project's change was, in the words of an answer. */
function causeOf({ verdict, firstCause }: Explanation): string {
  return firstCause ? [firstCause.process, firstCause.part].filter(Boolean).join(" ") : verdict;
}

/** Answers by truth: how many were right, unknown and false. */
async function judge(lab: Project, truths: { run: string; process: string; cause: string }[]) {
  const wrong: string[] = [];
  let unknown = 0;
  for (const { run, process, cause } of truths) {
    const told = await lab.explain(run, process);
    if (told.verdict === "unknown") unknown += 1;
    else if (causeOf(told) !== cause) wrong.push(`${run} ${process}: ${causeOf(told)} instead of ${cause}`);
  }
  return { wrong, unknown, all: truths.length };
}

describe("twelve runs with their git history, each after a known change", () => {
  interface Expected {
    runs: {
      run_id: string;
      what: string;
      processes: Record<
        string,
        {
          outcome: string;
          producer?: string;
          explanation?: { first_cause: string | { process: string; part: string } };
        }
      >;
    }[];
  }
  const { runs } = readJson<Expected>(join(fixtures, "versions/EXPECTED.json"));
  const idOf = (n: number) => runs[n - 1]?.run_id ?? "";
  let folder: string;
  let lab: Project;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "explain-"));
    cpSync(join(fixtures, "versions/workspace"), folder, { recursive: true });
    const history = join(folder, "spill-lab/history.git");
    execFileSync("git", ["clone", "-q", "--bare", join(fixtures, "versions/history.bundle"), history], {
      stdio: "ignore",
    });
    lab = await explainProject(folder);
  });
  afterAll(async () => {
    await lab.close();
    rmSync(folder, { recursive: true });
  });

  const truths = runs.flatMap(({ run_id, processes }) =>
    Object.entries(processes).flatMap(([process, { outcome, explanation }]) => {
      if (!explanation || outcome === "reused") return [];
      const { first_cause: first } = explanation;
      const words = { "data file": "data-file", killed: "previous-failed" };
      const cause =
        typeof first === "string" ? (words[first as keyof typeof words] ?? first) : `${first.process} ${first.part}`;
      return [{ run: run_id, process, cause }];
    }),
  );

  it("names the known cause of every execution, and no other", async () => {
    expect(await judge(lab, truths)).toEqual({ wrong: [], unknown: 0, all: 34 });
  });

  it("tells each reuse by the run that made the result", async () => {
    const reused = runs.flatMap(({ run_id, processes }) =>
      Object.entries(processes).flatMap(([process, { producer }]) => (producer ? [{ run_id, process, producer }] : [])),
    );
    for (const { run_id, process, producer } of reused)
      expect(await lab.explain(run_id, process)).toMatchObject({ verdict: "hit", hit: { producerRunName: producer } });
    expect(reused).toHaveLength(38);
  });

  it("says each run in a sentence", async () => {
    const told = await Promise.all(runs.map(({ run_id }) => lab.explainRun(run_id)));
    expect(told.map(({ sentence }) => sentence)).toEqual([
      "All 6 processes ran for the first time.",
      "",
      "fit_soft ran again because alpha 0.5 → 0.7; join_fits followed.",
      "fit_hard ran again because its code changed; loss_line and join_fits followed.",
      "widen ran again because its code changed (lift); fit_soft, fit_hard, loss_line and join_fits followed.",
      "All 6 processes ran again because the data file changed.",
      "",
      "",
      "fit_soft ran again because its own configuration changed.",
      "fit_soft ran again because its own configuration changed (since the last result there: alpha 0.7 → 0.9); join_fits followed.",
      "widen ran again because degree 3 → 4; fit_soft, fit_hard and loss_line followed.",
      "fit_soft ran again because rounds 60000 → 2. loss_line ran again because the run before it left it unfinished, as far as is known under the same key, so there was no result to reuse. join_fits ran again because widen before it changed: degree 3 → 4.",
    ]);
  });

  it("shows the lines of code that changed", async () => {
    const { codeDiff } = await lab.explain(idOf(4), "fit_hard");
    const changed = codeDiff?.flatMap(({ lines }) => lines.filter(({ sign }) => sign !== " "));
    expect(changed?.map(({ sign }) => sign)).toEqual(["-", "+"]);
  });

  it("compares with the run before also where its entries were deleted: its own records have the keys", async () => {
    expect(await lab.explain(idOf(2), "widen")).toMatchObject({ verdict: "hit" });
    expect((await lab.explain(idOf(5), "fit_hard")).parts.every(({ before }) => before !== null)).toBe(true);
  });

  it("tells of a step why its process ran, and blames no parameter for its own key", async () => {
    expect((await lab.explain(idOf(3), "join_fits", "mix: rows")).sentence).toBe(
      "mix: rows ran again because the configuration or the scripts changed, every byte of which is in each step's key. join_fits ran again because fit_soft before it changed: alpha 0.5 → 0.7.",
    );
    expect((await lab.explain(idOf(6), "fit_soft", "solve_soft")).sentence).toBe(
      "solve_soft ran again because its arguments have other values. fit_soft ran again because the data file changed.",
    );
  });
});

describe("the bundled project of seventeen runs", () => {
  const { runs } = readJson<{ runs: { id: string; what: string; processes: Record<string, { outcome: string }> }[] }>(
    join(root, "bundled/EXPECTED.json"),
  );
  let lab: Project;
  beforeAll(async () => {
    lab = await explainProject(join(root, "bundled/workspace"));
  });
  afterAll(() => lab.close());

  /** By what was done before the run; a chart whose script changed is its own cause. */
  const causes: [RegExp, (process: string) => string][] = [
    [/^first run/, () => "first"],
    [/^parameter: (\w+) /, () => ""],
    [/^code: trees of the forest/, () => "fit_forest function"],
    [/^data: /, () => "data-file"],
    [/^parameter of all: seed/, () => "global-config"],
    [/^code of the charts/, (process) => `${process} function`],
  ];
  const truths = runs.flatMap(({ id, what, processes }) =>
    Object.entries(processes).flatMap(([process, { outcome }]) => {
      if (outcome === "reused") return [];
      const parameter = /^parameter: (\w+) /.exec(what)?.[1] ?? /^parameter: (\w+)/.exec(what)?.[1];
      const known = causes.find(([pattern]) => pattern.test(what));
      return [{ run: id, process, cause: parameter ? `${parameter} config` : (known?.[1](process) ?? "none") }];
    }),
  );

  it("names the known cause of every execution; only what a killed run left is unknown", async () => {
    expect(await judge(lab, truths)).toEqual({ wrong: [], unknown: 5, all: 77 });
  });

  it("tells of the seed, which no chart has in its configuration", async () => {
    const seed = runs.find(({ what }) => what.startsWith("parameter of all: seed"));
    expect((await lab.explainRun(seed?.id ?? "")).sentence).toBe(
      "All 11 processes ran again because a setting that all processes share changed: seed 7 → 11.",
    );
  });

  it("says of charts alike what is true of each", async () => {
    const charts = runs.find(({ what }) => what.startsWith("code of the charts"));
    expect((await lab.explainRun(charts?.id ?? "")).sentence).toMatch(
      /^(\w+, \w+ and \w+) ran again because the script that draws them changed\.$/,
    );
  });
});

describe("six runs without any version at hand", () => {
  type Runs = { runs: { run_id: string; steps: Record<string, { status: string }> }[] };
  const { sqlite, redis } = readJson<{ sqlite: Runs; redis: Runs }>(join(fixtures, "EXPECTED.json"));
  const changed = ["first", "", "train_sgd config", "train_forest function", "train_forest config", ""];

  it.each([
    ["SQLite", sqlite.runs, () => explainProject(join(fixtures, "sqlite-local"))],
    ["Redis", redis.runs, () => openRedis()],
    ["Redis, when every entry has expired", redis.runs, () => openRedis((key) => !key.includes(":idx:"))],
  ])("%s: the keys alone tell the cause, never a value", async (_, runs, open) => {
    const lab = await open();
    const truths = runs.flatMap(({ run_id, steps }, at) =>
      Object.entries(steps).flatMap(([place, { status }]) => {
        const process = /name='(.*?)'\]:__process__/.exec(place)?.[1];
        const ran = process && ["completed", "failed"].includes(status);
        return ran ? [{ run: run_id, process, cause: changed[at] ?? "" }] : [];
      }),
    );
    const { wrong, unknown } = await judge(lab, truths);
    expect(wrong).toEqual([]);
    // A failed process leaves its key in its entry only.
    expect(unknown).toBe((await lab.countEntries()) > 0 ? 0 : 3);
    for (const { run, process } of truths) expect((await lab.explain(run, process)).values).toEqual([]);
    await lab.close();
  });

  async function openRedis(keeps: (key: string) => boolean = () => true) {
    const values = new Map([...(await readRecordedRedis("redis.jsonl"))].filter(([key]) => keeps(key)));
    return explainSlots({ index: [{ driver: await openMemoryKeyValueDriver({ values }), scope: null }] });
  }
});
