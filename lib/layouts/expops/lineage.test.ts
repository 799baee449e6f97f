import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StepOrigin } from "../../domain/run.ts";
import { openGitDriver } from "../../drivers/git/git-driver.ts";
import { findLineage, type LineageFinding, type LineageRun, type LineageSources, warnOfLineage } from "./lineage.ts";
import { parseProjectConfig } from "./project-config.ts";
import type { VersionBook } from "./seams.ts";
import { fixedPlaces, openMemoryContext } from "./testing/memory-context.ts";
import { describeCode, readVersionCode } from "./version-code.ts";
import { openVersionBook } from "./versions.ts";

const fixtures = join(import.meta.dirname, "../../../e2e/fixtures/expops");
interface ExpectedProcess {
  outcome: StepOrigin;
  producer?: string;
  stale_hit?: boolean;
  stale_upstream?: unknown;
  mixed_descent?: unknown;
}
interface ExpectedRun {
  run_id: string;
  version_hash: string;
  version_recorded: boolean;
  processes: Record<string, ExpectedProcess>;
}
const { runs } = JSON.parse(readFileSync(join(fixtures, "versions/EXPECTED.json"), "utf8")) as { runs: ExpectedRun[] };

const folder = mkdtempSync(join(tmpdir(), "lineage-"));
let book: VersionBook;
beforeAll(async () => {
  execFileSync("git", ["clone", "-q", join(fixtures, "versions/history.bundle"), folder], { stdio: "ignore" });
  const driver = await openGitDriver({ path: folder });
  const code = [{ driver, folder: "", namePrefix: "" }];
  book = openVersionBook(fixedPlaces({ project: "spill-lab", runtimes: [], logs: null, code }), openMemoryContext());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `known`: whose version is taken as known. */
function readRuns(known: (run: ExpectedRun) => boolean): Map<string, LineageRun> {
  return new Map(
    runs.map((run) => {
      const uses = Object.entries(run.processes).map(
        ([process, { outcome, producer }]) => [process, { origin: outcome, producerRunId: producer ?? null }] as const,
      );
      return [run.run_id, { id: run.run_id, version: known(run) ? run.version_hash : null, uses: new Map(uses) }];
    }),
  );
}

async function findAll(lineageRuns: Map<string, LineageRun>): Promise<Map<string, LineageFinding[]>> {
  const sources: LineageSources = {
    run: async (id) => lineageRuns.get(id) ?? null,
    code: (version) => readVersionCode(book, version, "spill-lab"),
  };
  const found = new Map<string, LineageFinding[]>();
  for (const run of lineageRuns.values()) found.set(run.id, await findLineage(run, sources));
  return found;
}

describe("twelve real runs", () => {
  it("with all versions known show the one stale hit, and nothing else", async () => {
    const found = await findAll(readRuns(() => true));
    for (const run of runs) {
      const stale = Object.entries(run.processes)
        .filter(([, process]) => process.stale_hit)
        .map(([name]) => name);
      expect(
        found
          .get(run.run_id)
          ?.filter(({ kind }) => kind === "stale-hit")
          .map(({ process }) => process),
      ).toEqual(stale);
      const others = Object.values(run.processes).filter((process) => process.stale_upstream || process.mixed_descent);
      expect(found.get(run.run_id)?.filter(({ kind }) => kind !== "stale-hit")).toHaveLength(others.length);
    }
    expect([...found.values()].flat()).toEqual([{ kind: "stale-hit", process: "join_fits", because: ["mix_rows"] }]);
    expect(warnOfLineage([...found.values()].flat())).toEqual([
      {
        code: "stale-hit",
        sentence:
          "join_fits was reused although mix_rows changed since its result was made: ExpOps does not see changes there.",
      },
    ]);
  });

  it("with only the recorded versions prove nothing: a run that reused everything recorded none", async () => {
    const found = await findAll(readRuns((run) => run.version_recorded));
    expect([...found.values()].flat()).toEqual([]);
  });
});

const chain =
  "scripts: {main: a.py}\nexperiment: {pipeline: {process_adjlist: [load fit, fit score, score plot], processes: [{name: plot, probe_paths: {a: b}}]}}";
function codeOf(helper: string) {
  const { config } = parseProjectConfig(new TextEncoder().encode(chain));
  if (!config) throw new Error("no config");
  const source = `${helper}\ndef load(): return 1\ndef fit(load): return helper(load)\ndef score(fit): return fit\ndef plot(): pass\n`;
  return describeCode(config, new Map([["a.py", source]]));
}
const versions = new Map([
  ["old", codeOf("def helper(x): return x")],
  ["new", codeOf("def helper(x): return x + 1")],
]);
const reused = (producerRunId: string) => ({ origin: "reused" as const, producerRunId });
const executed = { origin: "executed" as const, producerRunId: null };
type Use = LineageRun["uses"] extends ReadonlyMap<string, infer Each> ? Each : never;
const usesOf = (uses: [string, Use][]) => new Map(uses);

function ask(run: Omit<LineageRun, "id">, ...others: LineageRun[]) {
  const known = new Map(others.map((other) => [other.id, other]));
  return findLineage(
    { id: "this", ...run },
    { run: async (id) => known.get(id) ?? null, code: async (version) => versions.get(version) ?? null },
  );
}
const first: LineageRun = {
  id: "first",
  version: "old",
  uses: usesOf([
    ["load", executed],
    ["fit", executed],
    ["score", executed],
  ]),
};

describe("findLineage", () => {
  it("tells what stands behind a stale hit, executed or not", async () => {
    const uses = usesOf([
      ["load", reused("first")],
      ["fit", reused("first")],
      ["score", reused("first")],
      ["plot", executed],
    ]);
    const found = await ask({ version: "new", uses }, first);
    expect(found).toEqual([
      { kind: "stale-hit", process: "fit", because: ["helper"] },
      { kind: "stale-upstream", process: "score", because: ["fit"] },
      { kind: "stale-upstream", process: "plot", because: ["fit"] },
    ]);
    expect(warnOfLineage(found)).toEqual([
      { code: "stale-hit", sentence: expect.stringMatching(/^fit was reused .* score and plot built on it\.$/) },
    ]);
  });

  it("tells a reused result that was made from another one upstream, as after an entry in the middle was deleted", async () => {
    const uses = usesOf([
      ["load", reused("first")],
      ["fit", executed],
      ["score", reused("first")],
      ["plot", reused("first")],
    ]);
    const found = await ask({ version: "old", uses }, first);
    expect(found).toEqual([{ kind: "mixed-descent", process: "score", because: ["fit"] }]);
    expect(warnOfLineage(found)[0]).toMatchObject({
      code: "mixed-lineage",
      sentence: "score was reused from a run that had another result of fit than this one.",
    });
  });

  it("finds it from the producer's version alone, and nothing when neither version, producer nor code is known", async () => {
    const uses = usesOf([
      ["fit", executed],
      ["score", reused("first")],
    ]);
    expect(await ask({ version: null, uses }, first)).toMatchObject([{ kind: "mixed-descent", process: "score" }]);
    expect(await ask({ version: null, uses }, { ...first, version: null })).toEqual([]);
    expect(await ask({ version: "lost", uses }, { ...first, version: "lost" })).toEqual([]);
    expect(await ask({ version: "new", uses: usesOf([["fit", reused("unknown")]]) }, first)).toEqual([]);
  });
});
