import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "playwright/test";
import { copyFixture, fixture } from "./support/fixtures.ts";
import { loadDump, startRedis } from "./support/redis-server.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";
import { wineRuns } from "./support/wine-lab.ts";

interface RunAnswer {
  id: string;
  source: string;
  name: string;
  status: string;
  statusReason?: string;
  metrics: { name: string; last: unknown }[];
  steps: { process: string; step: string | null; origin: string }[];
  warnings: { code: string; sentence: string }[];
  raw: Record<string, unknown>;
}
interface EntryAnswer {
  key: string;
  process: string;
  status: string;
  state: string;
  payloads: { artifactId: string; state: string }[];
  warnings: { sentence: string }[];
}

const fitSgd = "//process[@name='train_sgd']/step[@name='fit_sgd']";
const encoded = `p_${Buffer.from(fitSgd).toString("base64url")}`;

async function readRun(server: TrialdeckServer, name: string): Promise<RunAnswer> {
  const { items } = await server.ask<{ items: RunAnswer[] }>("/runs?limit=100");
  const found = items.find((run) => run.name === name);
  return server.ask<RunAnswer>(`/sources/${found?.source}/runs/${found?.id}`);
}

test.describe("records that are no JSON, or odd JSON", () => {
  test.describe.configure({ mode: "serial", timeout: 120_000 });
  let server: TrialdeckServer;
  let workspace: { path: string; remove(): Promise<void> };
  let entries: string[];

  test.beforeAll(async () => {
    workspace = await copyFixture("expops/sqlite-local");
    const database = new DatabaseSync(join(workspace.path, "wine-lab/.wine-lab/metrics.sqlite"));
    const read = (key: string) => String(database.prepare("SELECT value FROM kv WHERE key = ?").get(key)?.value);
    const write = (key: string, value: string | Uint8Array) => {
      const { changes } = database.prepare("UPDATE kv SET value = ? WHERE key = ?").run(value, key);
      if (changes !== 1) throw new Error(`${key} is not there`);
    };
    const cut = (key: string, length: number) => write(key, read(key).slice(0, length));
    entries = (
      database.prepare("SELECT key FROM kv WHERE key LIKE 'process:%train_sgd%' ORDER BY key").all() as {
        key: string;
      }[]
    ).map(({ key }) => key);
    cut(`runs:${wineRuns.again}:steps://process[@name='train_sgd']:__process__`, 40);
    cut(`metric:${wineRuns.alphaChanged}:probe_path:${encoded}`, 500);
    cut(`runs:${wineRuns.treesChanged}:status`, 6);
    write(`runs:${wineRuns.failing}:timestamps`, "[[[[");
    write(`runs:${wineRuns.repaired}:status`, Uint8Array.of(0xff, 0xfe, 0x00, 0x22));
    write(
      `metric:${wineRuns.first}:probe_path:${encoded}`,
      '{"train_loss": {"1": 0.5, "2": NaN, "3": Infinity, "4": -Infinity, "5": 1e999, "6": 0.25}, "words": "half \\ud800 a pair"}',
    );
    cut(entries[0] ?? "", 60);
    write(entries[1] ?? "", "null");
    database.close();
    server = await startTrialdeck([workspace.path]);
    await untilIndexed(server);
  });
  test.afterAll(async () => {
    await server?.stop();
    await workspace?.remove();
  });

  test("a cut record is told on its run, and the rest of the run is shown", async () => {
    const run = await readRun(server, wineRuns.again);
    expect(run).toMatchObject({ status: "completed" });
    expect(run.warnings[0]?.sentence).toContain("The record of train_sgd is damaged");
    expect(run.steps.filter(({ step }) => step === null)).toHaveLength(7);
    expect(run.raw[`runs:${wineRuns.again}:steps://process[@name='train_sgd']:__process__`]).toMatch(
      /^\{"status": "cached"/,
    );
  });

  test("of cut metrics those before the cut are shown, and the others are told", async () => {
    const run = await readRun(server, wineRuns.alphaChanged);
    expect(run.warnings[0]?.sentence).toContain("The record of the metrics of");
    const names = run.metrics.map(({ name }) => name);
    expect(names).toContain("train_loss");
    expect(names).toContain("acc_forest");
  });

  test("a status that cannot be read is unknown, never guessed", async () => {
    for (const name of [wineRuns.treesChanged, wineRuns.repaired]) {
      const run = await readRun(server, name);
      expect(run).toMatchObject({ status: "unknown", statusReason: expect.stringContaining("stored as") });
    }
  });

  test("damaged times leave the run's status and steps", async () => {
    const run = await readRun(server, wineRuns.failing);
    expect(run.status).toBe("failed");
    expect(run.warnings[0]?.sentence).toContain("The record of the run's times is damaged");
  });

  test("damaged rows of the cache are listed as such", async () => {
    const { items } = await server.ask<{ items: EntryAnswer[] }>("/cache/entries?limit=1000");
    expect(items).toHaveLength(24);
    for (const key of entries.slice(0, 2)) {
      const entry = items.find((one) => one.key === key);
      expect(entry).toMatchObject({ process: "train_sgd", state: "unknown" });
      expect(entry?.warnings[0]?.sentence).toContain("The row is damaged");
    }
  });

  test("numbers that are none come through as what they are, and the page says so", async ({ page }) => {
    const run = await readRun(server, wineRuns.first);
    const { items } = await server.ask<{ items: { id: string; name: string; nonFinite: number }[] }>(
      `/sources/${run.source}/runs/${run.id}/metrics`,
    );
    const loss = items.find(({ name }) => name === "train_loss");
    expect(loss).toMatchObject({ count: 6, nonFinite: 4, last: 0.25, min: 0.25, max: 0.5 });
    const series = await server.ask(`/sources/${run.source}/runs/${run.id}/series/${loss?.id}`);
    expect(series).toMatchObject({
      points: [0.5, "NaN", "Infinity", "-Infinity", "Infinity", 0.25].map((y, index) => ({ x: index + 1, y })),
    });
    await openSignedIn(page, server, `/runs/${run.source}/${run.id}?tab=metrics`);
    await expect(page.getByRole("region", { name: /train_loss$/ })).toContainText("4 not finite");
    await expect(page.getByText(/half .* a pair/)).toBeVisible();
  });

  test("a run of damaged records has its warning on its page", async ({ page }) => {
    const run = await readRun(server, wineRuns.again);
    await openSignedIn(page, server, `/runs/${run.source}/${run.id}`);
    await expect(page.getByRole("region", { name: "Warnings" })).toContainText("The record of train_sgd is damaged");
    await page.goto(`${server.origin}/runs`);
    await expect(page.getByRole("row", { name: /project-wine-lab-/ })).toHaveCount(6);
  });

  test("a result that is deleted while one looks makes its entry broken", async ({ page }) => {
    const readEntry = async () => {
      const { items } = await server.ask<{ items: EntryAnswer[] }>("/cache/entries?limit=1000&process=train_forest");
      return items.find(({ key, status }) => key.startsWith("process:") && status === "completed");
    };
    const entry = await readEntry();
    expect(entry?.state).toBe("usable");
    await openSignedIn(page, server, "/cache");
    await expect(page.getByText("broken", { exact: true })).toHaveCount(0);
    const { items } = await server.ask<{ items: { id: string; name: string }[] }>(
      `/sources/${(await readRun(server, wineRuns.first)).source}/artifacts?limit=1000`,
    );
    const file = items.find(({ id }) => id === entry?.payloads[0]?.artifactId)?.name ?? "";
    await rm(join(workspace.path, file));
    await expect.poll(async () => (await readEntry())?.state, { timeout: 30_000 }).toBe("broken");
    expect((await readEntry())?.payloads[0]?.state).toBe("missing");
    await expect(page.getByText("broken", { exact: true }).first()).toBeVisible();
  });
});

test("values of half a gigabyte in Redis are told as such, and nothing else suffers", async () => {
  test.setTimeout(120_000);
  const redis = await startRedis(["--notify-keyspace-events", "KEA"]);
  await loadDump(redis.client, fixture("expops/redis.jsonl"), { ttl: false });
  const keys = await redis.client.keys("mlops:*");
  const find = (pattern: RegExp) => keys.find((key) => pattern.test(key)) ?? "";
  const huge = [/:metric:/, /:process:.*:idx:/, /:runs:.*:steps:.*train_sgd.*:__process__$/].map(find);
  // A value that is only written at its end costs no time to make.
  for (const key of huge) await redis.client.setrange(key, 512 * 1024 * 1024 - 1, "x");
  const list = find(/:runs:.*:steps:.*evaluate.*:__process__$/);
  await redis.client.del(list);
  await redis.client.lpush(list, "an element");
  const server = await startTrialdeck([redis.url]);
  try {
    const before = residentMegabytes(server);
    await untilIndexed(server);
    const { items } = await server.ask<{ items: RunAnswer[] }>("/runs?limit=100");
    expect(items).toHaveLength(6);
    const told = items.flatMap(({ warnings }) => warnings.map(({ sentence }) => sentence));
    expect(told).toContainEqual(expect.stringMatching(/^The record of the metrics of .* is damaged/));
    expect(told).toContainEqual(expect.stringMatching(/^The record of train_sgd is damaged/));
    const { items: entries } = await server.ask<{ items: EntryAnswer[] }>("/cache/entries?limit=1000");
    expect(entries).toHaveLength(24);
    expect(entries.filter(({ state }) => state === "unknown")).toHaveLength(1);
    for (const { source, id } of items) await server.ask(`/sources/${source}/runs/${id}`);
    expect(residentMegabytes(server) - before).toBeLessThan(250);
  } finally {
    await server.stop();
    await redis.stop();
  }
});

function residentMegabytes(server: TrialdeckServer): number {
  const status = readFileSync(`/proc/${server.process.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}
