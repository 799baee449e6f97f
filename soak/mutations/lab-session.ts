import { cp, mkdir, mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { runTool } from "../../e2e/support/expops.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "../../e2e/support/trialdeck-server.ts";
import type { Told } from "./judge.ts";
import { writeProject } from "./knobs.ts";
import { type LabEngine, type LabStore, labStores, type ProcessRecord, project } from "./lab-store.ts";
import type { Loss, Mutation } from "./mutate.ts";
import { findReferenced } from "./referenced.ts";

interface RunAnswer {
  id: string;
  source: string;
  name: string;
  steps: { process: string; step: string | null; origin: string }[];
  warnings: { code: string }[];
}

/** How what the tool recorded of a process is told: one that failed may never have run, and of what an ended run left at work nobody knows. */
const origins: Readonly<Record<string, readonly string[]>> = {
  completed: ["executed"],
  cached: ["reused"],
  failed: ["failed", "never-ran"],
  running: ["running", "unknown"],
};

const spillBytes = 2_000;
const lookMillis = 100;
const patienceMillis = 120_000;
const old = new Date(Date.now() - 2 * 3600_000);
const lab = fileURLToPath(new URL("./lab", import.meta.url));

/** A workspace of the real tool, and the product that watches it. */
export async function openLab(engine: LabEngine, python: string, signal: AbortSignal) {
  const workspace = await mkdtemp(join(tmpdir(), "trialdeck-soak-lab-"));
  const folder = join(workspace, project);
  const modules = join(workspace, "modules");
  for (const path of [...["src", "configs", "data"].map((name) => join(folder, name)), modules]) {
    await mkdir(path, { recursive: true });
  }
  await cp(join(lab, "sklearn_small.py"), join(modules, "sklearn_small.py"));
  const store: LabStore = await labStores[engine](workspace);
  const seen = new Set<string>();
  let server: TrialdeckServer | null = null;

  async function until<Answer>(
    what: string,
    ask: () => Promise<Answer | null>,
    missing: () => string[] = () => [],
  ): Promise<Answer> {
    for (const end = Date.now() + patienceMillis; Date.now() < end && !signal.aborted; await delay(lookMillis)) {
      const answer = await ask();
      if (answer !== null) return answer;
    }
    throw new Error(`${what} took more than ${patienceMillis / 1000} s: ${missing().join(", ")}`);
  }
  const watching = async () => {
    server ??= await startTrialdeck([workspace]);
    return server;
  };

  async function findRun(name: string): Promise<RunAnswer | null> {
    const asked = await watching();
    const { items } = await asked.ask<{ items: RunAnswer[] }>("/runs?sort=-started&limit=1000");
    const found = items.find((run) => run.name === name);
    return found ? asked.ask<RunAnswer>(`/sources/${found.source}/runs/${found.id}`) : null;
  }

  return {
    store,
    write: (mutation: Mutation) => writeProject(folder, mutation.state, store.backend),
    /** Loses the last result of a process. Answers whether there was one. */
    async lose(cachePath: string, how: Loss): Promise<boolean> {
      const entry = (await store.entries()).find(
        (one) => one.cachePath === cachePath && one.key.startsWith("process:"),
      );
      if (!entry) return false;
      if (how === "payload-gone") await rm(cachePath, { force: true });
      else if (how === "removed") await store.remove(entry.key);
      else await expire(entry.key);
      return true;
    },
    /** Runs the tool to its end, or for so long; answers the run's name, `null` where it had not come to one. */
    async run(killAfter: number | null): Promise<string | null> {
      const env = { PYTHONPATH: modules, MLOPS_SPILL_THRESHOLD_BYTES: String(spillBytes) };
      const tool = runTool(python, { path: workspace }, { env, project });
      const kill = () => void tool.kill();
      signal.addEventListener("abort", kill);
      if (killAfter !== null) {
        await Promise.race([delay(killAfter), tool.ended]);
        await tool.kill();
      }
      const code = await tool.ended;
      signal.removeEventListener("abort", kill);
      if (code !== 0 && killAfter === null)
        throw new Error(`the tool ended with ${code}:\n${tool.output().slice(-4_000)}`);
      const unseen = (await store.runs()).filter((one) => !seen.has(one)).sort();
      for (const one of unseen) seen.add(one);
      return unseen.at(-1) ?? null;
    },
    /** What the tool recorded of a run, once the product tells the same. A worker may write on for a moment after its machine was lost. */
    async record(name: string): Promise<Map<string, ProcessRecord>> {
      let untold: string[] = [];
      const readBoth = async () => {
        const [run, processes] = [await findRun(name), await store.processesOf(name)];
        const isTold = ([process, { status }]: [string, ProcessRecord]) =>
          run?.steps.some(
            (use) => use.process === process && use.step === null && origins[status]?.includes(use.origin),
          );
        untold = [...processes].filter((one) => !isTold(one)).map(([process, { status }]) => `${process} ${status}`);
        return run && untold.length === 0 ? processes : null;
      };
      return until(`being told of ${name}`, readBoth, () => untold);
    },
    /** What the product says of each process of the run that was not reused, and of the run. */
    async explain(name: string): Promise<{ told: Told[]; warnings: string[] }> {
      const run = await findRun(name);
      if (!run) throw new Error(`${name} is not told any more`);
      const { source, id, warnings } = run;
      const asked = await watching();
      const { items } = await asked.ask<{ items: { process: string }[] }>(`/sources/${source}/runs/${id}/explanation`);
      const told = items.map(({ process }) => {
        const query = new URLSearchParams({ run: id, process });
        return asked.ask<Told>(`/sources/${source}/cache/explain?${query}`);
      });
      return { told: await Promise.all(told), warnings: warnings.map(({ code }) => code) };
    },
    /** Ends the product with all that it has seen; the next question is answered by one that knows the store alone. */
    async forget(): Promise<void> {
      await server?.stop();
      server = null;
      await untilIndexed(await watching());
    },
    /** Makes every stored file two hours old: a young one may still wait for its record. */
    async age(): Promise<void> {
      for (const path of await storedFiles()) await utimes(path, old, old);
    },
    storedFiles,
    referencedBy: (results: readonly string[]) => findReferenced(python, modules, results),
    async orphans(): Promise<{ names: string[]; why: string[] }> {
      const asked = await watching();
      const names: string[] = [];
      for (let cursor: string | null = ""; cursor !== null; ) {
        const query = new URLSearchParams({ side: "payload", limit: "1000", ...(cursor && { cursor }) });
        const page: { items: { name: string }[]; nextCursor: string | null; why: string[] } = await asked.ask(
          `/cache/orphans?${query}`,
        );
        names.push(...page.items.map(({ name }) => name));
        if (page.nextCursor === null) return { names, why: page.why };
        cursor = page.nextCursor;
      }
      return { names, why: [] };
    },
    workspace,
    /** `keep`: the workspace stays, to be looked at. */
    async close({ keep }: { keep: boolean }): Promise<void> {
      await server?.stop();
      await store.stop();
      if (!keep) await rm(workspace, { recursive: true, force: true });
    },
  };

  /** Lets a life end as it would have by itself: first the product has seen how long it lasts. */
  async function expire(key: string): Promise<void> {
    const end = await store.shortenLife(key);
    const asked = await watching();
    await until("the new end of a life being told", async () => {
      const { items } = await asked.ask<{ items: { key: string; expiresAt: string | null }[] }>(
        "/cache/entries?limit=1000",
      );
      const entry = items.find((one) => one.key.endsWith(key));
      return !entry || (entry.expiresAt !== null && Date.parse(entry.expiresAt) <= end) || null;
    });
    await until("the end of a life", async () => (Date.now() > end + 50 ? true : null));
  }

  async function storedFiles(): Promise<string[]> {
    const found = await readdir(join(folder, `.${project}`, "cache"), { recursive: true, withFileTypes: true });
    return found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  }
}

export type Lab = Awaited<ReturnType<typeof openLab>>;
