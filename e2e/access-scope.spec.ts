import { expect, test } from "playwright/test";
import { ConfigPage } from "./pages/config-page.ts";
import { RunsPage } from "./pages/runs-page.ts";
import { SignInPage } from "./pages/sign-in-page.ts";
import { accessTable, type Strange } from "./support/access-table.ts";
import { openSharedLab, type SharedLab } from "./support/shared-lab.ts";
import { findStrange, listOf } from "./support/strange-things.ts";

let lab: SharedLab;
let strange: Strange;
test.beforeAll(async () => {
  lab = await openSharedLab();
  strange = await findStrange(lab);
});
test.afterAll(() => lab?.stop());

/** Every name and id of wine-lab that an admin is told. */
async function listSecrets(): Promise<string[]> {
  const runs = await listOf(lab, "/runs?experiment=wine-lab&limit=1000");
  const experiments = await listOf(lab, "/sources/lab/experiments");
  const entries = await listOf(lab, "/cache/entries?experiment=wine-lab&limit=1000");
  const artifacts = await Promise.all(runs.items.map(({ id }) => listOf(lab, `/sources/lab/artifacts?run=${id}`)));
  const named = [...runs.items, ...entries.items, ...artifacts.flatMap(({ items }) => items)];
  const own = experiments.items.find(({ name }) => name === "wine-lab");
  return [
    "wine-lab",
    own?.id ?? "",
    ...named.flatMap(({ id, name, key }) => [id, name ?? id, key ?? id]),
    ...[strange.plan, strange.sparePlan, strange.operation],
  ].filter((secret) => secret.length >= 8);
}

test("nothing that a person may read names what belongs to another project", async () => {
  const secrets = [...new Set(await listSecrets())];
  expect(secrets.length).toBeGreaterThan(30);
  const own = await listOf(lab, "/runs?experiment=spill-lab&limit=1000");
  const [run = ""] = own.items.map(({ id }) => id);
  const [metric = ""] = (await listOf(lab, `/sources/lab/runs/${run}/metrics`)).items.map(({ id }) => id);
  const [entry = ""] = (await listOf(lab, "/cache/entries?experiment=spill-lab")).items.map(({ id }) => id);
  const [artifact = ""] = (await listOf(lab, `/sources/lab/artifacts?run=${run}`)).items.map(({ id }) => id);
  const ids: Record<string, string>[] = [{ ...strange }, { ...strange, run, metric, entry, artifact }];
  const queries = [
    "",
    "?limit=1000",
    "?q=wine",
    "?experiment=wine-lab",
    `?run=${strange.run}`,
    "?prefix=",
    "?by=project",
  ];
  const told: string[] = [];
  for (const [route, access] of Object.entries(accessTable)) {
    const [method, path = ""] = route.split(" ");
    if (method !== "GET" || path === "/events") continue;
    for (const values of ids)
      for (const query of [access.query?.(strange) ?? "", ...queries]) {
        const address = path.replaceAll(
          /\{(\w+)\}/g,
          (_, name: string) => ({ source: "lab", ...values })[name] ?? name,
        );
        const { text } = await lab.ask("scoped", address + query);
        const found = secrets.filter((secret) => text.includes(secret));
        if (found.length > 0) told.push(`${address}${query}: ${found.slice(0, 3).join(", ")}`);
      }
  }
  expect(told).toEqual([]);
});

test("counts, sums and figures are those of one's own project", async () => {
  const json = async (who: "scoped" | "admin", path: string) => (await lab.ask(who, path)).json as never;
  const total = async (who: "scoped" | "admin", path: string) =>
    ((await json(who, path)) as { total: { value: number } }).total.value;
  for (const path of ["/runs", "/cache/entries"]) {
    const mine = await total("scoped", path);
    expect(mine, path).toBe(await total("admin", `${path}?experiment=spill-lab`));
    expect(mine, path).toBeLessThan(await total("admin", path));
  }
  const runs = await total("scoped", "/runs");
  const { items } = (await json("scoped", "/sources")) as { items: { indexed: { runs: number }; hints: string[] }[] };
  expect(items).toMatchObject([{ indexed: { runs }, hints: [], role: "operator" }]);
  const overview = (await json("scoped", "/overview")) as { runs: Record<string, number> };
  expect(Object.values(overview.runs).reduce((sum, count) => sum + count, 0)).toBe(runs);
  const ledger = async (who: "scoped" | "admin", query: string) =>
    ((await json(who, `/cache/ledger?by=project${query}`)) as { totals: object }).totals;
  expect(await ledger("scoped", "")).toEqual(await ledger("admin", "&experiment=spill-lab"));
  for (const path of ["/operations", "/cache/plans", "/audit"]) expect(await total("scoped", path), path).toBe(0);
});

test("live events tell of one's own project only", async () => {
  const stop = new AbortController();
  const answer = await fetch(`${lab.server.origin}/api/v1/events`, {
    headers: { authorization: `Bearer ${lab.tokens.scoped}` },
    signal: stop.signal,
  });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  await lab.ask("admin", "/sources/lab/cache/pins", { entries: [strange.entry], pinned: false });
  await lab.ask("admin", `/sources/lab/cache/plans/${strange.plan}/hold`, { items: [strange.entry], reason: "kept" });
  const own = (await listOf(lab, "/cache/entries?experiment=spill-lab&state=usable")).items[0]!.id;
  const pinned = await lab.ask("admin", "/sources/lab/cache/pins", { entries: [own], pinned: true });
  expect(pinned.json).toEqual({ changed: 1 });
  let heard = "";
  while (!heard.includes(own)) {
    const { value, done } = await reader.read();
    expect(done).toBe(false);
    heard += value;
  }
  stop.abort();
  expect(heard).not.toContain(strange.entry);
  expect(heard).not.toContain(strange.plan);
  expect(heard).not.toContain("event: operation");
});

test("a person signs in with a token of their own, sees their project, and can end the sign-in", async ({ page }) => {
  await page.goto(`${lab.server.origin}/runs`);
  await new SignInPage(page).signIn(lab.tokens.scoped);
  const runs = new RunsPage(page);
  await expect(runs.row(/spill-lab/).first()).toBeVisible();
  await expect(page.getByText("wine-lab")).toHaveCount(0);
  await page.goto(`${lab.server.origin}/config?tab=access`);
  const config = new ConfigPage(page);
  await expect(config.whoIAm).toContainText("scoped");
  await expect(config.whoIAm).toContainText("Lab: operator, of 1 project only");
  await config.endSignIn("scoped");
  await expect(new SignInPage(page).heading).toBeVisible();
  await page.reload();
  await expect(new SignInPage(page).heading).toBeVisible();
});
