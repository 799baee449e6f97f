import { cp, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "playwright/test";
import { fixture } from "./support/fixtures.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck } from "./support/trialdeck-server.ts";

/** Puts a project into a workspace at once, as a clone or a copy that is finished would. */
async function bringProject(from: string, workspace: string): Promise<void> {
  const name = from.split("/").at(-1) ?? "";
  const beside = await mkdtemp(join(tmpdir(), "project-"));
  await cp(fixture(from), join(beside, name), { recursive: true });
  await rename(join(beside, name), join(workspace, name));
  await rm(beside, { recursive: true });
}

test("runs that are found just after the table was read for the first time are shown", async ({ page }) => {
  test.setTimeout(120_000);
  const folder = await mkdtemp(join(tmpdir(), "workspace-"));
  const server = await startTrialdeck([folder]);
  try {
    // The page asks for its table, and then for what is newest: in between the runs come.
    await page.route(
      /columns=%5B%5D/,
      async (route) => {
        await bringProject("expops/sqlite-local/wine-lab", folder);
        await expect
          .poll(async () => (await server.ask<{ items: [] }>("/runs")).items.length, { timeout: 60_000 })
          .toBe(6);
        await route.continue();
      },
      { times: 1 },
    );
    await openSignedIn(page, server, "/runs");
    await expect(page.getByRole("row", { name: /project-wine-lab-/ })).toHaveCount(6, { timeout: 60_000 });
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

test("a folder without a project says so, and projects that come into it show up by themselves", async ({ page }) => {
  test.setTimeout(120_000);
  const folder = await mkdtemp(join(tmpdir(), "workspace-"));
  await mkdir(join(folder, "notes"));
  const server = await startTrialdeck([folder]);
  try {
    await openSignedIn(page, server, "/runs");
    await expect(page.getByText("holds nothing that Trialdeck knows")).toBeVisible();
    await expect(page.getByText("Name an ExpOps workspace")).toBeVisible();
    await bringProject("expops/sqlite-local/wine-lab", folder);
    const runs = page.getByRole("main").getByText(/^\d+ runs$/);
    await expect(runs).toHaveText("6 runs", { timeout: 60_000 });
    await bringProject("expops/versions/workspace/spill-lab", folder);
    await expect(runs).toHaveText("18 runs", { timeout: 60_000 });
    await expect(page.getByRole("row", { name: /project-spill-lab-/ }).first()).toBeVisible();
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
