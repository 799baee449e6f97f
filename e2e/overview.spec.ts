import { OverviewPage } from "./pages/overview-page.ts";
import { expect, test } from "./support/test.ts";

test("the overview says what is going on in every source", async ({ page, server }) => {
  const overview = new OverviewPage(page);
  await overview.open();
  const { items } = await server.ask<{ items: { label: string; indexed: { runs: number; entries: number } }[] }>(
    "/sources",
  );
  for (const { label, indexed } of items) {
    const line = overview.sources.getByRole("listitem").filter({ hasText: label });
    await expect(line).toContainText("ready");
    await expect(line).toContainText(`${indexed.runs} runs, ${indexed.entries} entries`);
  }
  const runs = items.reduce((sum, { indexed }) => sum + indexed.runs, 0);
  await expect(overview.figures.getByText(String(runs), { exact: true })).toBeVisible();
  await expect(overview.figures).toContainText("of the work was not done again");
});

test("the latest runs are at hand, each with a small line of the chosen metric", async ({ page, server }) => {
  const overview = new OverviewPage(page);
  await overview.open();
  const { items } = await server.ask<{ items: { name: string }[] }>("/runs?sort=-started&limit=1");
  const name = items[0]?.name ?? "";
  const rows = overview.latest.getByRole("row");
  await expect(rows.nth(1).getByRole("img", { name: /over steps/ })).toBeVisible();
  await overview.latest.getByRole("combobox").selectOption("fit_boosting ▸ train_loss");
  await expect(page).toHaveURL(/metric=fit_boosting/);
  await expect(overview.latest.getByRole("columnheader", { name: /train_loss/ })).toBeVisible();
  await rows.filter({ hasText: name }).getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
});

test("what needs attention leads to where it is", async ({ page }) => {
  const overview = new OverviewPage(page);
  await overview.open();
  await overview.attention.getByRole("link", { name: /broken entries/ }).click();
  await expect(page).toHaveURL(/\/cache\?/);
  await expect(page.getByRole("grid", { name: "Cache entries" }).getByText("broken").first()).toBeVisible();
});
