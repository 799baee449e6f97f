import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, test as base, expect } from "playwright/test";
import { fixture } from "./fixtures.ts";
import { addCharts, addSeries, codecFixture, openWineLab } from "./plant-store.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./trialdeck-server.ts";
import { wineRuns } from "./wine-lab.ts";

export { expect };

const bundledWorkspace = fileURLToPath(new URL("../../bundled/workspace", import.meta.url));

/** What no page may ever do. */
export interface Misdeeds {
  /** Requests to any other host than the server's. */
  foreign: string[];
  /** What the content security policy stopped. */
  violations: string[];
  /** Uncaught errors, hydration errors. */
  errors: string[];
  /** `alert` and its kin. */
  dialogs: string[];
}

/** Signs a browser in by the token, as the sign-in form does. */
export async function signIn(context: BrowserContext, server: TrialdeckServer): Promise<void> {
  const answer = await context.request.post(`${server.origin}/api/v1/sign-in`, {
    headers: { authorization: `Bearer ${server.token}` },
  });
  expect(answer.ok()).toBe(true);
}

/** Notes what the pages of a browser do that they must not. */
export function watch(context: BrowserContext, origin: string): Misdeeds {
  const seen: Misdeeds = { foreign: [], violations: [], errors: [], dialogs: [] };
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== "data:" && url.protocol !== "blob:") seen.foreign.push(url.href);
  });
  context.on("console", (message) => {
    if (/content security policy/i.test(message.text())) seen.violations.push(message.text());
    else if (message.type() === "error" && /hydrat|react/i.test(message.text())) seen.errors.push(message.text());
  });
  context.on("weberror", (error) => seen.errors.push(String(error.error())));
  context.on("dialog", (dialog) => {
    seen.dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  return seen;
}

/** The one browser of a worker: what it has loaded of the pages' code need not be loaded for each test. */
interface KeptBrowser {
  context: BrowserContext;
  /** What it holds when it has just been signed in. */
  fresh: Awaited<ReturnType<BrowserContext["storageState"]>>;
  misdeeds: Misdeeds;
}

async function openBrowser(browser: Browser, server: TrialdeckServer): Promise<KeptBrowser> {
  const context = await browser.newContext();
  await signIn(context, server);
  return { context, fresh: await context.storageState(), misdeeds: watch(context, server.origin) };
}

/** A curve that falls with one upward spike, so long that it is drawn from buckets. */
function longCurve(): number[] {
  return Array.from({ length: 20_000 }, (_, index) => (index === 12_345 ? 9 : 1 / (1 + index / 500)));
}

/**
 * One server a worker, on the bundled project, on wine-lab (with a few planted files and one long series) and on spill-lab. Each
 * test finds its browser signed in, with nothing kept of the test before, and fails when a page of it misbehaves.
 */
export const test = base.extend<
  { misdeeds: Misdeeds },
  { server: TrialdeckServer; kept: { browser: KeptBrowser | null } }
>({
  kept: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs off its first argument
    async ({}, use) => {
      const kept: { browser: KeptBrowser | null } = { browser: null };
      await use(kept);
      await kept.browser?.context.close();
    },
    { scope: "worker" },
  ],
  context: async ({ browser, kept, server }, use) => {
    // Only within a test is it known what a browser is to be like.
    kept.browser ??= await openBrowser(browser, server);
    const { context, fresh } = kept.browser;
    await context.setStorageState(fresh);
    await use(context);
    for (const page of context.pages()) await page.close();
  },
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs off its first argument
    async ({}, use) => {
      const store = await openWineLab();
      addCharts(store, wineRuns.first, "score_bars", {
        "summary.json": JSON.stringify({ best: "forest", scores: [0.97, 0.98], nested: { deep: [1, 2, 3] } }),
        "weights.npy": codecFixture("array-little-f4.npy"),
      });
      addSeries(store, wineRuns.first, "//process[@name='train_sgd']/step[@name='fit_sgd']", {
        long_loss: longCurve(),
      });
      store.close();
      const server = await startTrialdeck([bundledWorkspace, store.path, fixture("expops/versions/workspace")]);
      await untilIndexed(server);
      await use(server);
      await server.stop();
      await store.remove();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  baseURL: async ({ server }, use) => use(server.origin),
  misdeeds: [
    async ({ context: _, kept }, use) => {
      const seen = kept.browser!.misdeeds;
      for (const list of Object.values(seen)) list.length = 0;
      await use(seen);
      expect(seen).toEqual({ foreign: [], violations: [], errors: [], dialogs: [] });
    },
    { auto: true },
  ],
});

/** Ids of what the API lists, by name. */
export async function findRun(server: TrialdeckServer, name: string): Promise<{ source: string; id: string }> {
  const { items } = await server.ask<{ items: { source: string; id: string; name: string }[] }>("/runs?limit=1000");
  const found = items.find((run) => run.name === name);
  if (!found) throw new Error(`No run is named ${name}`);
  return found;
}

/** The source with a given end of its label. */
export async function findSource(server: TrialdeckServer, label: RegExp): Promise<string> {
  const { items } = await server.ask<{ items: { id: string; label: string }[] }>("/sources");
  const found = items.find((source) => label.test(source.label));
  if (!found) throw new Error(`No source is labelled ${label}`);
  return found.id;
}
