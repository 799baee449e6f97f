import { CachePage } from "./pages/cache-page.ts";
import { EntryPage } from "./pages/entry-page.ts";
import { RunPage } from "./pages/run-page.ts";
import { expect, findSource, test } from "./support/test.ts";
import { wineRuns } from "./support/wine-lab.ts";

interface Entry {
  id: string;
  source: string;
  process: string | null;
  step: string | null;
  state: string;
  keyParts: { name: string; value: string }[];
  producerRunId: string | null;
  uses: number;
}

test("the tree narrows the table step by step, and the place stays in the address", async ({ page }) => {
  const cache = new CachePage(page);
  await cache.open();
  await expect(cache.rows.first()).toBeVisible();
  await cache.branch("wine-lab").click();
  await expect(cache.says("24 entries")).toBeVisible();
  await cache.branch("train_sgd").click();
  await expect(cache.says("4 entries")).toBeVisible();
  await expect(cache.rows).toHaveCount(4);
  for (const row of await cache.rows.all()) await expect(row).toContainText("train_sgd");
  await cache.branch("fit_sgd").click();
  await expect(cache.says("2 entries")).toBeVisible();
  await expect(cache.branch("fit_sgd")).toHaveAttribute("aria-current", "true");
  await expect(page).toHaveURL(/at=.*fit_sgd/);
  await page.reload();
  await expect(cache.says("2 entries")).toBeVisible();
  await page.getByRole("button", { name: "Show the entries of every source" }).click();
  await expect(cache.rows.nth(10)).toBeVisible();
});

test("where the window is narrow, the tree is a press away", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const cache = new CachePage(page);
  await cache.open();
  await page.getByRole("button", { name: "Browse" }).click();
  await cache.branch("wine-lab").click();
  await expect(cache.says("24 entries")).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("entries can be filtered by words of the language", async ({ page, server }) => {
  const cache = new CachePage(page);
  await cache.open();
  await cache.filterBy("process = train_sgd and uses > 0");
  const { items } = await server.ask<{ items: Entry[] }>(
    `/cache/entries?q=${encodeURIComponent("process = train_sgd and uses > 0")}`,
  );
  expect(items.length).toBeGreaterThan(0);
  await expect(cache.rows).toHaveCount(items.length);
  await cache.filter.fill("size > banana");
  await expect(cache.filter).toHaveAttribute("aria-invalid", "true");
});

test("entries can be filtered by their state", async ({ page }) => {
  const cache = new CachePage(page);
  await cache.open();
  await cache.filterState("broken");
  await expect(page).toHaveURL(/state=broken/);
  await expect(cache.rows).toHaveCount(2);
  for (const row of await cache.rows.all()) await expect(row).toContainText("broken");
  await cache.filterState("orphan");
  await expect(page).toHaveURL(/state=broken,orphan/);
  await expect(cache.row("orphan").first()).toBeVisible();
  await expect(cache.row("usable")).toHaveCount(0);
});

test("an address with a sort or a state that there is not offers a way back", async ({ page }) => {
  const cache = new CachePage(page);
  for (const query of ["?sort=colour", "?state=lost"]) {
    await cache.open(query);
    await page.getByRole("button", { name: "Show all entries" }).click();
    await expect(cache.rows.first()).toBeVisible();
    await expect(page).not.toHaveURL(/sort=|state=/);
  }
});

test("further rows that fail are said at the end, and asked for again only when the reader wants it", async ({
  page,
}) => {
  let asked = 0;
  await page.route("**/api/v1/cache/entries?*", async (route) => {
    if (route.request().url().includes("cursor=further")) {
      asked += 1;
      await route.fulfill({ status: 500, json: { error: { code: "internal", message: "The disk is full." } } });
      return;
    }
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), nextCursor: "further" } });
  });
  const cache = new CachePage(page);
  await cache.open(`?q=${encodeURIComponent("experiment = wine-lab")}`);
  const fault = cache.grid.getByRole("alert");
  await expect(fault).toContainText("Could not load more rows. The disk is full.");
  await expect(cache.rows.nth(10)).toBeVisible();
  expect(asked).toBe(1);
  await cache.grid.getByRole("button", { name: "Try again" }).click();
  await expect.poll(() => asked).toBe(2);
  await expect(fault).toBeVisible();
  await page.unrouteAll();
});

test("an entry's row leads to the run that made it", async ({ page }) => {
  const cache = new CachePage(page);
  await cache.open(`?q=${encodeURIComponent("experiment = wine-lab and process = evaluate")}&sort=created`);
  await expect(cache.head("Producer")).toBeVisible();
  await cache.rows.first().getByRole("link").nth(1).click();
  await expect(new RunPage(page).name).toHaveText(wineRuns.first);
});

test("a row opens beside the table; Enter opens its page", async ({ page }) => {
  const cache = new CachePage(page);
  await cache.open(`?q=${encodeURIComponent("experiment = wine-lab and process = evaluate")}&sort=created`);
  await expect(cache.rows.first()).toBeVisible();
  await page.keyboard.press("j");
  await expect(cache.panel).toContainText("The next run with the same key parts gets this result.");
  await expect(cache.panel.getByRole("link", { name: new RegExp(wineRuns.first.slice(-8)) })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(new EntryPage(page).title).toHaveText("evaluate");
});

test("an entry tells its key, its producer and its users", async ({ page, server }) => {
  const source = await findSource(server, /sqlite-local/);
  const q = encodeURIComponent("process = evaluate and not step exists");
  const { items } = await server.ask<{ items: Entry[] }>(`/sources/${source}/cache/entries?q=${q}&sort=created`);
  const made = items[0];
  if (!made) throw new Error("No entry of evaluate");
  const entry = new EntryPage(page);
  await entry.open(source, made.id);
  for (const { name, value } of made.keyParts)
    await expect(entry.fact(`${name} hash`)).toContainText(value.slice(0, 8));
  await expect(entry.fact("Uses")).toHaveText("1 hit");

  await entry.show("Used by");
  const users = page.getByRole("tabpanel").getByRole("row");
  await expect(users.filter({ hasText: wineRuns.first.slice(-8) })).toContainText("produced");
  await expect(users.filter({ hasText: wineRuns.again.slice(-8) })).toContainText("reused");
  await entry
    .fact("Producer")
    .getByRole("link", { name: wineRuns.first.slice(-8) })
    .click();
  await expect(new RunPage(page).name).toHaveText(wineRuns.first);
});

test("the result of an entry is read as data, never run: its structure, and what it would import", async ({
  page,
  server,
}) => {
  const source = await findSource(server, /sqlite-local/);
  const q = encodeURIComponent("process = train_forest and step = fit_forest");
  const { items } = await server.ask<{ items: Entry[] }>(`/sources/${source}/cache/entries?q=${q}&state=usable`);
  const entry = new EntryPage(page);
  await entry.open(source, items[0]?.id ?? "");
  await expect(entry.result).toContainText("nothing was run");
  await expect(entry.result.getByRole("listitem").first()).toContainText("dict");
  await expect(entry.result).toContainText("RandomForestClassifier");
  const imports = entry.result.getByRole("region", { name: "Imports" }).getByRole("row");
  await expect(imports.filter({ hasText: "RandomForestClassifier" })).toContainText("expected");
  await expect(entry.result.getByText("dangerous")).toHaveCount(0);
});

test("the stored record is shown as it is", async ({ page, server }) => {
  const source = await findSource(server, /sqlite-local/);
  const { items } = await server.ask<{ items: Entry[] }>(`/sources/${source}/cache/entries?q=evaluate&limit=1`);
  const entry = new EntryPage(page);
  await entry.open(source, items[0]?.id ?? "");
  await entry.show("Stored record");
  await expect(page).toHaveURL(/tab=raw/);
  await expect(entry.record).toContainText('"process_name": "//process[@name=\'evaluate\']"');
  await expect(page.getByRole("tabpanel")).toContainText("process://process[@name='evaluate']:");
});

test("a broken entry says that its file is missing", async ({ page, server }) => {
  const { items } = await server.ask<{ items: Entry[] }>("/cache/entries?state=broken");
  const [broken] = items;
  if (!broken) throw new Error("No entry is broken");
  const entry = new EntryPage(page);
  await entry.open(broken.source, broken.id);
  await expect(page.getByText("The record is there but its result file is missing").first()).toBeVisible();
  await expect(page.getByRole("tabpanel").getByRole("row").filter({ hasText: "result" })).toContainText("missing");
});
