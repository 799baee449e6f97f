import { expect, test } from "playwright/test";
import { type FirestoreEmulator, startFirestoreEmulator } from "../lib/contracts/testing/firestore-emulator.ts";
import { buildMillis, type ObjectStore, startObjectStore } from "../lib/contracts/testing/object-store.ts";
import { installExpops, type LiveWorkspace, openLiveWorkspace, runTool, type ToolRun } from "./support/expops.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";
import { roundsOnPage, watchFirstRun, watchReuse } from "./support/watched-run.ts";

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
  const startTool = () => {
    tool = runTool(python, workspace, { env: addresses });
    return tool;
  };

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
    await watchFirstRun(page, server, workspace, startTool);
    await expect.poll(() => roundsOnPage(page)).toBeGreaterThan(3);
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
    await watchReuse(page, server, startTool);
  });
});
