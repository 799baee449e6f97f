import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "playwright/test";
import { copyFixture, fixture } from "./support/fixtures.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck, untilIndexed } from "./support/trialdeck-server.ts";

test.describe.configure({ timeout: 120_000 });

interface SourceAnswer {
  readOnly: boolean;
  indexed: { runs: number; entries: number };
}

test("a second server on the same state reads only, names the first, and leaves the state as it is", async ({
  page,
}) => {
  const stateDir = await mkdtemp(join(tmpdir(), "state-"));
  const targets = [fixture("expops/versions/workspace")];
  const first = await startTrialdeck(targets, { stateDir });
  try {
    await untilIndexed(first);
    const before = await readdir(stateDir);
    const second = await startTrialdeck(targets, { stateDir });
    try {
      expect(second.output()).toContain(`process ${first.process.pid}`);
      expect(second.output()).toContain(first.origin);
      expect(second.output()).toContain("only reads");
      await untilIndexed(second);
      const { items } = await second.ask<{ items: SourceAnswer[] }>("/sources");
      expect(items).toMatchObject([{ readOnly: true, indexed: { runs: 12 } }]);
      await openSignedIn(page, second, "/runs");
      await expect(page.getByText("12 runs", { exact: true })).toBeVisible();
      expect((await readdir(stateDir)).sort()).toEqual(before.sort());
    } finally {
      await second.stop();
    }
    // The lock is still the first one's.
    expect(JSON.parse(await readFile(join(stateDir, "server.lock"), "utf8"))).toMatchObject({ pid: first.process.pid });
    expect((await first.ask<{ items: SourceAnswer[] }>("/sources")).items).toMatchObject([{ readOnly: false }]);
  } finally {
    await first.stop();
    await rm(stateDir, { recursive: true, force: true });
  }
});

test("the catalog is only a memory: deleted between two starts, nothing is missing", async () => {
  const stateDir = await mkdtemp(join(tmpdir(), "state-"));
  const workspace = await copyFixture("expops/versions/workspace");
  const read = async () => {
    const server = await startTrialdeck([workspace.path], { stateDir });
    try {
      await untilIndexed(server);
      const { items } = await server.ask<{ items: object[] }>("/runs?limit=100&sort=name");
      const entries = await server.ask<{ items: object[] }>("/cache/entries?limit=1000&sort=key");
      return { runs: items, entries: entries.items, token: server.token };
    } finally {
      await server.stop();
      expect(server.process.exitCode).toBe(0);
    }
  };
  try {
    const before = await read();
    expect(before.runs).toHaveLength(12);
    for (const name of (await readdir(stateDir)).filter((file) => file.startsWith("catalog")))
      await rm(join(stateDir, name));
    // The token too: a browser that is signed in stays so.
    expect(await read()).toEqual(before);
    expect(await readdir(stateDir)).toContain("catalog.sqlite");
  } finally {
    await workspace.remove();
    await rm(stateDir, { recursive: true, force: true });
  }
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`${signal} ends it cleanly, also with pages open`, async ({ page }) => {
    const stateDir = await mkdtemp(join(tmpdir(), "state-"));
    const server = await startTrialdeck([fixture("expops/versions/workspace")], { stateDir });
    try {
      await openSignedIn(page, server, "/runs");
      await expect(page.getByText("12 runs", { exact: true })).toBeVisible();
      await expect(page.getByRole("button", { name: /^live/ })).toBeVisible();
      const ended = new Promise((resolve) => server.process.once("exit", (code, by) => resolve([code, by])));
      server.process.kill(signal);
      expect(await ended).toEqual([0, null]);
      expect(server.output()).not.toMatch(/error|unhandled/i);
      const left = await readdir(stateDir);
      expect(left).not.toContain("server.lock");
      expect(left.filter((name) => /-(wal|shm)$/.test(name))).toEqual([]);
      await expect(page.getByRole("button", { name: /^reconnecting/ })).toBeVisible();
      await expect(page.getByText("12 runs", { exact: true })).toBeVisible();
    } finally {
      await server.stop();
      await rm(stateDir, { recursive: true, force: true });
    }
  });
}
