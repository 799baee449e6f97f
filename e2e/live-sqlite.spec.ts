import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, type Page, test } from "playwright/test";
import { copyAged } from "./support/age-store.ts";
import { installExpops, type LiveWorkspace, openLiveWorkspace, runTool, type ToolRun } from "./support/expops.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck, type TrialdeckServer } from "./support/trialdeck-server.ts";
import { expectRoundsToGrow, expectStatus, expectTimesOfPoints, roundsOnPage } from "./support/watched-run.ts";

interface RunAnswer {
  id: string;
  source: string;
  name: string;
  status: string;
  statusReason?: string;
  params: Record<string, unknown> | null;
  version: { found: string | null } | null;
  metrics: { name: string; count: number }[];
  steps: { process: string; step: string | null; origin: string }[];
  warnings: { code: string; sentence: string }[];
}

test.describe("while ExpOps runs on SQLite", () => {
  test.describe.configure({ mode: "serial", timeout: 180_000 });
  let python: string;
  let workspace: LiveWorkspace;
  let server: TrialdeckServer;
  let tool: ToolRun;

  test.beforeAll(async () => {
    test.setTimeout(600_000);
    python = await installExpops();
    workspace = await openLiveWorkspace();
    server = await startTrialdeck([workspace.path]);
  });
  test.afterAll(async () => {
    await tool?.kill();
    await server?.stop();
    await workspace?.remove();
  });

  const readRuns = async () => {
    const { items } = await server.ask<{ items: RunAnswer[] }>("/runs?sort=-started");
    return Promise.all(items.map(({ source, id }) => server.ask<RunAnswer>(`/sources/${source}/runs/${id}`)));
  };

  test("the first run of all appears without a reload, grows on its open page, and ends", async ({ page }) => {
    await page.setViewportSize({ width: 1280, height: 420 });
    await openSignedIn(page, server, "/runs");
    await expect(page.getByText("No runs yet")).toBeVisible();
    await page.evaluate(() => document.documentElement.setAttribute("data-same-page", "yes"));
    await workspace.watch(true);
    tool = runTool(python, workspace, { asTyped: true });

    const row = page.getByRole("row", { name: /project-tide-lab-/ });
    await expect(row).toContainText("running", { timeout: 60_000 });
    await row.getByRole("link").click();
    await page.getByRole("tab", { name: "Metrics" }).click();
    const chart = page.getByRole("region", { name: /loss$/ });
    const plot = chart.getByRole("application");
    await expect(plot).toBeVisible({ timeout: 60_000 });

    await expect.poll(() => roundsOnPage(page)).toBeGreaterThan(2);
    await plot.focus();
    await page.keyboard.press("+");
    await page.getByRole("region", { name: "Figures" }).first().scrollIntoViewIfNeeded();
    const place = await zoomAndScroll(page);
    expect(place.scroll).toBeGreaterThan(0);
    await expectRoundsToGrow(page);
    expect(await zoomAndScroll(page)).toEqual(place);

    // What is changed on disk now is not what this run reads.
    await workspace.editConfig("rate: 0.2", "rate: 0.3");
    await workspace.watch(false);
    expect(await tool.ended, tool.output()).toBe(0);
    await expectStatus(page, "completed");
    // Now and then the tool begins one of them once more after the run's end, and leaves it so (docs/layouts/expops.md).
    await expect(page.getByText(/All 4 ran, nothing was reused|left no word of how it ended/)).toBeVisible();
    expect(await page.locator("html").getAttribute("data-same-page")).toBe("yes");
    await expect(page.getByRole("tab", { name: "Metrics" })).toHaveAttribute("aria-selected", "true");
    expect(await zoomAndScroll(page)).toEqual(place);
    await expect.poll(() => roundsOnPage(page)).toBe(roundsStored(workspace));
    await expectTimesOfPoints(page, server);
  });

  test("its params stay those it ran with, though the config changed while it ran and no history keeps it", async () => {
    const [run] = await readRuns();
    expect(run).toMatchObject({ status: "completed", version: { found: "snapshot" } });
    expect(run?.params).toMatchObject({ "fit_wave.rate": 0.2, random_seed: 5 });
  });

  test("a rerun shows what was reused, and warns of a result that the present code would not give", async ({
    page,
  }) => {
    await openSignedIn(page, server, "/runs");
    await expect(page.getByRole("row", { name: /project-tide-lab-/ })).toHaveCount(1);
    // The rate is changed already; `middle` is a plain function, which the tool does not look at.
    await workspace.edit("src/tides.py", "return sum(values) / len(values)", "return sorted(values)[len(values) // 2]");
    tool = runTool(python, workspace);
    expect(await tool.ended, tool.output()).toBe(0);
    const row = page.getByRole("row", { name: /project-tide-lab-/ }).first();
    await expect(row).toContainText("2 of 4");
    await expect(row).toContainText("completed");
    await row.getByRole("link").click();
    await expect(page.getByText("2 of 4 reused; fit_wave and score re-ran")).toBeVisible();
    const [run] = await readRuns();
    expect(run?.params).toMatchObject({ "fit_wave.rate": 0.3 });
    expect(originsOf(run)).toEqual({
      read_tides: "reused",
      mean_level: "reused",
      fit_wave: "executed",
      score: "executed",
    });
    expect(run?.warnings.map(({ code }) => code)).toEqual(["stale-hit"]);
    await expect(page.getByRole("region", { name: "Warnings" })).toContainText("mean_level");
  });

  test("a run that was killed is quiet at first and stalled by the rule", async ({ page }) => {
    await workspace.editConfig("rate: 0.3", "rate: 0.4");
    await workspace.watch(true);
    tool = runTool(python, workspace);
    await expect.poll(async () => roundsOf((await readRuns()).find(isRunning)), { timeout: 60_000 }).toBeGreaterThan(3);
    await tool.kill();

    const copies = await Promise.all([
      copyAged(workspace.path, 10 * minute),
      copyAged(workspace.path, 20 * minute),
      copyAged(workspace.path, 20 * minute),
    ]);
    const [, , slow] = copies;
    makeSlow(slow.path, 10 * minute);
    const later = await startTrialdeck(copies.map(({ path }) => path));
    try {
      const newestIn = async ({ path }: { path: string }) => {
        const sources = await later.ask<{ items: { id: string; label: string }[] }>("/sources");
        const source = sources.items.find(({ label }) => path.endsWith(label))?.id;
        const { items } = await later.ask<{ items: RunAnswer[] }>(`/runs?sort=-started&source=${source}`);
        return items[0];
      };
      const [quiet, dead] = copies;
      await expect
        .poll(() => newestIn(quiet), { timeout: 30_000 })
        .toMatchObject({
          status: "running",
          statusReason: expect.stringMatching(/^quiet for 10 min, usually takes \d+ s$/),
        });
      await expect
        .poll(() => newestIn(dead), { timeout: 30_000 })
        .toMatchObject({ status: "stalled", statusReason: expect.stringContaining("probably killed") });
      // Three times the longest execution is half an hour there.
      await expect
        .poll(() => newestIn(slow), { timeout: 30_000 })
        .toMatchObject({ status: "running", statusReason: "quiet for 20 min, usually takes 10 min" });

      const run = await newestIn(dead);
      await openSignedIn(page, later, `/runs/${run?.source}/${run?.id}`);
      await expectStatus(page, "stalled");
      await expect(page.getByText("fit_wave was at work when the run stopped")).toBeVisible();
    } finally {
      await later.stop();
      await Promise.all(copies.map((copy) => copy.remove()));
    }
  });
});

const minute = 60_000;

function originsOf(run: RunAnswer | undefined): Record<string, string> {
  return Object.fromEntries(
    (run?.steps ?? []).filter(({ step }) => step === null).map(({ process, origin }) => [process, origin]),
  );
}

function isRunning({ status }: RunAnswer): boolean {
  return status === "running";
}

function roundsOf(run: RunAnswer | undefined): number {
  return run?.metrics.find(({ name }) => name === "round")?.count ?? 0;
}

/** What the reader has chosen to see: the part of the chart and of the page. */
async function zoomAndScroll(page: Page): Promise<{ steps: string[]; scroll: number }> {
  const chart = page.getByRole("region", { name: /loss$/ });
  await expect(chart.getByRole("button", { name: "Reset zoom" })).toBeAttached();
  const steps = await chart.locator(".recharts-xAxis .recharts-cartesian-axis-tick-value").allTextContents();
  return { steps, scroll: await page.locator("main").evaluate((main) => main.scrollTop) };
}

function roundsStored(workspace: LiveWorkspace): number {
  const rows = readRows(workspace.path, "metric:%");
  return Math.max(
    ...rows.map(({ value }) => Object.keys((JSON.parse(value) as { round?: object }).round ?? {}).length),
  );
}

/** As if `fit_wave` had taken so long when it was completed. */
function makeSlow(workspacePath: string, millis: number): void {
  const database = new DatabaseSync(storeOf(workspacePath));
  database
    .prepare(
      "UPDATE kv SET value = json_set(value, '$.execution_time', ?) WHERE key LIKE 'runs:%fit_wave%__process__' AND value LIKE '%completed%'",
    )
    .run(millis / 1000);
  database.close();
}

function readRows(workspacePath: string, pattern: string): { key: string; value: string }[] {
  const database = new DatabaseSync(storeOf(workspacePath), { readOnly: true });
  const rows = database.prepare("SELECT key, value FROM kv WHERE key LIKE ?").all(pattern);
  database.close();
  return rows as { key: string; value: string }[];
}

function storeOf(workspacePath: string): string {
  return join(workspacePath, "tide-lab", ".tide-lab", "metrics.sqlite");
}
