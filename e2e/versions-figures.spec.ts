import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { readdir, rename, utimes } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { expect, test } from "playwright/test";
import { copyFixture, fixture } from "./support/fixtures.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";

interface ExpectedOutcome {
  outcome: string;
  producer?: string;
  steps?: Record<string, { outcome: string }>;
}
interface ExpectedRun {
  n: number;
  run_id: string;
  what: string;
  commit: string;
  version_hash: string;
  version_recorded: boolean;
  status: string;
  params: Record<string, unknown> | null;
  processes: Record<string, ExpectedOutcome>;
}
interface Expected {
  graph: Record<string, string[]>;
  runs: ExpectedRun[];
  files: {
    orphaned: { path: string; bytes: number }[];
    broken_entry: { key: string; missing: string };
    spilled_left_by_broken_entry: string[];
    spilled_overwritten_by_a_later_run: string[];
  };
}
interface RunAnswer {
  id: string;
  source: string;
  name: string;
  status: string;
  statusReason?: string;
  params: Record<string, unknown> | null;
  paramsOrigin: string | null;
  version: { hash: string; found: string | null; commit: string | null } | null;
  code?: { config: { text: string } | null };
  steps: { process: string; step: string | null; origin: string; producer: { runId: string } | null }[];
  warnings: { code: string }[];
}
interface EntryAnswer {
  key: string;
  state: string;
  bytes: number | null;
  producerRunId: string | null;
  payloads: { artifactId: string; state: string }[];
  warnings: { code: string }[];
}
interface Listed<Item> {
  items: Item[];
}

const expected = JSON.parse(readFileSync(fixture("expops/versions/EXPECTED.json"), "utf8")) as Expected;

test.describe("twelve runs of spill-lab, each of another commit or of the same", () => {
  test.describe.configure({ mode: "serial" });
  let server: TrialdeckServer;
  let removeCopy: () => Promise<void>;
  let runs: Map<string, RunAnswer>;

  test.beforeAll(async () => {
    const workspace = await copyFixture("expops/versions/workspace");
    removeCopy = workspace.remove;
    const clone = join(dirname(workspace.path), "clone");
    execFileSync("git", ["clone", "--quiet", "--no-checkout", fixture("expops/versions/history.bundle"), clone]);
    await rename(join(clone, ".git"), join(workspace.path, "spill-lab", ".git"));
    await makeOld(join(workspace.path, "spill-lab", ".spill-lab"));
    server = await startTrialdeck([workspace.path]);
    await untilIndexed(server);
    const { items } = await server.ask<Listed<RunAnswer>>("/runs?limit=1000");
    const answers = await Promise.all(
      items.map(({ source, id }) => server.ask<RunAnswer>(`/sources/${source}/runs/${id}`)),
    );
    runs = new Map(answers.map((run) => [run.name, run]));
  });
  test.afterAll(async () => {
    await server?.stop();
    await removeCopy?.();
  });

  test("are of at least five commits, and all there with their status", () => {
    const recorded = expected.runs.filter((run) => run.version_recorded);
    expect(new Set(recorded.map((run) => run.version_hash)).size).toBeGreaterThanOrEqual(5);
    expect([...runs.values()].map((run) => [run.name, run.status]).sort()).toEqual(
      expected.runs.map((run) => [run.run_id, run.status === "running" ? "stalled" : run.status]).sort(),
    );
    const killed = expected.runs.find((run) => run.status === "running");
    expect(runs.get(killed?.run_id ?? "")?.statusReason).toContain("probably killed");
  });

  for (const run of expected.runs) {
    test(`run ${run.n} (${run.what}): ${run.version_recorded ? "its params, of its commit" : "no params, since nothing it stored names a version"}`, () => {
      const answer = runs.get(run.run_id);
      if (!run.version_recorded) {
        expect(answer).toMatchObject({ params: null, paramsOrigin: null, version: null });
        expect(answer?.code).toBeUndefined();
        return;
      }
      const params = Object.entries(run.params ?? {}).map(([name, value]) => [name.replace(/^global /, ""), value]);
      expect(answer?.params).toEqual(Object.fromEntries(params));
      // A change of data alone keeps the version, so several commits may be those very files.
      const sameFiles = expected.runs.filter(({ version_hash }) => version_hash === run.version_hash);
      expect(answer?.version).toMatchObject({
        hash: run.version_hash,
        found: run === expected.runs.at(-1) ? "workspace" : "commit",
      });
      expect(sameFiles.map(({ commit }) => commit)).toContain(answer?.version?.commit);
      expect(answer?.code?.config?.text).toContain(`alpha: ${run.params?.["fit_soft.alpha"]}`);
    });

    test(`run ${run.n}: what each process did and whose result it took`, async () => {
      const answer = runs.get(run.run_id);
      const { origin, edges, nodes } = await server.ask<{
        origin: string;
        edges: { from: string; to: string }[];
        nodes: { id: string; label: string; parentId: string | null; origin: string }[];
      }>(`/sources/${answer?.source}/runs/${answer?.id}/graph`);
      const processes = nodes.filter((node) => node.parentId === null);
      for (const [process, want] of Object.entries(run.processes)) {
        expect(processes.find(({ label }) => label === process)?.origin, process).toBe(want.outcome);
        const use = answer?.steps.find((one) => one.process === process && one.step === null);
        if (use) expect(use.origin, process).toBe(want.outcome);
        else expect(want.outcome, process).toBe("never-ran");
        expect(use?.producer?.runId ?? null, process).toBe(want.producer ? runs.get(want.producer)?.id : null);
        for (const [step, { outcome }] of Object.entries(want.steps ?? {})) {
          const stepUse = answer?.steps.find((one) => one.process === process && one.step === step);
          // A step that raised stays "running" in the store; its process tells that it does not run any more.
          const shown = outcome === "running" && want.outcome === "failed" ? "failed" : outcome;
          expect(stepUse?.origin, `${process} ${step}`).toBe(shown);
        }
      }
      expect(origin).toBe(run.version_recorded ? "version" : "present-config");
      const labels = new Map(processes.map(({ id, label }) => [id, label]));
      const arrows = edges.flatMap(({ from, to }) =>
        labels.has(from) && labels.has(to) ? [`${labels.get(from)} ${labels.get(to)}`] : [],
      );
      const wanted = Object.entries(expected.graph).flatMap(([to, before]) => before.map((from) => `${from} ${to}`));
      expect(arrows.sort()).toEqual(wanted.sort());
    });
  }

  test("what no index row leads to is an orphan, and nothing else is", async () => {
    const { items } = await server.ask<Listed<EntryAnswer>>("/cache/entries?limit=1000&state=orphan");
    expect(items.map(({ key, bytes }) => [key.replace(/^spill-lab\//, ""), bytes]).sort()).toEqual(
      expected.files.orphaned.map(({ path, bytes }) => [path, bytes]).sort(),
    );
  });

  test("the entry whose result was deleted is broken, and the only one", async () => {
    const { items } = await server.ask<Listed<EntryAnswer>>("/cache/entries?limit=1000&state=broken");
    expect(items.map(({ key }) => key)).toEqual([expected.files.broken_entry.key]);
    expect(items[0]?.payloads.map(({ state }) => state)).toEqual(["missing"]);
  });

  test("models that a later run wrote over are warned of", async () => {
    const { items } = await server.ask<Listed<EntryAnswer>>("/cache/entries?limit=1000");
    const warned = items.filter(({ warnings }) => warnings.some(({ code }) => code === "payload-may-be-overwritten"));
    // Two models, each named by the entries of two runs.
    expect(warned.length).toBe(2 * expected.files.spilled_overwritten_by_a_later_run.length);
  });

  test("a run of no known version says so on its page, and shows no line of the present config", async ({ page }) => {
    const repeated = runs.get(expected.runs[1]?.run_id ?? "");
    await openSignedIn(page, server, `/runs/${repeated?.source}/${repeated?.id}?tab=config`);
    for (const name of ["Params", "Environment", "Version"])
      await expect(page.getByRole("region", { name, exact: true })).toContainText("Not recorded.");
    await expect(page.getByRole("region", { name: "Code", exact: true })).toHaveCount(0);
    await expect(page.getByText("process_adjlist")).toHaveCount(0);
    await page.getByRole("tab", { name: "Overview" }).click();
    await expect(page.getByText("Drawn from the config as it is now")).toBeVisible();
  });
});

/** The files as old as the store says they are: those of the last minute might belong to a run under way. */
async function makeOld(folder: string): Promise<void> {
  const hourAgo = new Date(Date.now() - 3600_000);
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (file.isFile() && basename(file.name) !== "metrics.sqlite")
      await utimes(join(file.parentPath, file.name), hourAgo, hourAgo);
  }
}
