import { type Browser, expect, type Page, test } from "playwright/test";
import { CachePage } from "./pages/cache-page.ts";
import { InvalidateDialog } from "./pages/invalidate-dialog.ts";
import { OperationsPage } from "./pages/operations-page.ts";
import { RunPage } from "./pages/run-page.ts";
import { brokenRules } from "./support/broken-rules.ts";
import { type ChangedStore, changedStores } from "./support/changed-store.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";

interface Entry {
  id: string;
  source: string;
  key: string;
  producerRunId: string;
}

/** The entry of `train_sgd` that was made last; its step has an entry of its own. */
async function findTrainSgd(server: TrialdeckServer): Promise<Entry> {
  const q = encodeURIComponent("process = train_sgd and not step exists");
  const { items } = await server.ask<{ items: Entry[] }>(`/cache/entries?q=${q}&sort=-created`);
  return items[0]!;
}

/** What a store lacks of what it held. */
function lacking(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string[] {
  return [...before.keys()].filter((key) => !now.has(key)).sort();
}

for (const { name, open } of changedStores) {
  test.describe(`invalidating on ${name}`, () => {
    test.describe.configure({ mode: "serial" });
    let store: ChangedStore;
    let server: TrialdeckServer;

    test.beforeAll(async () => {
      store = await open();
      server = await startTrialdeck([store.target]);
      await untilIndexed(server);
    });
    test.afterAll(async () => {
      await server?.stop();
      await store?.stop();
    });

    test("a process is taken out with its steps, shown in Operations, and Undo brings it back as it was", async ({
      page,
    }) => {
      const before = await store.entries();
      const entry = await findTrainSgd(server);
      await openSignedIn(page, server, `/cache?q=${encodeURIComponent("process = train_sgd")}&sort=-created`);
      const cache = new CachePage(page);
      const dialog = new InvalidateDialog(page);
      await expect(cache.rows).toHaveCount(4);
      await cache
        .row(/^train_sgd(?!.*fit_sgd)/)
        .first()
        .getByRole("checkbox")
        .click();
      await page.getByRole("button", { name: "Invalidate…" }).click();
      await dialog.plan("Run it once more");
      await expect(dialog.fact("Goes")).toHaveText("2 entries");
      await expect(dialog.fact("Runs")).toContainText("4 runs made or used it");
      await expect(dialog.items).toHaveCount(2);
      await expect(dialog.dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
      expect(await store.entries()).toEqual(before);
      expect(await brokenRules(page)).toEqual([]);

      await dialog.apply.click();
      await expect(page.getByText("2 things taken out.")).toBeVisible();
      await expect(cache.rows).toHaveCount(2);
      const gone = lacking(before, await store.entries());
      expect(gone).toHaveLength(2);
      expect(gone.some((key) => key.endsWith(entry.key))).toBe(true);
      expect(gone.some((key) => key.includes("fit_sgd"))).toBe(true);

      const operations = new OperationsPage(page);
      await operations.open();
      await operations.choose("Invalidation: run it once more");
      await expect(operations.panel).toContainText("2 taken out");
      await expect(operations.items).toHaveText([/train_sgd/, /train_sgd ▸ fit_sgd/]);
      expect(await brokenRules(page)).toEqual([]);

      await dialog.undo.click();
      await expect(page.getByText("2 things put back.")).toBeVisible();
      expect(await store.entries()).toEqual(before);
      await operations.show("Trash");
      await expect(page.getByText("The trash is empty")).toBeVisible();
      await operations.show("Audit");
      await expect(operations.row("restore item").first()).toContainText("restored");
    });

    test("a wrong result goes with what was made of it, from the steps of a run", async ({ page }) => {
      const before = await store.entries();
      const { source, producerRunId } = await findTrainSgd(server);
      await openSignedIn(page, server, `/runs/${source}/${producerRunId}?tab=steps`);
      const dialog = new InvalidateDialog(page);
      await new RunPage(page).step("train_sgd").getByRole("button", { name: "Invalidate…" }).click();
      await dialog.plan("The result is wrong");
      await expect(dialog.fact("Goes")).toContainText(/of these 5 entries made of it: .*evaluate/);
      await dialog.apply.click();
      await expect(dialog.undo).toBeVisible();
      const processes = new Set(lacking(before, await store.entries()).map((key) => /@name='(\w+)'/.exec(key)?.[1]));
      expect([...processes].sort()).toEqual(["evaluate", "loss_curves", "score_bars", "train_sgd"]);
      await dialog.undo.click();
      await expect.poll(() => store.entries()).toEqual(before);
    });

    test("what a run wrote anew since the plan stays, and goes by the plan that is made again", async ({ browser }) => {
      const { source, id, key } = await findTrainSgd(server);
      const page = await openPlan(browser, server, `/cache/${source}/${id}`);
      const before = await store.entries();
      const stored = [...before.keys()].find((one) => one.endsWith(key))!;
      await store.rewrite(stored);
      const dialog = new InvalidateDialog(page);
      await dialog.apply.click();
      await expect(dialog.dialog).toContainText("1 thing had changed since the plan was made and stayed");
      expect((await store.entries()).has(stored)).toBe(true);
      await dialog.planAgain.click();
      await dialog.apply.click();
      await expect(page.getByText("1 thing taken out.")).toBeVisible();
      expect((await store.entries()).has(stored)).toBe(false);
      await dialog.undo.click();
      await expect(page.getByText("1 thing put back.")).toBeVisible();
      await page.context().close();
    });

    test("the second of two browsers is told who took it", async ({ browser }) => {
      const { source, id } = await findTrainSgd(server);
      const first = await openPlan(browser, server, `/cache/${source}/${id}`);
      const second = await openPlan(browser, server, `/cache/${source}/${id}`);
      await new InvalidateDialog(first).apply.click();
      await expect(first.getByText("1 thing taken out.")).toBeVisible();
      await new InvalidateDialog(second).apply.click();
      await expect(second.getByText("1 already gone")).toBeVisible();
      await second.getByRole("link", { name: "Show in Operations" }).click();
      await expect(new OperationsPage(second).items).toContainText("Already gone: taken out by local at 20");
      await first.context().close();
      await second.context().close();
    });
  });
}

/** A browser of its own, with the plan for exactly the entry of a page. */
async function openPlan(browser: Browser, server: TrialdeckServer, path: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await openSignedIn(page, server, path);
  await page.getByRole("button", { name: "Invalidate…" }).click();
  const dialog = new InvalidateDialog(page);
  await dialog.plan("Exactly what I chose");
  await expect(dialog.apply).toBeEnabled();
  return page;
}

const refusing: readonly { name: string; options: Parameters<typeof startTrialdeck>[1]; words: string }[] = [
  {
    name: "that makes plans only",
    options: { env: { ...process.env, TRIALDECK_INVALIDATION: "plan" } },
    words: "makes plans only",
  },
  { name: "that only reads", options: { args: ["--read-only"] }, words: "is read-only here" },
];

for (const { name, options, words } of refusing) {
  test(`a server ${name} refuses, whoever asks`, async ({ page }) => {
    const store = await changedStores[0]!.open();
    const server = await startTrialdeck([store.target], options);
    try {
      await untilIndexed(server);
      const before = await store.entries();
      const { source, id } = await findTrainSgd(server);
      const plans = `${server.origin}/api/v1/sources/${source}/cache/plans`;
      const post = (url: string, data: object) =>
        page.request.post(url, {
          headers: { authorization: `Bearer ${server.token}`, "idempotency-key": "once" },
          data,
        });
      const asked = await post(plans, { intent: "custom", selector: { entries: [id] } });
      const plan = (await asked.json()) as { id: string; fingerprint: string; allowed: boolean };
      if (asked.ok()) expect(plan.allowed).toBe(false);
      else expect(asked.status()).toBe(403);
      const applied = await post(`${plans}/${plan.id ?? "none"}/apply`, { fingerprint: plan.fingerprint ?? "" });
      expect([403, 404]).toContain(applied.status());

      await openSignedIn(page, server, `/cache/${source}/${id}`);
      await page.getByRole("button", { name: "Invalidate…" }).click();
      const dialog = new InvalidateDialog(page);
      await dialog.plan("Exactly what I chose");
      await expect(dialog.dialog.getByRole("alert")).toContainText(words);
      await expect(dialog.apply.and(page.locator(":enabled"))).toHaveCount(0);
      expect(await store.entries()).toEqual(before);
    } finally {
      await server.stop();
      await store.stop();
    }
  });
}

test("a change that comes by cookie from elsewhere is refused, and one without a key", async ({ page }) => {
  const store = await changedStores[0]!.open();
  const server = await startTrialdeck([store.target]);
  try {
    await untilIndexed(server);
    const before = await store.entries();
    const { source, id } = await findTrainSgd(server);
    await openSignedIn(page, server, "/operations");
    const ours = { origin: server.origin, "x-requested-by": "trialdeck" };
    const body = { intent: "custom", selector: { entries: [id] } };
    const plans = `${server.origin}/api/v1/sources/${source}/cache/plans`;
    const post = async (url: string, headers: Record<string, string>, data: object) =>
      page.request.post(url, { headers, data });
    const plan = (await (await post(plans, ours, body)).json()) as { id: string; fingerprint: string };
    const apply = `${plans}/${plan.id}/apply`;
    const confirm = { fingerprint: plan.fingerprint };
    const once = { "idempotency-key": "once" };
    const foreign: Record<string, string>[] = [
      {},
      { origin: server.origin },
      { ...ours, origin: "null" },
      { ...ours, origin: "http://evil.test" },
      { "x-requested-by": "trialdeck" },
    ];
    for (const headers of foreign) {
      expect((await post(plans, headers, body)).status(), JSON.stringify(headers)).toBe(403);
      expect((await post(apply, { ...headers, ...once }, confirm)).status(), JSON.stringify(headers)).toBe(403);
    }
    expect((await post(apply, ours, confirm)).status()).toBe(400);
    expect(await store.entries()).toEqual(before);

    const answers = await Promise.all(Array.from({ length: 20 }, () => post(apply, { ...ours, ...once }, confirm)));
    const begun = await Promise.all(answers.map((answer) => answer.json() as Promise<{ operationId: string }>));
    expect(new Set(begun.map(({ operationId }) => operationId)).size).toBe(1);
    expect(answers.map((answer) => answer.status())).toEqual(answers.map(() => 202));
    await expect.poll(async () => lacking(before, await store.entries()).length).toBe(1);
  } finally {
    await server.stop();
    await store.stop();
  }
});
