import { expect, test } from "playwright/test";
import { installExpops, type LiveWorkspace, openLiveWorkspace, runTool, type ToolRun } from "./support/expops.ts";
import { startRedis, type TestRedis } from "./support/redis-server.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";
import { roundsOnPage, watchFirstRun, watchReuse } from "./support/watched-run.ts";

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
    const startTool = () => {
      tool = runTool(python, workspace);
      return tool;
    };

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
      await watchFirstRun(page, server, workspace, startTool);
      await expect.poll(() => roundsOnPage(page)).toBe(await roundsStored(redis));
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
      await watchReuse(page, server, startTool);
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
