import { join } from "node:path";
import { type Browser, expect, type Page, test } from "playwright/test";
import { CachePage } from "./pages/cache-page.ts";
import { InvalidateDialog } from "./pages/invalidate-dialog.ts";
import { LedgerPage } from "./pages/ledger-page.ts";
import { OperationsPage } from "./pages/operations-page.ts";
import { ProposalPage } from "./pages/proposal-page.ts";
import { brokenRules } from "./support/broken-rules.ts";
import { readSqliteEntries } from "./support/changed-store.ts";
import { countClicks } from "./support/count-clicks.ts";
import { openWineLab, type Store } from "./support/plant-store.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";

interface Entry {
  key: string;
  executionSeconds: number;
}

let store: Store;
let server: TrialdeckServer;
const stored = () => readSqliteEntries(join(store.path, "wine-lab", ".wine-lab", "metrics.sqlite"));

test.describe.configure({ mode: "serial" });
test.beforeAll(async () => {
  store = await openWineLab();
  server = await startTrialdeck([store.path]);
  await untilIndexed(server);
});
test.afterAll(async () => {
  await server?.stop();
  store?.close();
  await store?.remove();
});

/** A browser of its own at a page of the server. */
async function openAnother(browser: Browser, address: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await openSignedIn(page, server, new URL(address).pathname);
  return page;
}

/** Writes the entries of a process again, as runs do that make their results anew, and waits until that is known. */
async function writeAnew(process: string): Promise<void> {
  const q = encodeURIComponent(`process = ${process} and not step exists`);
  const ask = async () => (await server.ask<{ items: Entry[] }>(`/cache/entries?q=${q}`)).items;
  for (const { key } of await ask()) store.write(key, { ...(store.read(key) as object), execution_time: 77 });
  await expect.poll(async () => (await ask()).every(({ executionSeconds }) => executionSeconds === 77)).toBe(true);
}

test("a plan is published, a row is held back by its reader, and it is planned again before it is applied", async ({
  page,
  browser,
}) => {
  const before = stored();
  await openSignedIn(page, server, `/cache?q=${encodeURIComponent("process = train_sgd and not step exists")}`);
  await expect(new CachePage(page).rows).toHaveCount(2);
  await page.getByRole("button", { name: "Invalidate…" }).click();
  const { dialog, ...plan } = new InvalidateDialog(page);
  await new InvalidateDialog(page).plan("Exactly what I chose");
  await expect(plan.items).toHaveCount(2);
  await dialog.getByRole("button", { name: "Publish…" }).click();
  await dialog.getByRole("spinbutton").fill("3");
  await dialog.getByRole("textbox", { name: "Why" }).fill("before the release");
  expect(await brokenRules(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Publish", exact: true }).click();
  await expect(page).toHaveURL(/\/operations\/plans\//);
  const proposal = new ProposalPage(page);
  await expect(proposal.rows).toHaveCount(2);
  await expect(page.getByRole("main")).toContainText("before the release");
  await expect(page.getByRole("main")).toContainText(/Can be applied until .*20\d\d/);

  const reader = await openAnother(browser, page.url());
  const seen = new ProposalPage(reader);
  await seen.holdBack(seen.rows.first(), "my paper cites it");
  await expect(seen.rows.first()).toContainText("my paper cites it");
  await seen.holdBack(seen.rows.last(), "this one too");
  await expect(seen.rows.last()).toContainText("held back");
  await seen.release(seen.rows.last());
  await expect(seen.rows.last()).not.toContainText("held back");
  // Who published it sees it without asking again.
  await expect(proposal.rows.first()).toContainText("my paper cites it");
  expect(await brokenRules(reader)).toEqual([]);
  await reader.context().close();
  expect(stored()).toEqual(before);

  await writeAnew("train_sgd");
  await proposal.apply.click();
  const since = proposal.dialog.getByRole("region", { name: "Since it was proposed" });
  await expect(since).toContainText("1 written anew since, 1 held back");
  await since.getByText("Each difference").click();
  await expect(since.getByRole("row")).toHaveText([/written anew since/, /held back by local/]);
  await expect(proposal.dialog.getByRole("button", { name: "Take out 1 entry" })).toBeEnabled();
  expect(await brokenRules(page)).toEqual([]);
  await proposal.dialog.getByRole("button", { name: "Take out 1 entry" }).click();
  await expect(page.getByText("1 thing taken out.")).toBeVisible();
  await expect(page.getByRole("main")).toContainText("Applied by local");
  await expect(proposal.apply).toHaveCount(0);
  expect(before.size - stored().size).toBe(1);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("1 thing put back.")).toBeVisible();
});

test("proposals are listed with their state, and one is withdrawn", async ({ page }) => {
  await openSignedIn(page, server, `/cache?q=${encodeURIComponent("process = evaluate")}`);
  await page.getByRole("button", { name: "Invalidate…" }).click();
  const { dialog } = new InvalidateDialog(page);
  await new InvalidateDialog(page).plan("Run it once more");
  await dialog.getByRole("button", { name: "Publish…" }).click();
  await dialog.getByRole("button", { name: "Publish", exact: true }).click();
  const proposal = new ProposalPage(page);
  await expect(proposal.apply).toBeEnabled();

  const operations = new OperationsPage(page);
  await operations.open();
  await expect(page.getByRole("tab", { name: "Proposals 1" })).toBeVisible();
  await operations.show("Proposals");
  await expect(operations.row("Exactly what I chose")).toContainText("applied");
  expect(await brokenRules(page)).toEqual([]);
  await operations.choose("Run it once more");
  await page.getByRole("button", { name: "Withdraw" }).click();
  await expect(page.getByRole("main")).toContainText("Withdrawn by local");
  await expect(proposal.apply).toHaveCount(0);
  await operations.open();
  await operations.show("Audit");
  await expect(operations.row("withdraw plan")).toBeVisible();
  await expect(operations.row(/hold back.*my paper cites it/)).toBeVisible();
});

test("from a policy to the applied plan in at most eight presses", async ({ page }) => {
  const pressed = await countClicks(page);
  await openSignedIn(page, server, "/cache/ledger?policy=size&keep=0.0003");
  const ledger = new LedgerPage(page);
  await expect(ledger.policy).toContainText("would go");
  const before = await pressed();
  await ledger.policy.getByRole("link", { name: "Show these entries" }).click();
  await page.getByRole("button", { name: "Invalidate…" }).click();
  const dialog = new InvalidateDialog(page);
  await dialog.plan("Free space");
  const typed = dialog.dialog.getByRole("textbox", { name: /^Type/ });
  await expect(dialog.apply).toBeVisible();
  if (await typed.isVisible()) {
    await typed.click();
    await page.keyboard.type(
      (await typed.evaluate((box: HTMLInputElement) => box.labels?.[0]?.querySelector("b")?.textContent)) ?? "",
    );
  }
  await dialog.apply.click();
  await expect(page.getByText(/\d+ things? taken out/)).toBeVisible();
  expect((await pressed()) - before).toBeLessThanOrEqual(8);
});
