import { readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "playwright/test";
import { AdditionDialog } from "./pages/addition-dialog.ts";
import { EntryPage } from "./pages/entry-page.ts";
import { OperationsPage } from "./pages/operations-page.ts";
import { ReconcilePage } from "./pages/reconcile-page.ts";
import { RunPage } from "./pages/run-page.ts";
import { type ChangedStore, changedStores } from "./support/changed-store.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";

interface Lost {
  entryId: string;
  source: string;
  runId: string;
}

/** What axe finds on a page. */
async function brokenRules(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`));
}

/** A file that is younger than an hour may still wait for its entry. */
function makeOld(folder: string): void {
  const long = new Date("2026-01-01T00:00:00Z");
  for (const item of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (item.isFile() && !item.name.startsWith("metrics.sqlite"))
      utimesSync(join(item.parentPath, item.name), long, long);
}

/** A record's content, without its life or its time of writing. */
const textsOf = (stored: ReadonlyMap<string, string>) =>
  [...stored].map(([key, text]) => [key, text.slice(0, text.lastIndexOf(" "))]);

for (const { name, open } of changedStores) {
  test.describe(`reviving on ${name}`, () => {
    test.describe.configure({ mode: "serial" });
    let store: ChangedStore;
    let server: TrialdeckServer;
    let whole: Map<string, string>;
    let lost: Lost;

    test.beforeAll(async () => {
      store = await open();
      makeOld(store.files);
      whole = await store.entries();
      const [key] = [...whole.keys()].filter((one) => one.includes("process://process[@name='train_sgd']"));
      await store.lose(key!);
      server = await startTrialdeck([store.target]);
      await untilIndexed(server);
      const { items } = await server.ask<{ items: { id: string }[] }>("/sources");
      lost = (await server.ask<{ items: Lost[] }>(`/sources/${items[0]!.id}/cache/lost`)).items[0]!;
    });
    test.afterAll(async () => {
      await server?.stop();
      await store?.stop();
    });

    test("an entry that is gone comes back from its own page as it was, and Undo takes it out again", async ({
      page,
    }) => {
      const before = await store.entries();
      expect(before.size).toBe(whole.size - 1);
      await openSignedIn(page, server, `/cache/${lost.source}/${lost.entryId}`);
      const dialog = new AdditionDialog(page);
      await expect(dialog.offer).toContainText(/the file of its result is still there: reviving it saves 2\.\d\d s/);
      expect(await brokenRules(page)).toEqual([]);
      await dialog.revive();
      await expect(dialog.fact("Comes back")).toHaveText("1 entry, as the run that made it recorded it");
      await expect(dialog.fact("Saves")).toContainText(/^2\.\d\d s of making it again/);
      await expect(dialog.fact("Lives")).toHaveText(name === "Redis" ? /^for 1 d/ : "as long as it is not removed");
      await expect(dialog.items).toHaveText(/train_sgd/);
      await expect(dialog.dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
      expect(await brokenRules(page)).toEqual([]);
      expect(await store.entries()).toEqual(before);

      await dialog.apply.click();
      await expect(page.getByText("1 entry revived.")).toBeVisible();
      await expect(new EntryPage(page).title).toHaveText("train_sgd");
      expect(textsOf(await store.entries())).toEqual(textsOf(whole));

      await dialog.undo.click();
      await expect(page.getByText("Undone for 1 entry.")).toBeVisible();
      expect(await store.entries()).toEqual(before);
      const operations = new OperationsPage(page);
      await operations.open();
      await operations.choose(/^Revival/);
      await expect(operations.panel).toContainText("1 undone");
      await expect(operations.row("Undo of a revival")).toBeVisible();
    });

    test("what someone took out is put back by that operation, and is not revived", async ({ page }) => {
      await openSignedIn(page, server, `/runs/${lost.source}/${lost.runId}?why=train_sgd`);
      const dialog = new AdditionDialog(page);
      await expect(new RunPage(page).why).toContainText("The entry is gone, but the file of its result is still there");
      await dialog.revive();
      await expect(dialog.dialog).toContainText(/took it out at .*Operations can put it back/);
      await dialog.dialog.getByRole("button", { name: "Cancel" }).click();
      await page.keyboard.press("Escape");
      const operations = new OperationsPage(page);
      await operations.open();
      await operations.choose("Undo of a revival");
      await operations.panel.getByRole("button", { name: "Put back" }).click();
      await expect(page.getByText("1 thing put back.")).toBeVisible();
      expect(textsOf(await store.entries())).toEqual(textsOf(whole));
    });
  });
}

test("files whose entries can be made anew are marked in Reconcile, and come back together", async ({ page }) => {
  const store = await changedStores[0]!.open();
  makeOld(store.files);
  const whole = await store.entries();
  // That of a run which failed has no result that could come back.
  const forest = [...whole].filter(([key, text]) => key.includes("train_forest") && text.includes('"completed"'));
  const gone = forest.map(([key]) => key);
  for (const key of gone) await store.lose(key);
  const server = await startTrialdeck([store.target]);
  try {
    await untilIndexed(server);
    await openSignedIn(page, server, "/cache/reconcile?kind=payload");
    const reconcile = new ReconcilePage(page);
    const dialog = new AdditionDialog(page);
    await expect(reconcile.rows.filter({ hasText: "can be revived" })).toHaveCount(gone.length);
    expect(await brokenRules(page)).toEqual([]);
    await reconcile.list.getByRole("button", { name: "Revive…" }).click();
    await expect(dialog.fact("Comes back")).toContainText(`${gone.length} entries`);
    await dialog.apply.click();
    await expect(page.getByText(`${gone.length} entries revived.`)).toBeVisible();
    await expect(reconcile.rows).toHaveCount(0);
    expect(textsOf(await store.entries())).toEqual(textsOf(whole));
  } finally {
    await server.stop();
    await store.stop();
  }
});
