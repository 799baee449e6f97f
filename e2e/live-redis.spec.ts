import { expect, test } from "playwright/test";
import { installExpops, type LiveWorkspace, openLiveWorkspace, runTool, type ToolRun } from "./support/expops.ts";
import { startRedis, type TestRedis } from "./support/redis-server.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";
import { expectRoundsToGrow, expectStatus, roundsOnPage } from "./support/watched-run.ts";

interface SourceAnswer {
  id: string;
  sweepSeconds: number | null;
}

const stores = [
  {
    name: "a Redis that tells of changes",
    args: ["--notify-keyspace-events", "KEA"],
    targetOf: (redis: TestRedis, workspace: LiveWorkspace) => `${redis.url}+${workspace.path}`,
    sweeps: false,
  },
  {
    name: "a Redis that tells of none, found by the config",
    args: ["--notify-keyspace-events", ""],
    targetOf: (_redis: TestRedis, workspace: LiveWorkspace) => workspace.path,
    sweeps: true,
  },
];

for (const { name, args, targetOf, sweeps } of stores) {
  test.describe(`while ExpOps runs on ${name}`, () => {
    test.describe.configure({ mode: "serial", timeout: 180_000 });
    let python: string;
    let redis: TestRedis;
    let workspace: LiveWorkspace;
    let server: TrialdeckServer;
    let tool: ToolRun;

    test.beforeAll(async () => {
      test.setTimeout(600_000);
      python = await installExpops();
      redis = await startRedis(args);
      workspace = await openLiveWorkspace(`type: redis\n      host: 127.0.0.1\n      port: ${redis.port}`);
      server = await startTrialdeck([targetOf(redis, workspace)]);
      await untilIndexed(server);
    });
    test.afterAll(async () => {
      await tool?.kill();
      await server?.stop();
      await redis?.stop();
      await workspace?.remove();
    });

    test("a run appears without a reload, grows on its open page, and ends", async ({ page }) => {
      await openSignedIn(page, server, "/runs");
      await expect(page.getByText("No runs yet")).toBeVisible();
      await page.evaluate(() => document.documentElement.setAttribute("data-same-page", "yes"));
      await workspace.watch(true);
      tool = runTool(python, workspace);

      const row = page.getByRole("row", { name: /project-tide-lab-/ });
      await expect(row).toContainText("running", { timeout: 60_000 });
      await row.getByRole("link").click();
      await page.getByRole("tab", { name: "Metrics" }).click();
      await expect(page.getByRole("region", { name: /round$/ })).toBeVisible({ timeout: 60_000 });
      await expectRoundsToGrow(page);

      await workspace.watch(false);
      expect(await tool.ended, tool.output()).toBe(0);
      await expectStatus(page, "completed");
      await expect(page.getByText("All 4 ran, nothing was reused")).toBeVisible();
      await expect.poll(() => roundsOnPage(page)).toBe(await roundsStored(redis));
      expect(await page.locator("html").getAttribute("data-same-page")).toBe("yes");
    });

    test("its entries are in the cache at once, each with the time it has left", async () => {
      const readEntries = async () => {
        const { items } = await server.ask<{
          items: { step: string | null; state: string; expiresAt: string | null }[];
        }>("/cache/entries");
        return items.map(({ step, state, expiresAt }) => [step ?? "process", state, expiresAt !== null]).sort();
      };
      await expect
        .poll(readEntries)
        .toEqual([["descend", "usable", true], ...Array.from({ length: 4 }, () => ["process", "usable", true])]);
    });

    test(sweeps ? "it says how often it looks" : "it says that changes are seen as they come", async ({ page }) => {
      const { items } = await server.ask<{ items: SourceAnswer[] }>("/sources");
      if (sweeps) expect(items[0]?.sweepSeconds).toBeGreaterThan(0);
      else expect(items[0]?.sweepSeconds).toBeNull();
      await openSignedIn(page, server, "/");
      await expect(page.getByText("1 run, 5 entries")).toBeVisible();
    });

    test("a rerun is reused as a whole", async ({ page }) => {
      await openSignedIn(page, server, "/runs");
      await expect(page.getByRole("row", { name: /project-tide-lab-/ })).toHaveCount(1);
      tool = runTool(python, workspace);
      expect(await tool.ended, tool.output()).toBe(0);
      await expect(page.getByRole("row", { name: /project-tide-lab-/ })).toHaveCount(2, { timeout: 30_000 });
      const newest = page.getByRole("row", { name: /project-tide-lab-/ }).first();
      await expect(newest).toContainText("4 of 4");
      await expect(newest).toContainText("completed");
    });
  });
}

async function roundsStored({ client }: TestRedis): Promise<number> {
  const keys = await client.keys("*:metric:*");
  const values = await Promise.all(keys.map((key) => client.get(key)));
  return Math.max(
    ...values.map((value) => Object.keys((JSON.parse(value ?? "{}") as { round?: object }).round ?? {}).length),
  );
}
