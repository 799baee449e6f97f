import { CachePage } from "./pages/cache-page.ts";
import { EntryPage } from "./pages/entry-page.ts";
import { Frame } from "./pages/frame.ts";
import { RunPage } from "./pages/run-page.ts";
import { expect, test } from "./support/test.ts";
import { wineRuns } from "./support/wine-lab.ts";

test("the rail leads to every page and says where one is", async ({ page }) => {
  const frame = new Frame(page);
  await page.goto("/");
  for (const place of ["Runs", "Cache", "Artifacts", "Overview"] as const) {
    await frame.visit(place);
    await expect(page.getByRole("heading", { level: 1, name: place })).toBeVisible();
    await expect(frame.rail.getByRole("link", { name: new RegExp(`^${place}`) })).toHaveAttribute(
      "aria-current",
      "page",
    );
    await expect(page).toHaveTitle(`${place} · Trialdeck`);
  }
});

test("Ctrl+K finds a run by a part of its name and goes there", async ({ page }) => {
  const frame = new Frame(page);
  await page.goto("/");
  const found = await frame.find("df2c2e70");
  await expect(found).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(new RunPage(page).name).toContainText("df2c2e70");
});

test("Enter pressed before the hits are there waits for them", async ({ page }) => {
  const frame = new Frame(page);
  await page.goto("/");
  await frame.untilAwake();
  await page.keyboard.press("Control+k");
  await expect(frame.search.getByRole("option").first()).toBeVisible();
  await page.route("**/api/v1/runs?*df2c2e70*", async (route) => {
    await expect(frame.search.getByRole("listbox")).toHaveAttribute("aria-busy", "true");
    await route.continue();
  });
  await frame.search.getByRole("combobox").fill("df2c2e70");
  await page.keyboard.press("Enter");
  await expect(new RunPage(page).name).toContainText("df2c2e70");
});

test("Ctrl+K finds a cache entry by its process", async ({ page }) => {
  const frame = new Frame(page);
  await page.goto("/");
  const found = await frame.find("train_forest");
  await found.filter({ hasText: "train_forest" }).first().click();
  await expect(new EntryPage(page).title).toContainText("train_forest");
});

test("words of the filter language are only words in the search", async ({ page }) => {
  const frame = new Frame(page);
  await page.goto("/");
  await frame.find('status = "x and (');
  await expect(frame.search.getByText("Nothing has that name.")).toBeVisible();
});

test("keys lead to pages; ? lists them", async ({ page }) => {
  const frame = new Frame(page);
  await page.goto("/");
  await frame.untilAwake();
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await expect(page.getByRole("heading", { level: 1, name: "Cache" })).toBeVisible();
  await page.keyboard.press("?");
  for (const words of ["Search", "Go to Runs", "Next row", "Open the row"]) {
    await expect(frame.shortcuts.getByText(words, { exact: true }).first()).toBeVisible();
  }
  await page.keyboard.press("Escape");
  await expect(frame.shortcuts).toHaveCount(0);
});

test("a chosen theme stays and never flashes another", async ({ page }) => {
  const frame = new Frame(page);
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/runs");
  await frame.chooseTheme("Dark");
  await expect.poll(() => frame.theme()).toBe("dark");
  // Notes every theme that the page has had before it was painted for the first time.
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { seenThemes: seen });
    new MutationObserver(() => {
      const theme = document.documentElement?.dataset.theme;
      if (theme && seen.at(-1) !== theme) seen.push(theme);
    }).observe(document, { attributes: true, childList: true, subtree: true });
  });
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();
  expect(await page.evaluate(() => (globalThis as unknown as { seenThemes: string[] }).seenThemes)).toEqual(["dark"]);

  await frame.chooseTheme("As the system");
  await expect.poll(() => frame.theme()).toBe("light");
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(() => frame.theme()).toBe("dark");
});

test("an address of nothing says so and keeps the frame", async ({ page }) => {
  const frame = new Frame(page);
  await page.goto("/nowhere");
  await expect(page.getByText("There is no such page")).toBeVisible();
  await frame.visit("Runs");
  await expect(page.getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();
});

test("back finds a table where it was scrolled", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 420 });
  const cache = new CachePage(page);
  await cache.open();
  await expect(cache.rows.first()).toBeVisible();
  await cache.grid.evaluate((grid) => grid.scrollTo(0, 560));
  const row = cache.grid.locator('[aria-rowindex="26"]');
  const words = await row.textContent();
  await row.getByRole("link").first().click();
  await expect(page).toHaveURL(/\/cache\/.+\/.+/);
  await page.goBack();
  await expect(row).toHaveText(words ?? "?");
  expect(await cache.grid.evaluate((grid) => grid.scrollTop)).toBe(560);
  await page.reload();
  await expect(row).toHaveText(words ?? "?");

  // A link to the page is a visit of its own.
  const frame = new Frame(page);
  await frame.visit("Runs");
  await expect(page.getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();
  await frame.visit("Cache");
  await expect(cache.rows.first()).toBeVisible();
  expect(await cache.grid.evaluate((grid) => grid.scrollTop)).toBe(0);
});

test("back returns to where one was", async ({ page }) => {
  await page.goto(`/runs?q=${encodeURIComponent("experiment = wine-lab")}`);
  const row = page.getByRole("row").filter({ hasText: wineRuns.first.slice(-8) });
  await row.getByRole("link").click();
  await page.getByRole("tab", { name: "Steps" }).click();
  await expect(page).toHaveURL(/tab=steps/);
  await page.goBack();
  await expect(page.getByRole("tab", { name: "Overview" })).toHaveAttribute("aria-selected", "true");
  await page.goBack();
  await expect(row).toBeVisible();
});
