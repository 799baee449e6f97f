import { expect, type Page } from "playwright/test";
import type { LiveWorkspace, ToolRun } from "./expops.ts";
import { openSignedIn } from "./signed-in.ts";
import type { TrialdeckServer } from "./trialdeck-server.ts";

/** How many rounds of the fit the chart on the run's page shows: `tide-lab` logs the number of each round as `round`. */
export async function roundsOnPage(page: Page): Promise<number> {
  const words = await page.getByRole("region", { name: /round$/ }).textContent();
  return Number(/Last value\s*([\d,]+)/.exec(words ?? "")?.[1]?.replaceAll(",", "") ?? 0);
}

/** The page shows more, and again more, while the tool is still at work. */
export async function expectRoundsToGrow(page: Page): Promise<void> {
  for (let times = 0; times < 3; times++) {
    const before = await roundsOnPage(page);
    await expect.poll(() => roundsOnPage(page)).toBeGreaterThan(before);
  }
  await expectStatus(page, "running");
}

/** The head of the run's page says how the run stands. */
export async function expectStatus(page: Page, status: string): Promise<void> {
  await expect(page.locator("header dl").getByText(status, { exact: true })).toBeVisible();
}

interface SeenRun {
  id: string;
  source: string;
  startedAt: string;
}
interface SeenMetric {
  id: string;
  name: string;
  xAxes: string[];
}

/**
 * The points that were seen to come are drawn over the time since the run's start, although the tool stores no time of a point: they lie between start and
 * end, in order, and not all at one time.
 */
export async function expectTimesOfPoints(page: Page, server: TrialdeckServer): Promise<void> {
  await page.getByLabel("X axis").selectOption({ label: "time since start" });
  await expect(page.locator("[data-series-drawn]").first()).toBeVisible();
  const { items: runs } = await server.ask<{ items: SeenRun[] }>("/runs?sort=-started");
  const { source, id } = runs[0]!;
  const { items: metrics } = await server.ask<{ items: SeenMetric[] }>(`/sources/${source}/runs/${id}/metrics`);
  const loss = metrics.find(({ name }) => name === "loss")!;
  expect(loss.xAxes).toEqual(expect.arrayContaining(["step", "time", "relative"]));
  const { points = [] } = await server.ask<{ points?: { x: number }[] }>(
    `/sources/${source}/runs/${id}/series/${loss.id}?x=relative`,
  );
  const seconds = points.map(({ x }) => x);
  expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
  expect(seconds[0]).toBeGreaterThan(0);
  expect(seconds.at(-1)! - seconds[0]!).toBeGreaterThan(1);
  expect(seconds.at(-1)).toBeLessThan(300);
}

/** A first run of the tool on an open page: it comes without a reload, grows and ends, and its points have times. */
export async function watchFirstRun(
  page: Page,
  server: TrialdeckServer,
  workspace: LiveWorkspace,
  start: () => ToolRun,
): Promise<void> {
  await openSignedIn(page, server, "/runs");
  await expect(page.getByText("No runs yet")).toBeVisible();
  await page.evaluate(() => document.documentElement.setAttribute("data-same-page", "yes"));
  await workspace.watch(true);
  const tool = start();

  const row = page.getByRole("row", { name: /project-tide-lab-/ });
  await expect(row).toContainText("running", { timeout: 90_000 });
  await row.getByRole("link").click();
  await page.getByRole("tab", { name: "Metrics" }).click();
  await expect(page.getByRole("region", { name: /round$/ })).toBeVisible({ timeout: 60_000 });
  await expectRoundsToGrow(page);

  await workspace.watch(false);
  expect(await tool.ended, tool.output()).toBe(0);
  await expectStatus(page, "completed");
  await expect(page.getByText("All 4 ran, nothing was reused")).toBeVisible();
  await expectTimesOfPoints(page, server);
  expect(await page.locator("html").getAttribute("data-same-page")).toBe("yes");
}

/** The tool runs once more, with everything to be reused: a second row tells so. */
export async function watchReuse(page: Page, server: TrialdeckServer, start: () => ToolRun): Promise<void> {
  await openSignedIn(page, server, "/runs");
  await expect(page.getByRole("row", { name: /project-tide-lab-/ })).toHaveCount(1);
  const tool = start();
  expect(await tool.ended, tool.output()).toBe(0);
  await expect(page.getByRole("row", { name: /project-tide-lab-/ })).toHaveCount(2, { timeout: 30_000 });
  const newest = page.getByRole("row", { name: /project-tide-lab-/ }).first();
  await expect(newest).toContainText("4 of 4", { timeout: 30_000 });
  await expect(newest).toContainText("completed");
}
