import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "playwright/test";
import { fixture } from "./support/fixtures.ts";
import { loadDump, startRedis, type TestRedis } from "./support/redis-server.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";

interface SourceAnswer {
  id: string;
  label: string;
  status: string;
  indexed: { runs: number; complete: boolean };
  error?: { code: string; message: string; remedy?: string };
}
interface RunAnswer {
  id: string;
  source: string;
  name: string;
}

const dump = fixture("expops/redis.jsonl");

async function readSources(server: TrialdeckServer): Promise<SourceAnswer[]> {
  return (await server.ask<{ items: SourceAnswer[] }>("/sources")).items;
}

/** The source that reads Redis; another one of files only stands beside it in each of these servers. */
async function readFirst(server: TrialdeckServer): Promise<SourceAnswer | undefined> {
  return (await readSources(server))[0];
}

function liveMark(page: Page) {
  return page.getByRole("button", { name: /live updates/ });
}

test("a wrong password is told with what to do, and is nowhere repeated", async ({ page }) => {
  test.setTimeout(120_000);
  const redis = await startRedis(["--requirepass", "the-right-one"]);
  await loadDump(redis.client, dump, { ttl: false });
  const place = `127.0.0.1:${redis.port}/0`;
  const server = await startTrialdeck([
    `redis://:not-the-one@${place}`,
    `redis://${place}+${fixture("expops/redis-files")}`,
    fixture("expops/sqlite-local"),
  ]);
  try {
    await expect
      .poll(async () => (await readSources(server)).filter(({ status }) => status === "unreachable").length)
      .toBe(2);
    const [wrong, none] = await readSources(server);
    for (const source of [wrong, none]) {
      expect(source?.error).toMatchObject({ code: "forbidden", remedy: expect.stringMatching(/password/i) });
    }
    await expect
      .poll(async () => (await readSources(server))[2])
      .toMatchObject({ status: "ready", indexed: { runs: 6 } });
    await openSignedIn(page, server, "/");
    await expect(page.getByRole("region", { name: "Sources" }).getByRole("alert")).toHaveCount(2);
    for (const told of [await page.content(), JSON.stringify(await readSources(server)), server.output()]) {
      expect(told).not.toContain("not-the-one");
    }
  } finally {
    await server.stop();
    await redis.stop();
  }
});

test("a Redis that dies in the middle of a sweep: what is there stays, marked, and mends by itself", async ({
  page,
}) => {
  test.setTimeout(120_000);
  let redis = await startRedis();
  await loadDump(redis.client, dump, { ttl: false });
  const server = await startTrialdeck([redis.url, fixture("expops/versions/workspace")]);
  try {
    await untilIndexed(server);
    await openSignedIn(page, server, "/runs");
    await expect(page.getByText("18 runs")).toBeVisible();
    // Keys of others make the next sweep long.
    await redis.client.eval("for i = 1, 300000 do redis.call('set', 'other:' .. i, i) end", 0);
    const scans = await countScans(redis);
    await expect.poll(() => countScans(redis), { timeout: 30_000 }).toBeGreaterThan(scans + 5);
    redis.signal("SIGKILL");
    await expect(liveMark(page)).toHaveAccessibleName(/unreachable/);
    await expect
      .poll(() => readFirst(server))
      .toMatchObject({
        status: "unreachable",
        indexed: { runs: 6 },
        error: { code: "source_unavailable", remedy: expect.stringContaining("by itself") },
      });
    await expect(page.getByRole("row", { name: /project-wine-lab-/ })).toHaveCount(6);
    expect((await readSources(server))[1]).toMatchObject({ status: "ready", indexed: { runs: 12, complete: true } });

    redis = await startRedis([], redis.port);
    await loadDump(redis.client, dump, { ttl: false });
    await expect.poll(() => readFirst(server)).toMatchObject({ status: "ready", indexed: { runs: 6, complete: true } });
    await expect(liveMark(page)).not.toHaveAccessibleName(/unreachable/);
    await expect(page.getByText("18 runs")).toBeVisible();
  } finally {
    await server.stop();
    await redis.stop();
  }
});

async function countScans({ client }: TestRedis): Promise<number> {
  return Number(/cmdstat_scan:calls=(\d+)/.exec(await client.info("commandstats"))?.[1] ?? 0);
}

test.describe("the Redis that a project's config names", () => {
  test.describe.configure({ mode: "serial", timeout: 120_000 });
  let redis: TestRedis;
  let workspace: string;
  let server: TrialdeckServer;

  test.beforeAll(async () => {
    redis = await startRedis();
    await loadDump(redis.client, dump, { ttl: false });
    workspace = await mkdtemp(join(tmpdir(), "workspace-"));
    await cp(fixture("expops/redis-files"), workspace, { recursive: true });
    const config = join(workspace, "wine-lab/configs/project_config.yaml");
    await writeFile(config, (await readFile(config, "utf8")).replace(/port: \d+/, `port: ${redis.port}`));
    server = await startTrialdeck([workspace, fixture("expops/versions/workspace")]);
    await untilIndexed(server);
  });
  test.afterAll(async () => {
    await server?.stop();
    await redis?.stop();
    await rm(workspace, { recursive: true, force: true });
  });

  const readWineLab = async () => {
    const { items } = await server.ask<{ items: RunAnswer[] }>("/runs?limit=100&q=wine-lab");
    return Promise.all(
      items.map(async ({ source, id }) => {
        const { metrics, steps, params, warnings } = await server.ask<Record<string, object>>(
          `/sources/${source}/runs/${id}`,
        );
        return { metrics, steps, params, warnings };
      }),
    );
  };

  test("goes away: its runs stay as they were, though their logs are still at hand", async ({ page }) => {
    const before = await readWineLab();
    expect(before).toHaveLength(6);
    await openSignedIn(page, server, "/runs");
    await redis.stop();
    await expect(liveMark(page)).toHaveAccessibleName(/unreachable/);
    await expect
      .poll(() => readFirst(server))
      .toMatchObject({
        status: "unreachable",
        error: { code: "source_unavailable", message: expect.stringContaining(String(redis.port)) },
      });
    expect(await readWineLab()).toEqual(before);
    expect((await readSources(server))[1]).toMatchObject({ status: "ready", indexed: { runs: 12 } });
  });

  test("comes back: the same page is live again", async ({ page }) => {
    await openSignedIn(page, server, "/runs");
    await expect(liveMark(page)).toHaveAccessibleName(/unreachable/);
    redis = await startRedis([], redis.port);
    await loadDump(redis.client, dump, { ttl: false });
    await expect(liveMark(page)).not.toHaveAccessibleName(/unreachable/);
    await expect.poll(() => readFirst(server)).toMatchObject({ status: "ready", indexed: { runs: 6, complete: true } });
  });

  test("hangs with its connection open: that is noticed, pages still answer, and it mends", async ({ page }) => {
    await openSignedIn(page, server, "/runs");
    redis.signal("SIGSTOP");
    await expect
      .poll(() => readFirst(server), { timeout: 30_000 })
      .toMatchObject({
        status: "unreachable",
        error: { code: "source_timeout" },
      });
    await expect(liveMark(page)).toHaveAccessibleName(/unreachable/);
    expect(await readWineLab()).toHaveLength(6);
    redis.signal("SIGCONT");
    await expect.poll(() => readFirst(server)).toMatchObject({ status: "ready" });
    await expect(liveMark(page)).not.toHaveAccessibleName(/unreachable/);
  });
});
