import { copyFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "playwright/test";
import { copyFixture, fixture } from "./support/fixtures.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";

interface SourceAnswer {
  status: string;
  indexed: { runs: number };
  error?: { code: string; message: string; remedy?: string };
}

const recorded = fixture("expops/sqlite-local/wine-lab/.wine-lab/metrics.sqlite");
const newRun = "project-wine-lab-20261122000000-0badf00d";

test.describe("a database that changes under the reader", () => {
  test.describe.configure({ mode: "serial", timeout: 120_000 });
  let workspace: { path: string; remove(): Promise<void> };
  let database: string;
  let server: TrialdeckServer;

  test.beforeAll(async () => {
    workspace = await copyFixture("expops/sqlite-local");
    database = join(workspace.path, "wine-lab/.wine-lab/metrics.sqlite");
    for (const suffix of ["-wal", "-shm"]) await rm(database + suffix, { force: true });
    const writer = new DatabaseSync(database);
    // With a rollback journal a writer locks readers out.
    writer.exec("PRAGMA journal_mode = DELETE");
    writer.close();
    server = await startTrialdeck([`sqlite:${database}`, fixture("expops/versions/workspace")]);
    await untilIndexed(server);
  });
  test.afterAll(async () => {
    await server?.stop();
    await workspace?.remove();
  });

  const readSources = async () => (await server.ask<{ items: SourceAnswer[] }>("/sources")).items;
  const readNames = async () => {
    const { items } = await server.ask<{ items: { name: string }[] }>("/runs?limit=100&q=wine-lab");
    return items.map(({ name }) => name);
  };

  test("is locked by a writer: what is there stays, and what was written shows when the lock is gone", async ({
    page,
  }) => {
    await openSignedIn(page, server, "/runs");
    await expect(page.getByText("18 runs")).toBeVisible();
    const writer = new DatabaseSync(database);
    writer.exec("BEGIN EXCLUSIVE");
    const insert = writer.prepare("INSERT INTO kv VALUES (?, ?, ?)");
    insert.run(`runs:${newRun}:status`, '"completed"', Date.now() / 1000);
    insert.run(`runs:${newRun}:timestamps`, '{"start": null, "end": 1795305600}', Date.now() / 1000);
    // Asked what only the store knows, the answer does not wait for the lock.
    const { items } = await server.ask<{ items: { source: string; id: string }[] }>("/runs?limit=100&q=wine-lab");
    await server.ask(`/sources/${items[0]?.source}/runs/${items[0]?.id}`);
    expect(await readNames()).toHaveLength(6);
    expect((await readSources())[1]).toMatchObject({ status: "ready", indexed: { runs: 12 } });
    writer.exec("COMMIT");
    writer.close();
    await expect(page.getByRole("row", { name: new RegExp(newRun) })).toBeVisible();
    await expect.poll(async () => (await readSources())[0]).toMatchObject({ status: "ready", indexed: { runs: 7 } });
  });

  test("is replaced by another file of its name: that one is shown", async () => {
    await copyFile(recorded, `${database}.new`);
    await rename(`${database}.new`, database);
    await expect.poll(readNames).not.toContain(newRun);
    await expect.poll(async () => (await readSources())[0]).toMatchObject({ status: "ready", indexed: { runs: 6 } });
  });

  test("is deleted: that is told, what was read stays, and nothing is put in its place", async ({ page }) => {
    await openSignedIn(page, server, "/runs");
    await rm(database);
    await expect
      .poll(async () => (await readSources())[0])
      .toMatchObject({
        status: "unreachable",
        indexed: { runs: 6 },
        error: {
          code: "source_unavailable",
          message: expect.stringContaining("gone"),
          remedy: expect.stringContaining("Put"),
        },
      });
    await expect(page.getByRole("button", { name: /unreachable/ })).toBeVisible();
    await expect(page.getByText("18 runs")).toBeVisible();
    await expect(copyFile(database, `${database}.copy`)).rejects.toThrow("ENOENT");
    expect((await readSources())[1]).toMatchObject({ status: "ready" });
  });

  test("comes back: it is read again by itself", async ({ page }) => {
    await openSignedIn(page, server, "/runs");
    await copyFile(recorded, database);
    await expect.poll(async () => (await readSources())[0]).toMatchObject({ status: "ready", indexed: { runs: 6 } });
    await expect(page.getByRole("button", { name: /unreachable/ })).toHaveCount(0);
  });
});
