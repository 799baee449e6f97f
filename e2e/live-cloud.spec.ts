import { expect, test } from "playwright/test";
import { type FirestoreEmulator, startFirestoreEmulator } from "../lib/contracts/testing/firestore-emulator.ts";
import { buildMillis, type ObjectStore, startObjectStore } from "../lib/contracts/testing/object-store.ts";
import { installExpops, type LiveWorkspace, openLiveWorkspace, runTool, type ToolRun } from "./support/expops.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";
import { expectRoundsToGrow, expectStatus, roundsOnPage } from "./support/watched-run.ts";

const bucket = "tide-bucket";

test.describe("while ExpOps runs on Firestore and Google Cloud Storage", () => {
  test.describe.configure({ mode: "serial", timeout: 180_000 });
  let emulator: FirestoreEmulator;
  let objects: ObjectStore;
  let workspace: LiveWorkspace;
  let server: TrialdeckServer;
  let python: string;
  let tool: ToolRun;
  let addresses: Record<string, string>;

  test.beforeAll(async () => {
    test.setTimeout(600_000 + buildMillis);
    python = await installExpops();
    emulator = await startFirestoreEmulator();
    objects = await startObjectStore();
    await objects.makeBucket(bucket);
    const project = emulator.newProject();
    addresses = { FIRESTORE_EMULATOR_HOST: emulator.host, STORAGE_EMULATOR_HOST: objects.url };
    const index = `type: gcp\n      gcp_project: ${project}`;
    workspace = await openLiveWorkspace(`${index}\n    object_store:\n      type: gcs\n      bucket: ${bucket}`);
    server = await startTrialdeck([`firestore://${project}+gs://${bucket}+${workspace.path}`], {
      env: { ...process.env, ...addresses },
    });
  });
  test.afterAll(async () => {
    await tool?.kill();
    await server?.stop();
    await objects?.stop();
    await emulator?.stop();
    await workspace?.remove();
  });

  test("a run appears without a reload, grows on its open page, and ends", async ({ page }) => {
    await openSignedIn(page, server, "/runs");
    await expect(page.getByText("No runs yet")).toBeVisible();
    await page.evaluate(() => document.documentElement.setAttribute("data-same-page", "yes"));
    await workspace.watch(true);
    tool = runTool(python, workspace, addresses);

    const row = page.getByRole("row", { name: /project-tide-lab-/ });
    await expect(row).toContainText("running", { timeout: 90_000 });
    await row.getByRole("link").click();
    await page.getByRole("tab", { name: "Metrics" }).click();
    await expect(page.getByRole("region", { name: /round$/ })).toBeVisible({ timeout: 60_000 });
    await expectRoundsToGrow(page);

    await workspace.watch(false);
    expect(await tool.ended, tool.output()).toBe(0);
    await expectStatus(page, "completed");
    await expect(page.getByText("All 4 ran, nothing was reused")).toBeVisible();
    await expect.poll(() => roundsOnPage(page)).toBeGreaterThan(3);
    expect(await page.locator("html").getAttribute("data-same-page")).toBe("yes");
  });

  test("its entries are in the cache, each with the object that it names", async () => {
    await untilIndexed(server);
    const readEntries = async () => {
      const { items } = await server.ask<{
        items: { step: string | null; state: string; bytes: number | null; ttl: { enforced: boolean } | null }[];
      }>("/cache/entries");
      return items
        .map(({ step, state, bytes, ttl }) => [step ?? "process", state, (bytes ?? 0) > 0, ttl?.enforced])
        .sort();
    };
    await expect
      .poll(readEntries, { timeout: 60_000 })
      .toEqual([
        ["descend", "usable", true, false],
        ...Array.from({ length: 4 }, () => ["process", "usable", true, false]),
      ]);
  });

  test("a rerun is reused as a whole", async ({ page }) => {
    await openSignedIn(page, server, "/runs");
    await expect(page.getByRole("row", { name: /project-tide-lab-/ })).toHaveCount(1);
    tool = runTool(python, workspace, addresses);
    expect(await tool.ended, tool.output()).toBe(0);
    await expect(page.getByRole("row", { name: /project-tide-lab-/ })).toHaveCount(2, { timeout: 30_000 });
    const newest = page.getByRole("row", { name: /project-tide-lab-/ }).first();
    await expect(newest).toContainText("4 of 4", { timeout: 30_000 });
    await expect(newest).toContainText("completed");
  });
});
