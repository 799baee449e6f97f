import { CachePage } from "./pages/cache-page.ts";
import { InvalidateDialog } from "./pages/invalidate-dialog.ts";
import { LedgerPage } from "./pages/ledger-page.ts";
import { ReconcilePage } from "./pages/reconcile-page.ts";
import { RunPage } from "./pages/run-page.ts";
import { expect, findSource, test } from "./support/test.ts";
import { wineRuns } from "./support/wine-lab.ts";

interface Figures {
  hits: number;
  misses: number;
  savedSeconds: number;
  spentSeconds: number;
}

test("the ledger adds up what was saved and spent, and leads to the entries of a process", async ({ page }) => {
  const ledger = new LedgerPage(page);
  await ledger.open();
  await ledger.ofSource(/sqlite-local/);
  await expect(ledger.figures).toContainText("processes reused");
  await expect(ledger.row("prepare_data")).toContainText("83 %");
  expect((await ledger.cells("prepare_data")).slice(1, 6)).toEqual(["5", "1", "83 %", "30.9 s", "6.18 s"]);
  await ledger.sortBy("Spent");
  await expect(ledger.rows.first()).toContainText("loss_curves");
  await expect(page).toHaveURL(/sort=-spent/);
  await ledger.row("train_sgd").getByRole("link").click();
  await expect(new CachePage(page).filter).toHaveValue("experiment = wine-lab and process = train_sgd");
});

test("by run it marks the run at which the hit rate broke, and leads there", async ({ page }) => {
  const ledger = new LedgerPage(page);
  await ledger.open("?by=run");
  await ledger.ofSource(/sqlite-local/);
  await expect(ledger.rows).toHaveCount(6);
  const chart = ledger.chart("Hits and misses");
  await expect(chart).toContainText("6 runs");
  await expect(chart).toContainText("fell from 100 % to 43 %");
  await chart.getByRole("link", { name: new RegExp(wineRuns.alphaChanged.slice(-8)) }).click();
  await expect(new RunPage(page).name).toHaveText(wineRuns.alphaChanged);
  await page.goBack();
  await expect(page).toHaveURL(/by=run/);
  await chart.getByRole("button", { name: "by day" }).click();
  await expect(chart).toContainText("day");
});

test("a chart has a table, and the ledger a file with unrounded figures", async ({ page }) => {
  const ledger = new LedgerPage(page);
  await ledger.open("?by=run");
  await ledger.ofSource(/sqlite-local/);
  const chart = ledger.chart("Saved and spent");
  await chart.getByRole("button", { name: /^Menu of/ }).click();
  await page.getByRole("menuitem", { name: "Show as table" }).click();
  await expect(page.getByRole("dialog").getByRole("row")).toHaveCount(7);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Export" }).click();
  const file = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: /^JSON/ }).click();
  const { rows } = JSON.parse(await textOf(await (await file).createReadStream())) as {
    rows: { saved_seconds: number }[];
  };
  expect(rows).toHaveLength(6);
  expect(Math.max(...rows.map((row) => row.saved_seconds))).toBeCloseTo(17.4109, 3);
});

test("a policy tells what would go before anything does, and ends in these entries", async ({ page, server }) => {
  const ledger = new LedgerPage(page);
  await ledger.open("?older=1&unused=1");
  await expect(ledger.policy).toContainText("would go");
  await ledger.policy.getByRole("combobox", { name: "Policy" }).selectOption("size");
  await ledger.policy.getByRole("spinbutton", { name: "Keep at most, GiB" }).fill("0.0003");
  await expect(page).toHaveURL(/policy=size/);
  const { entries } = await server.ask<{ entries: number }>(`/cache/policy?keepBytes=${Math.round(0.0003 * 2 ** 30)}`);
  await expect(ledger.policy).toContainText(`${entries} entries would go`);
  await ledger.policy.getByRole("link", { name: "Show these entries" }).click();
  await expect(new CachePage(page).says(`${entries} entries`)).toBeVisible();
});

test("entries that were never used, and those of least value, are a press away", async ({ page }) => {
  const ledger = new LedgerPage(page);
  await ledger.open();
  await page.getByRole("link", { name: "never used" }).click();
  await expect(new CachePage(page).filter).toHaveValue("uses = 0 and state = usable");
  await ledger.open();
  await page.getByRole("link", { name: "least value first" }).click();
  await expect(new CachePage(page).head("Value")).toHaveAttribute("aria-sort", "ascending");
});

test("records without their result are listed with the reason", async ({ page }) => {
  const reconcile = new ReconcilePage(page);
  await reconcile.open();
  await expect(reconcile.rows.first()).toContainText("not stored, so the next lookup misses");
  await reconcile.tab("Orphans").click();
  await expect(reconcile.list).toContainText("could not be read");
});

test("what is broken is repaired by a plan, from where it is listed", async ({ page, server }) => {
  const { items } = await server.ask<{ items: { source: string }[] }>("/cache/orphans?side=index");
  const reconcile = new ReconcilePage(page);
  await reconcile.open(`?source=${items[0]?.source}`);
  await reconcile.mend("Repair…");
  const { dialog, items: rows } = new InvalidateDialog(page);
  await expect(dialog).toHaveAccessibleName(/^Invalidate \d+ records?$/);
  await expect(rows.first()).toBeVisible();
});

test("answers by every grouping come to the same totals, and a price makes them money", async ({ server }) => {
  const source = await findSource(server, /sqlite-local/);
  const ask = (query: string) =>
    server.ask<{ items: Figures[]; totals: Figures & { cost?: number } }>(
      `/sources/${source}/cache/ledger?limit=1000&${query}`,
    );
  const { totals } = await ask("by=process");
  expect(totals).toMatchObject({ hits: 25, misses: 15, unpriced: 0 });
  for (const by of ["run", "day", "project", "version", "age"]) {
    const { items } = await ask(`by=${by}`);
    const sum = (read: (item: Figures) => number) => items.reduce((all, item) => all + read(item), 0);
    expect(
      sum(({ hits }) => hits),
      by,
    ).toBe(totals.hits);
    expect(
      sum(({ misses }) => misses),
      by,
    ).toBe(totals.misses);
    expect(
      sum(({ savedSeconds }) => savedSeconds),
      by,
    ).toBeCloseTo(totals.savedSeconds, 6);
    expect(
      sum(({ spentSeconds }) => spentSeconds),
      by,
    ).toBeCloseTo(totals.spentSeconds, 6);
  }
  expect((await ask("by=process&from=2026-11-21&to=2026-11-22")).totals).toMatchObject({ hits: 0, misses: 0 });
  expect((await ask("by=process&from=2026-11-20&to=2026-11-21")).totals).toMatchObject({ hits: 25, misses: 15 });
  expect(totals.cost).toBeUndefined();
});

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += chunk;
  return text;
}
