import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "playwright/test";
import { type FirestoreEmulator, startFirestoreEmulator } from "../lib/contracts/testing/firestore-emulator.ts";
import { OverviewPage } from "./pages/overview-page.ts";
import { RunsPage } from "./pages/runs-page.ts";
import { putDocument } from "./support/documents.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { type SourceAnswer, startTrialdeck, type TrialdeckServer } from "./support/trialdeck-server.ts";

const readsPerHour = 300;
const runs = 240;
const nameOf = (at: number) => `project-lab-20261121${String(100_000 + at)}-${String(at).padStart(8, "0")}`;

test.describe("a project with more documents than may be read within an hour", () => {
  test.describe.configure({ mode: "serial" });
  let emulator: FirestoreEmulator;
  let server: TrialdeckServer;
  let folder: string;

  const start = () => {
    const options = {
      env: { ...process.env, FIRESTORE_EMULATOR_HOST: emulator.host },
      args: ["--config", join(folder, "trialdeck.config.yaml")],
      stateDir: join(folder, "state"),
    };
    return startTrialdeck([], options);
  };

  test.beforeAll(async () => {
    test.setTimeout(120_000);
    emulator = await startFirestoreEmulator();
    const project = emulator.newProject();
    const lab = "mlops_projects/lab";
    const write = (path: string, fields: Parameters<typeof putDocument>[3]) =>
      putDocument(emulator.host, project, `${lab}/${path}`, fields);
    const fit = "p_Ly9wcm9jZXNzW0BuYW1lPSdmaXQnXQ";
    for (let at = 0; at < runs; at++) {
      const process = { status: "completed", process_name: "//process[@name='fit']", step_name: "__process__" };
      await Promise.all([
        write(`runs/${nameOf(at)}`, { status: "completed", last_updated: at * 3_600 }),
        write(`runs/${nameOf(at)}/steps/${fit}.p_X19wcm9jZXNzX18`, { ...process, execution_time: 1 }),
        write(`metric/${nameOf(at)}/probes_by_path/${fit}`, { loss: { 1: at + 0.5, 2: at + 0.25 } }),
      ]);
    }
    folder = await mkdtemp(join(tmpdir(), "budget-"));
    const settings = `sources: [{target: "firestore://${project}", readsPerHour: ${readsPerHour}}]\n`;
    await writeFile(join(folder, "trialdeck.config.yaml"), settings);
    server = await start();
  });
  test.afterAll(async () => {
    await server?.stop();
    await emulator?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const source = async () => (await server.ask<{ items: SourceAnswer[] }>("/sources")).items[0]!;
  const hint = async () => (await source()).hints.join(" ");
  /** Runs that are read as a whole, as the source says. */
  const readWhole = async () => Number(/(\d+) of 240 runs are read/.exec(await hint())?.[1]);

  test("shows all its runs, and says how far reading them is", async ({ page }) => {
    await expect.poll(hint, { timeout: 30_000 }).toMatch(/27\d documents were read within the hour, .* of 240 runs/);
    expect((await source()).indexed.runs).toBe(runs);
    await openSignedIn(page, server, "/");
    await expect(new OverviewPage(page).sources.getByText(/of 240 runs are read as a whole/)).toBeVisible();
  });

  test("reads a run that is opened, far down the list, out of what is kept for that", async ({ page }) => {
    const before = await readWhole();
    await openSignedIn(page, server, "/runs?q=name~00000007");
    await new RunsPage(page).row("00000007").getByRole("link").first().click();
    await page.getByRole("tab", { name: "Metrics" }).click();
    await expect(page.getByRole("region", { name: /loss$/ })).toContainText("7.25");
    await expect(page.getByText("still to be read")).toBeHidden();
    await expect.poll(readWhole).toBeGreaterThan(before);
  });

  test("fills rows as they come into view, as far as that reaches", async ({ page }) => {
    const before = await readWhole();
    await openSignedIn(page, server, "/runs?sort=started");
    const table = new RunsPage(page);
    await expect(table.rows.first()).toContainText("00000000");
    await expect.poll(readWhole).toBeGreaterThan(before);
    await expect(table.rows.getByRole("img", { name: "still to be read" }).first()).toBeVisible();
  });

  test("goes on counting where it was when it is started again", async () => {
    await server.stop();
    server = await start();
    await expect.poll(hint).toMatch(/documents were read within the hour/);
    expect((await source()).indexed.runs).toBe(runs);
    const counted = Number(/^.*?(\d+) documents were read/.exec(await hint())?.[1]);
    expect(counted).toBeGreaterThanOrEqual(270);
    expect(counted).toBeLessThanOrEqual(readsPerHour + 5);
  });
});
