import { appendFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "playwright/test";
import { InvalidateDialog } from "./pages/invalidate-dialog.ts";
import { ReconcilePage } from "./pages/reconcile-page.ts";
import { brokenRules } from "./support/broken-rules.ts";
import { readSqliteEntries } from "./support/changed-store.ts";
import { openWineLab, type Store } from "./support/plant-store.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";

/** Wine-lab, whose models another run has written over, and whose config asks for lives that SQLite does not obey. */
async function openDrifted(): Promise<Store> {
  const store = await openWineLab();
  store.close();
  const project = join(store.path, "wine-lab");
  const models = readdirSync(project, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".joblib"));
  expect(models.length).toBeGreaterThan(1);
  for (const name of models) appendFileSync(join(project, name), "more than before");
  const config = join(project, "configs", "project_config.yaml");
  writeFileSync(config, readFileSync(config, "utf8").replace("  cache:\n", "  cache:\n    ttl_hours: 1\n"));
  return store;
}

test.describe.configure({ mode: "serial" });
let store: Store;
let server: TrialdeckServer;
const stored = () => readSqliteEntries(join(store.path, "wine-lab", ".wine-lab", "metrics.sqlite"));

test.beforeAll(async () => {
  store = await openDrifted();
  server = await startTrialdeck([store.path]);
  await untilIndexed(server);
});
test.afterAll(async () => {
  await server?.stop();
  await store?.remove();
});

test("a model of another size than its result says is told with both sizes, and mended by a plan", async ({ page }) => {
  const before = stored();
  const reconcile = new ReconcilePage(page);
  await openSignedIn(page, server, "/cache/reconcile");
  await expect(reconcile.tab("Other size")).toContainText(/\d/);
  await reconcile.tab("Other size").click();
  await expect(page).toHaveURL(/kind=size/);
  await expect(reconcile.rows.first()).toContainText("train_forest");
  await expect(reconcile.rows.first()).toContainText(
    /says that a model of it holds [\d,]+ bytes; what is stored holds/,
  );
  expect(await brokenRules(page)).toEqual([]);

  const dialog = new InvalidateDialog(page);
  await reconcile.mend("Repair…");
  await expect(dialog.fact("Wanted")).toHaveText("Repair");
  await expect(dialog.items.first()).toContainText("train_forest");
  await dialog.apply.click();
  await expect(dialog.undo).toBeVisible();
  const gone = [...before.keys()].filter((key) => !stored().has(key));
  expect(gone.length).toBeGreaterThan(0);
  expect(gone.every((key) => key.includes("train_forest"))).toBe(true);
  await expect(reconcile.list).toContainText("Nothing to mend");
  await dialog.undo.click();
  await expect.poll(stored).toEqual(before);
});

test("entries whose life is over are listed by their end, narrowed by a filter, and planned to go", async ({
  page,
}) => {
  const reconcile = new ReconcilePage(page);
  await openSignedIn(page, server, "/cache/reconcile?kind=expiry");
  const count = String(stored().size);
  await expect(reconcile.tab("Not expired")).toContainText(count);
  await expect(reconcile.rows.first()).toContainText("Its store does not remove it, and serves it still.");
  expect(await brokenRules(page)).toEqual([]);

  await page.getByRole("combobox", { name: "Filter what does not agree" }).fill("process = evaluate");
  await page.keyboard.press("Enter");
  await expect(reconcile.tab("Not expired")).not.toContainText(count);
  await expect(reconcile.rows.first()).toContainText("evaluate");
  await reconcile.mend("Take out…");
  const dialog = new InvalidateDialog(page);
  await expect(dialog.fact("Wanted")).toHaveText("Free space");
  await expect(dialog.items.first()).toContainText("evaluate");
});
