import { expect, test } from "playwright/test";
import { buildMillis } from "../lib/contracts/testing/object-store.ts";
import { CachePage } from "./pages/cache-page.ts";
import { ReconcilePage } from "./pages/reconcile-page.ts";
import { RunPage } from "./pages/run-page.ts";
import { RunsPage } from "./pages/runs-page.ts";
import { brokenRules } from "./support/broken-rules.ts";
import { type RecordedCloud, startRecordedCloud } from "./support/cloud.ts";
import { fixture } from "./support/fixtures.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";

test.describe("a project in Firestore and Google Cloud Storage, beside the same one in SQLite", () => {
  test.describe.configure({ mode: "serial" });
  let cloud: RecordedCloud;
  let server: TrialdeckServer;

  test.beforeAll(async () => {
    test.setTimeout(60_000 + buildMillis);
    cloud = await startRecordedCloud();
    const env = { ...process.env, ...cloud.env };
    server = await startTrialdeck([cloud.target, fixture("expops/sqlite-local")], { env });
    await untilIndexed(server);
  });
  test.afterAll(async () => {
    await server?.stop();
    await cloud?.stop();
  });

  test("runs of both stand in one table, each with its source", async ({ page }) => {
    await openSignedIn(page, server, "/runs");
    await expect(new RunsPage(page).rows).toHaveCount(12);
    await expect(page.getByRole("row").filter({ hasText: "firestore " })).toHaveCount(6);
    await expect(page.getByRole("row").filter({ hasText: "sqlite-local" })).toHaveCount(6);
  });

  test("a run that reused a result shows the curve of the run that made it, and says that the stored copy differs", async ({
    page,
  }) => {
    await openSignedIn(page, server, "/runs");
    await new RunsPage(page).row("51976b0d").getByRole("link").first().click();
    await expect(page.getByText(/copies of another run's/)).toBeVisible();
    await page.getByRole("tab", { name: "Metrics" }).click();
    const chart = new RunPage(page).chart("train_sgd ▸ train_loss");
    await expect(chart.card).toContainText("↺ from 1abc14b4");
    // The stored copy ends at 0.004508, run 3's own curve at 0.01891.
    await expect(chart.card).toContainText("0.0189");
  });

  test("a chart's object is shown out of the bucket", async ({ page }) => {
    await openSignedIn(page, server, "/artifacts?q=name ~ score_bars.png");
    await page
      .getByRole("row", { name: /score_bars\.png/ })
      .first()
      .click();
    const picture = page.getByRole("img", { name: /score_bars\.png/ });
    await expect(picture).toBeVisible();
    await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);
  });

  test("its entries are in the cache, with a life that nobody obeys", async ({ page }) => {
    await openSignedIn(page, server, "/cache");
    await expect(new CachePage(page).says("48 entries")).toBeVisible();
    await expect(page.getByText("not enforced").first()).toBeVisible();
    const reconcile = new ReconcilePage(page);
    await openSignedIn(page, server, "/cache/reconcile?kind=expiry");
    await expect(reconcile.rows.first()).toContainText("Its store does not remove it");
  });

  test("nothing in the bucket is called an orphan before an admin says that all its indexes are connected", async ({
    page,
  }) => {
    await openSignedIn(page, server, "/cache/reconcile?kind=payload");
    const reconcile = new ReconcilePage(page);
    const unconfirmed = reconcile.list.getByText(
      "Nobody has confirmed that all indexes of gs://lab-bucket are connected",
    );
    await expect(unconfirmed).toBeVisible();
    await reconcile.buckets.getByRole("button", { name: "Confirm…" }).click();
    const dialog = page.getByRole("dialog", { name: "Are all indexes connected?" });
    await expect(dialog.getByRole("listitem")).toHaveText([/firestore/]);
    expect(await brokenRules(page)).toEqual([]);
    await dialog.getByRole("button", { name: "All of them are connected" }).click();
    await expect(reconcile.buckets).toContainText("All its indexes are connected, as local confirmed");
    await expect(unconfirmed).toHaveCount(0);
    expect(await brokenRules(page)).toEqual([]);

    await reconcile.buckets.getByRole("button", { name: "Revoke" }).click();
    await expect(unconfirmed).toBeVisible();
    const { items } = await server.ask<{ items: { action: string; by: string; subject: string }[] }>("/audit");
    expect(items).toMatchObject([
      { action: "revoke bucket", by: "local", subject: "gs://lab-bucket" },
      { action: "confirm bucket", by: "local", subject: "gs://lab-bucket" },
    ]);
  });
});
