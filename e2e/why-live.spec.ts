import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "playwright/test";
import { installExpops, type LiveWorkspace, openLiveWorkspace, runTool } from "./support/expops.ts";
import { startTrialdeck, type TrialdeckServer } from "./support/trialdeck-server.ts";

interface RunAnswer {
  id: string;
  source: string;
  name: string;
  status: string;
  warnings: { code: string }[];
}
interface Told {
  sentence: string;
  items: { process: string; verdict: string; certainty: string }[];
}

/** What is done before a run of the real tool, and what is then to be said of the run. */
const changes: { what: string; does?(workspace: LiveWorkspace): unknown; told: RegExp; warns?: string }[] = [
  { what: "nothing was stored", told: /^All 4 processes ran for the first time\.$/ },
  { what: "nothing", told: /^$/ },
  {
    what: "a param",
    does: ({ editConfig }) => editConfig("rate: 0.2", "rate: 0.25"),
    told: /^fit_wave ran again because rate 0\.2 → 0\.25; score followed\.$/,
  },
  {
    what: "a comment",
    does: ({ edit }) =>
      edit("src/tides.py", "    level = middle(heights)", "    # middle\n    level = middle(heights)"),
    told: /^$/,
  },
  {
    what: "code of a process",
    does: ({ edit }) => edit("src/tides.py", "level = middle(heights)", "level = middle(heights) + 0"),
    told: /^mean_level ran again because its code changed; score followed\.$/,
  },
  {
    what: "a helper, which is in no key",
    does: ({ edit }) =>
      edit("src/tides.py", "return sum(values) / len(values)", "return sum(values) / max(1, len(values))"),
    told: /^$/,
    warns: "stale-hit",
  },
  {
    what: "a cell of the data",
    does: ({ edit }) => edit("data/tides.csv", "2,3.302", "2,3.303"),
    told: /^All 4 processes ran again because the data file changed\.$/,
  },
  {
    what: "the seed",
    does: ({ editConfig }) => editConfig("random_seed: 5", "random_seed: 6"),
    told: /^All 4 processes ran again because a setting that all processes share changed: random_seed 5 → 6\.$/,
  },
  {
    what: "the life of entries",
    does: ({ editConfig }) => editConfig("  cache:\n", "  cache:\n    ttl_hours: 48\n"),
    told: /^All 4 processes ran again because a setting that all processes share changed: ttl_hours not set → 48\.$/,
  },
  {
    what: "a param and code of another at once",
    async does({ edit, editConfig }) {
      await editConfig("rate: 0.25", "rate: 0.3");
      await edit("src/tides.py", "middle(heights) + 0", "middle(heights)");
    },
    told: /^(fit_wave ran again because rate 0\.25 → 0\.3|mean_level ran again because its code changed)(; score followed)?\. (fit_wave|mean_level) ran again because [^;]*(; score followed)?\.$/,
  },
  {
    what: "an entry deleted",
    does: ({ project }) => deleteEntries(project, "process://process[@name='mean_level']:"),
    told: /^mean_level ran again although nothing in its key changed since project-tide-lab-\S+: (its entry had been removed \(seen on .*\)|its stored result was not served\. Whether it was removed or lost its file was not seen)\.$/,
    // What stands behind it is reused, and was made from the result that is gone.
    warns: "mixed-lineage",
  },
  {
    what: "the file of a result deleted",
    does: ({ project }) => deleteResults(project, "mean_level"),
    told: /^mean_level ran again although nothing in its key changed since project-tide-lab-\S+: (the file of its result was gone \(seen on .*\)|its stored result was not served\. Whether it was removed or lost its file was not seen)\.$/,
    warns: "mixed-lineage",
  },
];

function deleteEntries(project: string, prefix: string): void {
  const database = new DatabaseSync(join(project, ".tide-lab/metrics.sqlite"));
  const { changes } = database.prepare("DELETE FROM kv WHERE substr(key, 1, ?) = ?").run(prefix.length, prefix);
  database.close();
  expect(Number(changes)).toBeGreaterThan(0);
}

async function deleteResults(project: string, process: string): Promise<void> {
  const cache = join(project, ".tide-lab/cache");
  const results = (await readdir(cache, { recursive: true })).filter(
    (path) => path.includes(`process[@name='${process}']`) && path.endsWith(".pkl"),
  );
  expect(results.length).toBeGreaterThan(0);
  for (const path of results) await rm(join(cache, path));
}

/** A run's name tells its begin in whole seconds: a file changed in that very second is not proven to be the one it read. */
async function nextSecond(): Promise<void> {
  const second = () => Math.floor(Date.now() / 1000);
  const now = second();
  await expect.poll(second, { intervals: [50] }).toBeGreaterThan(now);
}

test.describe("after each change, a run of the real tool is explained by that change", () => {
  test.describe.configure({ mode: "serial", timeout: 120_000 });
  let python: string;
  let workspace: LiveWorkspace;
  let server: TrialdeckServer;
  const seen = new Set<string>();

  test.beforeAll(async () => {
    test.setTimeout(600_000);
    python = await installExpops();
    workspace = await openLiveWorkspace();
    await workspace.editConfig("pause: 0.1", "pause: 0");
    server = await startTrialdeck([workspace.path]);
  });
  test.afterAll(async () => {
    await server?.stop();
    await workspace?.remove();
  });

  /** The run that came last, once it is told as ended. */
  const readNewRun = async (): Promise<RunAnswer | null> => {
    const { items } = await server.ask<{ items: RunAnswer[] }>("/runs?sort=-started&limit=1");
    const [run] = items;
    return run && !seen.has(run.name) && run.status === "completed" ? run : null;
  };

  for (const { what, does, told, warns } of changes) {
    test(`${what}`, async () => {
      await does?.(workspace);
      await nextSecond();
      const tool = runTool(python, workspace);
      expect(await tool.ended, tool.output()).toBe(0);
      await expect.poll(readNewRun, { timeout: 30_000 }).not.toBeNull();
      const { source, id, name, warnings } = (await readNewRun()) as RunAnswer;
      seen.add(name);
      const answer = await server.ask<Told>(`/sources/${source}/runs/${id}/explanation`);
      expect(answer.sentence).toMatch(told);
      expect(warnings.map(({ code }) => code)).toEqual(warns ? [warns] : []);
    });
  }
});
