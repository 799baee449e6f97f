import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "playwright/test";
import { AdditionDialog } from "./pages/addition-dialog.ts";
import { CachePage } from "./pages/cache-page.ts";
import { EntryPage } from "./pages/entry-page.ts";
import { InvalidateDialog } from "./pages/invalidate-dialog.ts";
import { OperationsPage } from "./pages/operations-page.ts";
import { copyFixture, fixture } from "./support/fixtures.ts";
import { openWineLab } from "./support/plant-store.ts";
import { loadDump, startRedis } from "./support/redis-server.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck, untilIndexed } from "./support/trialdeck-server.ts";

interface Entry {
  id: string;
  source: string;
  key: string;
  expiresAt: string | null;
}

test("entries are pinned from the table, found by it, and stay when space is freed", async ({ page }) => {
  const store = await openWineLab();
  store.close();
  const server = await startTrialdeck([store.path]);
  try {
    await untilIndexed(server);
    await openSignedIn(page, server, `/cache?q=${encodeURIComponent("process = train_sgd")}`);
    const cache = new CachePage(page);
    await expect(cache.rows).toHaveCount(4);
    for (const row of [0, 1]) await cache.rows.nth(row).getByRole("checkbox").click();
    await page.getByRole("button", { name: "Pin", exact: true }).click();
    await expect(page.getByText("2 entries pinned.")).toBeVisible();
    await expect(cache.grid.getByRole("img", { name: "Pinned" })).toHaveCount(2);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await cache.filterBy("pinned = yes");
    await expect(cache.rows).toHaveCount(2);

    await cache.filterBy("process = train_sgd");
    await expect(cache.rows).toHaveCount(4);
    await page.getByRole("button", { name: "Clear", exact: true }).click();
    await page.getByRole("button", { name: "Invalidate…" }).click();
    const dialog = new InvalidateDialog(page);
    await dialog.plan("Free space");
    await expect(dialog.dialog).toContainText("2 pinned entries stay.");
    await expect(dialog.fact("Goes")).toContainText("2 entries");
    await dialog.dialog.getByRole("button", { name: "Cancel" }).click();

    await page.goto(`${server.origin}/cache/ledger?older=0&unused=0&policy=size&keep=0`);
    await expect(page.getByText("2 pinned entries stay.")).toBeVisible();
    await new OperationsPage(page).open();
    await new OperationsPage(page).show("Audit");
    await expect(page.getByRole("row").filter({ hasText: "pin" })).toHaveCount(2);
  } finally {
    await server.stop();
    await store.remove();
  }
});

test("a pinned entry that its store removes all the same says so, is kept longer, and gets its end back", async ({
  page,
}) => {
  const redis = await startRedis();
  const files = await copyFixture("expops/redis-files");
  await loadDump(redis.client, fixture("expops/redis.jsonl"), { ttl: true });
  const server = await startTrialdeck([`${redis.url}+${files.path}`]);
  try {
    await untilIndexed(server);
    const q = encodeURIComponent("process = train_sgd and not step exists");
    const { items } = await server.ask<{ items: Entry[] }>(`/cache/entries?q=${q}`);
    const entry = items.find(({ expiresAt }) => expiresAt !== null)!;
    const end = await redis.client.pexpiretime(entry.key);
    await openSignedIn(page, server, `/cache/${entry.source}/${entry.id}`);
    const entryPage = new EntryPage(page);
    await page.getByRole("button", { name: "Pin", exact: true }).click();
    await expect(entryPage.pin).toContainText(/The store removes it all the same in/);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

    await entryPage.pin.getByRole("button", { name: "Keep it longer…" }).click();
    const dialog = new AdditionDialog(page);
    await expect(dialog.fact("Lives")).toContainText("for 30 d");
    await dialog.until.selectOption("a year from now");
    await expect(dialog.fact("Lives")).toContainText("for 365 d");
    await dialog.apply.click();
    await expect(page.getByText("1 entry kept longer.")).toBeVisible();
    const longer = await redis.client.pexpiretime(entry.key);
    expect(longer - Date.now()).toBeGreaterThan(364 * 24 * 3600_000);
    await expect(entryPage.pin).toContainText(/all the same in 1[12] mo/);

    await dialog.undo.click();
    await expect(page.getByText("Undone for 1 entry.")).toBeVisible();
    expect(await redis.client.pexpiretime(entry.key)).toBe(end);
    await page.getByRole("button", { name: "Unpin" }).click();
    await expect(entryPage.pin).toHaveCount(0);
  } finally {
    await server.stop();
    await files.remove();
    await redis.stop();
  }
});
