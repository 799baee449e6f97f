import { expect, test } from "playwright/test";
import { RunsPage } from "./pages/runs-page.ts";
import { startHoldingProxy } from "./support/holding-proxy.ts";
import { openWineLab } from "./support/plant-store.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck, untilIndexed } from "./support/trialdeck-server.ts";

test("behind a proxy that holds the stream back, changes still show, and the page says how often it looks", async ({
  page,
}) => {
  const store = await openWineLab();
  const server = await startTrialdeck([store.path]);
  const proxy = await startHoldingProxy(server.origin);
  try {
    await untilIndexed(server);
    await openSignedIn(page, { ...server, origin: proxy.origin }, "/runs");
    await expect(new RunsPage(page).rows).toHaveCount(6);
    await expect(page.getByRole("button", { name: /every 10 s.*live updates/ })).toBeVisible({ timeout: 15_000 });

    const run = "project-wine-lab-20261121120000-0000000f";
    store.write(`runs:${run}:status`, "completed");
    store.write(`runs:${run}:timestamps`, { start: null, end: Date.now() / 1000 });
    await expect(new RunsPage(page).rows).toHaveCount(7, { timeout: 20_000 });
  } finally {
    await proxy.stop();
    await server.stop();
    store.close();
    await store.remove();
  }
});
