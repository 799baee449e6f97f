import { test as base, expect } from "playwright/test";
import { ArtifactsPage } from "./pages/artifacts-page.ts";
import { CachePage } from "./pages/cache-page.ts";
import { Frame } from "./pages/frame.ts";
import { RunsPage } from "./pages/runs-page.ts";
import { addEntry, addRun, openWineLab, type Store } from "./support/plant-store.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";

/** A store that goes on being written to, and a server that watches it. */
const test = base.extend<{ store: Store; server: TrialdeckServer }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs off its first argument
  store: async ({}, use) => {
    const store = await openWineLab();
    await use(store);
    store.close();
    await store.remove();
  },
  server: async ({ store }, use) => {
    const server = await startTrialdeck([store.path]);
    await untilIndexed(server);
    await use(server);
    await server.stop();
  },
});

const newRun = "project-wine-lab-20261121120000-0badcafe";

test("new runs wait while the reader points at a row, and come when called", async ({ page, store, server }) => {
  await openSignedIn(page, server, "/runs");
  const runs = new RunsPage(page);
  const latest = await runs.rows.first().textContent();
  await runs.rows.nth(2).hover();
  addRun(store, newRun, "completed");
  await page.getByRole("button", { name: "1 new run" }).waitFor();
  expect(await runs.rows.first().textContent()).toBe(latest);
  await page.getByRole("button", { name: "1 new run" }).click();
  await expect(runs.rows.first()).toContainText("0badcafe");
});

test("a run that is shown changes in its place while others wait", async ({ page, store, server }) => {
  addRun(store, newRun, "running");
  await openSignedIn(page, server, "/runs");
  const runs = new RunsPage(page);
  await expect(runs.rows.first()).toContainText("running");
  await runs.rows.nth(2).hover();
  addRun(store, "project-wine-lab-20261121130000-0badf00d", "running");
  await page.getByRole("button", { name: "1 new run" }).waitFor();
  addRun(store, newRun, "failed");
  await expect(runs.row("0badcafe")).toContainText("failed");
  await expect(runs.rows.first()).toContainText("0badcafe");
});

test("new entries wait while one is open beside the table, and come at once when none is", async ({
  page,
  store,
  server,
}) => {
  await openSignedIn(page, server, "/cache");
  const cache = new CachePage(page);
  await expect(cache.rows).toHaveCount(24);
  await new Frame(page).untilAwake();
  await page.keyboard.press("j");
  await expect(cache.panel).toBeVisible();
  addEntry(store, "evaluate", newRun, "1");
  await page.getByRole("button", { name: "1 new entry" }).waitFor();
  await expect(cache.rows).toHaveCount(24);
  await page.keyboard.press("Escape");
  await expect(cache.rows).toHaveCount(25);
  await expect(page.getByRole("button", { name: "1 new entry" })).toHaveCount(0);
});

test("after a pause the table waits as well", async ({ page, store, server }) => {
  await openSignedIn(page, server, "/runs");
  const runs = new RunsPage(page);
  const frame = new Frame(page);
  const latest = await runs.rows.first().textContent();
  await frame.live.click();
  await expect(frame.live).toHaveAttribute("aria-pressed", "true");
  addRun(store, newRun, "completed");
  await expect.poll(async () => (await server.ask<{ items: unknown[] }>("/runs")).items.length).toBe(7);
  await runs.rows.nth(2).getByRole("checkbox").click();
  await frame.live.click();
  await page.getByRole("button", { name: "1 new run" }).waitFor();
  expect(await runs.rows.first().textContent()).toBe(latest);
});

test("new artifacts wait while the reader points at a row", async ({ page, store, server }) => {
  await openSignedIn(page, server, "/artifacts");
  const artifacts = new ArtifactsPage(page);
  const first = await artifacts.rows.first().textContent();
  await artifacts.rows.nth(2).hover();
  const payload = store.keep("cache/0badcafe/planted.txt", "new");
  addEntry(store, "evaluate", newRun, "1", payload);
  await page.getByRole("button", { name: "1 new artifact" }).waitFor();
  expect(await artifacts.rows.first().textContent()).toBe(first);
});
