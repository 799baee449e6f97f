import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "playwright/test";

interface ExpectedRun {
  id: string;
  status: string;
  versionRecorded: boolean;
  params: Record<string, unknown>;
  processes: Record<string, { outcome: string; producer?: string }>;
  series: Record<string, Record<string, { points: number; last: number | null }>>;
}
interface Expected {
  runs: ExpectedRun[];
  files: { broken: { missing: string }; orphaned: { file: string } };
}
interface RunAnswer {
  id: string;
  name: string;
  source: string;
  status: string;
  params: Record<string, unknown> | null;
  steps: { process: string; step: string | null; origin: string; producer: { runId: string } | null }[];
}
interface Started {
  /** What was told while it was made ready. */
  notes: string;
  signInUrl: string;
  ask<Answer>(path: string): Promise<Answer>;
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const bundled = JSON.parse(readFileSync(join(root, "bundled/EXPECTED.json"), "utf8")) as Expected;

test.describe("in a bare clone", () => {
  test.describe.configure({ mode: "serial", timeout: 600_000 });
  let clone: string;
  let state: string;
  let started: Started | null = null;

  test.beforeAll(() => {
    clone = mkdtempSync(join(tmpdir(), "bare-clone-"));
    state = mkdtempSync(join(tmpdir(), "bare-clone-state-"));
    const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
    for (const file of files.toString().split("\0").filter(Boolean))
      cpSync(join(root, file), join(clone, file), { recursive: true, preserveTimestamps: true });
  });
  test.afterEach(async () => {
    await started?.stop();
    started = null;
  });
  test.afterAll(() => Promise.all([clone, state].map((folder) => rm(folder, { recursive: true, force: true }))));

  test("npm start installs, builds and opens the bundled project, figure by figure", async ({ page }) => {
    started = await npmStart(clone, state, []);
    expect(started.notes).toContain("Installing the packages");
    expect(started.notes).toContain("Building the pages");
    await page.goto(started.signInUrl);
    await expect(page.getByRole("region", { name: "Sources" })).toContainText("Bundled project");
    await page.getByRole("link", { name: "Runs", exact: true }).click();
    await expect(page.getByText(`${bundled.runs.length} runs`)).toBeVisible();

    const { items } = await started.ask<{ items: RunAnswer[] }>("/runs?limit=100");
    const idOf = new Map(items.map((run) => [run.name, run.id]));
    expect([...idOf.keys()].sort()).toEqual(bundled.runs.map(({ id }) => id).sort());
    for (const want of bundled.runs)
      await expectRun(
        started,
        items.find(({ name }) => name === want.id),
        want,
        idOf,
      );

    const odd = await started.ask<{ items: { key: string; state: string; payloads: { artifactId: string }[] }[] }>(
      "/cache/entries?state=broken,orphan&limit=100",
    );
    const orphans = odd.items.filter(({ state }) => state === "orphan").map(({ key }) => key);
    expect(orphans).toEqual([expect.stringContaining(bundled.files.orphaned.file)]);
    const hashes = /([0-9a-f]{64})_([0-9a-f]{64})_([0-9a-f]{64})\.pkl$/.exec(bundled.files.broken.missing) ?? [];
    const broken = odd.items.filter(({ state }) => state === "broken").map(({ key }) => key);
    expect(broken).toEqual([expect.stringContaining(hashes.slice(1).join(":"))]);
  });

  test("the second start finds everything made, and opens what is named", async () => {
    started = await npmStart(clone, state, ["e2e/fixtures/expops/sqlite-local"]);
    expect(started.notes).toBe("");
    const { items } = await started.ask<{ items: RunAnswer[] }>("/runs?limit=100");
    expect(items).toHaveLength(6);
  });
});

async function expectRun(
  server: Started,
  run: RunAnswer | undefined,
  want: ExpectedRun,
  idOf: ReadonlyMap<string, string>,
): Promise<void> {
  if (!run) throw new Error(`${want.id} is not listed`);
  expect(run.params, want.id).toEqual(want.versionRecorded ? want.params : null);
  const detail = await server.ask<RunAnswer>(`/sources/${run.source}/runs/${run.id}`);
  const got = detail.steps
    .filter(({ step, origin }) => step === null && origin !== "never-ran")
    .map(({ process, origin, producer }) => [process, origin, producer?.runId ?? null]);
  const wanted = Object.entries(want.processes)
    .filter(([, { outcome }]) => outcome !== "never-ran")
    .map(([process, { outcome, producer }]) => [process, outcome, producer ? idOf.get(producer) : null]);
  expect(got.sort(), want.id).toEqual(wanted.sort());
  const { items } = await server.ask<{ items: { name: string; process: string; count: number; last: number }[] }>(
    `/sources/${run.source}/runs/${run.id}/metrics`,
  );
  for (const [path, series] of Object.entries(want.series)) {
    const process = /\[@name='(.*?)'\]/.exec(path)?.[1];
    for (const [name, { points, last }] of Object.entries(series)) {
      const metric = items.find((one) => one.name === name && one.process === process);
      expect(metric, `${want.id} ${process} ${name}`).toMatchObject({ count: points, last: last ?? "NaN" });
    }
  }
}

/** `npm start` as typed in a shell of its own: by the machine's npm and Node, in the clone. */
async function npmStart(clone: string, state: string, args: string[]): Promise<Started> {
  const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  const env: NodeJS.ProcessEnv = { ...process.env, PATH: path.join(delimiter), TRIALDECK_STATE_DIR: state };
  for (const name of Object.keys(env)) if (/^(npm_|INIT_CWD|NODE_)/.test(name)) delete env[name];
  const child = spawn("npm", ["start", "--", ...args, "--port", "0", "--no-open"], {
    cwd: clone,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const ended = once(child, "exit");
  let output = "";
  let notes = "";
  child.stderr.on("data", (chunk: Buffer) => {
    notes += chunk.toString();
  });
  const opened = new Promise<string>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const address = /^Open (\S+)$/m.exec(output)?.[1];
      if (address) resolve(address);
    });
  });
  const failed = ended.then(([code]) => {
    throw new Error(`npm start ended with ${code}:\n${output}${notes}`);
  });
  const signInUrl = await Promise.race([opened, failed]);
  failed.catch(() => undefined);
  const token = readFileSync(join(state, "token"), "utf8").trim();
  const { origin } = new URL(signInUrl);
  const ask = async <Answer>(path: string): Promise<Answer> => {
    const response = await fetch(`${origin}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`);
    return (await response.json()) as Answer;
  };
  await expect
    .poll(async () => {
      const { items } = await ask<{ items: { indexed: { complete: boolean } }[] }>("/sources");
      return items.every(({ indexed }) => indexed.complete);
    })
    .toBe(true);
  return {
    notes,
    signInUrl,
    ask,
    async stop() {
      if (child.exitCode === null && child.pid) process.kill(-child.pid, "SIGTERM");
      await ended;
    },
  };
}
