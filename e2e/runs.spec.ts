import { Frame } from "./pages/frame.ts";
import { RunPage } from "./pages/run-page.ts";
import { RunsPage } from "./pages/runs-page.ts";
import { expect, findSource, test } from "./support/test.ts";
import { wineRuns } from "./support/wine-lab.ts";

const short = (name: string) => name.slice(-8);
const wineOnly = `?q=${encodeURIComponent("experiment = wine-lab")}`;

test("runs of every source stand in one table, the latest first", async ({ page, server }) => {
  const runs = new RunsPage(page);
  await runs.open();
  const { items, total } = await server.ask<{ items: { name: string }[]; total: { value: number } }>(
    "/runs?sort=-started&limit=5",
  );
  await expect(runs.says(`${total.value} runs`)).toBeVisible();
  for (const [index, { name }] of items.entries()) await expect(runs.rows.nth(index)).toContainText(short(name));
});

test("a filter is completed while one writes it", async ({ page }) => {
  const runs = new RunsPage(page);
  await runs.open();
  await expect(runs.rows.first()).toBeVisible();
  await runs.filter.pressSequentially("sta");
  await expect(runs.suggestions.filter({ hasText: /^status$/ })).toBeVisible();
  await runs.filter.pressSequentially("tus = fai");
  await expect(runs.suggestions).toHaveText(["failed"]);
  await runs.filter.press("ArrowDown");
  await runs.filter.press("Tab");
  await expect(runs.filter).toHaveValue("status = failed ");
  await runs.filter.press("Enter");
  await expect(page).toHaveURL(/q=status/);
  await expect(runs.row("failed")).toHaveCount(3);
  await expect(runs.rows).toHaveCount(3);
});

test("a mistake in a filter is shown where it is, and changes nothing", async ({ page }) => {
  const runs = new RunsPage(page);
  await runs.open();
  const rows = runs.rows;
  await expect(rows.first()).toBeVisible();
  await runs.filter.fill("status = failed and (name ~ ");
  await runs.filter.press("Enter");
  await expect(runs.filter).toHaveAttribute("aria-invalid", "true");
  const fault = page.locator(`[id="${await runs.filter.getAttribute("aria-describedby")}"]`);
  await expect(fault).toContainText(/At \d+:/);
  await expect(page).not.toHaveURL(/q=/);
});

test("a filter by a metric and a param finds the run; nothing found offers the way back", async ({ page }) => {
  const runs = new RunsPage(page);
  await runs.open();
  await runs.filterBy('params."train_sgd.alpha" = 0.002 and metrics.val_loss < 0.05');
  await expect(runs.rows).toHaveCount(1);
  await expect(runs.row(short(wineRuns.treesChanged))).toBeVisible();
  await runs.filterBy("metrics.val_loss < -1");
  await expect(page.getByText("No runs match")).toBeVisible();
  await page.getByRole("main").getByRole("button", { name: "Clear the filter" }).last().click();
  await expect(runs.rows.nth(5)).toBeVisible();
});

test("a press on a head sorts, another turns the order round", async ({ page, server }) => {
  const runs = new RunsPage(page);
  await runs.open();
  for (const [press, sort] of [
    [1, "-duration"],
    [2, "duration"],
  ] as const) {
    await runs.sortBy("Duration");
    await expect(runs.head("Duration")).toHaveAttribute("aria-sort", press === 1 ? "descending" : "ascending");
    const { items } = await server.ask<{ items: { name: string }[] }>(`/runs?sort=${sort}&limit=1`);
    await expect(runs.rows.first()).toContainText(short(items[0]?.name ?? "?"));
  }
});

test("columns can be added, hidden and turned to another figure", async ({ page }) => {
  const runs = new RunsPage(page);
  await runs.open("?columns=name,status,cache");
  await expect(runs.rows.first()).toBeVisible();
  await runs.toggleColumn("Ended");
  await expect(runs.head("Ended")).toBeVisible();
  await runs.useHeadMenu("Reused", "Hide this column");
  await expect(runs.head("Reused")).toHaveCount(0);
  await expect(page).toHaveURL(/columns=name,ended,status$/);
  await page.reload();
  await expect(runs.head("Ended")).toBeVisible();
  await expect(runs.head("Reused")).toHaveCount(0);
});

test("rows can be put in groups that fold", async ({ page }) => {
  const runs = new RunsPage(page);
  await runs.open(wineOnly);
  await runs.group("By status");
  const failed = runs.grid.getByRole("button", { name: /^failed/ });
  await expect(failed).toHaveAttribute("aria-expanded", "true");
  await expect(runs.row(short(wineRuns.failing))).toBeVisible();
  await failed.click();
  await expect(failed).toHaveAttribute("aria-expanded", "false");
  await expect(runs.row(short(wineRuns.failing))).toHaveCount(0);
});

test("selected runs stay in the address and can be exported alone", async ({ page }) => {
  const runs = new RunsPage(page);
  await runs.open(wineOnly);
  await runs.select(short(wineRuns.first));
  await runs.select(short(wineRuns.failing));
  await expect(runs.says("2 runs selected")).toBeVisible();
  await expect(page).toHaveURL(/selected=[^&]+%2C|selected=[^&]+,/);
  const rows = JSON.parse(await runs.export("selected", "JSON")) as { name: string; status: string }[];
  expect(rows.map(({ name, status }) => [name, status]).sort()).toEqual([
    [wineRuns.first, "completed"],
    [wineRuns.failing, "failed"],
  ]);
});

test("the export holds what the table shows, with full values", async ({ page, server }) => {
  const source = await findSource(server, /sqlite-local/);
  const runs = new RunsPage(page);
  await runs.open(`?source=${source}`);
  await expect(runs.rows).toHaveCount(6);
  const [head = "", ...lines] = (await runs.export("all", "CSV")).trimEnd().split("\r\n");
  expect(head.split(",")).toEqual(
    expect.arrayContaining(["run_id", "name", "status", "started_utc", "duration_seconds"]),
  );
  expect(lines).toHaveLength(6);
  const failing = lines.find((line) => line.includes(wineRuns.failing));
  expect(failing).toContain("failed");
  expect(failing).toContain("2026-11-20T23:34:35");
});

test("j and k walk the rows, the side panel follows, Enter opens, Esc closes", async ({ page }) => {
  const runs = new RunsPage(page);
  await runs.open(wineOnly);
  await expect(runs.rows).toHaveCount(6);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expect(runs.panel.getByText("dependency failed").or(runs.panel.getByText("failed")).first()).toBeVisible();
  await expect(runs.panel).toContainText(short(wineRuns.failing));
  await page.keyboard.press("k");
  await expect(runs.panel).toContainText(short(wineRuns.repaired));
  await page.keyboard.press("Escape");
  await expect(runs.panel).toHaveCount(0);
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(new RunPage(page).name).toContainText(short(wineRuns.repaired));
});

test("keys of a dialog or a menu leave the rows behind it alone", async ({ page }) => {
  const runs = new RunsPage(page);
  const { shortcuts } = new Frame(page);
  await runs.open(wineOnly);
  await expect(runs.rows).toHaveCount(6);
  await page.keyboard.press("j");
  await expect(runs.panel).toContainText(short(wineRuns.repaired));
  await page.keyboard.press("?");
  await expect(shortcuts).toBeVisible();
  for (const key of ["j", "x", "Escape"]) await page.keyboard.press(key);
  await expect(shortcuts).toHaveCount(0);
  await expect(runs.panel).toContainText(short(wineRuns.repaired));
  await expect(runs.row(short(wineRuns.repaired)).getByRole("checkbox")).not.toBeChecked();

  await page.getByRole("button", { name: "Export" }).click();
  const menu = page.getByRole("menu", { name: "Export" });
  await expect(menu).toBeVisible();
  for (const key of ["j", "x", "Escape"]) await page.keyboard.press(key);
  await expect(menu).toHaveCount(0);
  await expect(runs.panel).toContainText(short(wineRuns.repaired));
  await expect(runs.row(short(wineRuns.repaired)).getByRole("checkbox")).not.toBeChecked();
  await page.keyboard.press("Escape");
  await expect(runs.panel).toHaveCount(0);
});

test("selected runs are exported though the filter no longer shows them", async ({ page }) => {
  const runs = new RunsPage(page);
  await runs.open(wineOnly);
  await runs.select(short(wineRuns.first));
  await runs.select(short(wineRuns.failing));
  await runs.filterBy("experiment = wine-lab and status = failed");
  await expect(runs.rows).toHaveCount(1);
  const rows = JSON.parse(await runs.export("selected", "JSON")) as { name: string }[];
  expect(rows.map(({ name }) => name)).toEqual([wineRuns.failing, wineRuns.first]);
});

test("an address brings the whole view back in another browser", async ({ page, browser, server }) => {
  const runs = new RunsPage(page);
  await runs.open(wineOnly);
  await expect(runs.rows).toHaveCount(6);
  await runs.sortBy("Duration");
  await runs.select(short(wineRuns.again));
  await runs.row(short(wineRuns.alphaChanged)).getByText("completed").click();
  await expect(runs.panel).toBeVisible();
  await expect(page).toHaveURL(/open=.+/);
  await expect(page).toHaveURL(/selected=.+/);

  const elsewhere = await browser.newContext({ storageState: await page.context().storageState() });
  const other = new RunsPage(await elsewhere.newPage());
  await other.page.goto(page.url());
  await expect(other.filter).toHaveValue("experiment = wine-lab");
  await expect(other.head("Duration")).toHaveAttribute("aria-sort", "descending");
  await expect(other.says("1 run selected")).toBeVisible();
  await expect(other.panel).toContainText(short(wineRuns.alphaChanged));
  expect(new URL(other.page.url()).origin).toBe(server.origin);
  await elsewhere.close();
});

test("following changes can be paused and resumed", async ({ page }) => {
  await new RunsPage(page).open();
  const live = page.getByRole("button", { name: /Pause live updates$/ });
  await live.click();
  const paused = page.getByRole("button", { name: "paused. Resume live updates" });
  await expect(paused).toHaveAttribute("aria-pressed", "true");
  await paused.click();
  await expect(live).toHaveAttribute("aria-pressed", "false");
});
