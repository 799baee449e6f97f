import { CachePage } from "./pages/cache-page.ts";
import { RunPage } from "./pages/run-page.ts";
import { RunsPage } from "./pages/runs-page.ts";
import { addSeries, openWineLab, type Store } from "./support/plant-store.ts";
import { test as base, expect, signIn, watch } from "./support/test.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";
import { wineRuns } from "./support/wine-lab.ts";

/** Names that have broken pages elsewhere: markup, paths, escapes, directions, templates, prototypes, length. */
const hostileNames = {
  markup: `<img src=x onerror=alert(1)><script>alert(2)</script>"'><svg/onload=alert(3)>`,
  path: "../../../../etc/passwd/%2e%2e%2f..%5c",
  percent: "100%25%00%zz%",
  bidi: "safe\u202egnp.exe\u2066\u200f\u200b\ufeff",
  control: "line\nbreak\ttab\u0000nul\u001b[31mred",
  template: "$".concat("{7*7}{{7*7}}<%= 7*7 %>#{7*7}"),
  proto: "__proto__",
  constructor: "constructor",
  formula: '=HYPERLINK("http://evil.example","x")',
  emoji: "👩‍👩‍👧‍👦 Ünïcödé 𝕏",
  quotes: `a"b'c\`d\\e, f; g`,
} as const;
const endless = "x".repeat(65_536);

const hash = (index: number, part: string) => `${part}${index.toString(16).padStart(63, "0")}`;

/** One run, and in it a process, a step, an entry and a metric for each name. */
function plantNames(store: Store, run: string): void {
  for (const [index, name] of [...Object.values(hostileNames), endless].entries()) {
    const process = `//process[@name='${name}']`;
    const record = {
      status: "completed",
      execution_time: 1 + index,
      started_at: 1795217600 + index,
      ended_at: 1795217601 + 2 * index,
      process_name: process,
      run_id: run,
    };
    store.write(`runs:${run}:steps:${process}:__process__`, record);
    store.write(`runs:${run}:steps:${process}:${name}`, { ...record, step_name: name });
    store.write(`process:${process}:${hash(index, "a")}:${hash(index, "b")}:${hash(index, "c")}`, record);
    addSeries(store, run, process, Object.fromEntries([[name, [3, 2, 1 / (index + 1)]]]));
    addSeries(store, run, `${process}/step[@name='${name}']`, { plain: [1, 2] });
  }
  store.write(`runs:${run}:status`, "completed");
  store.write(`runs:${run}:timestamps`, { start: 1795217600, end: 1795217700 });
}

const hostileRun = "project-wine-lab-20261121000000-badbad00";
const oddRun = `project-${hostileNames.markup}-20261121000001-badbad01`;

interface HostileServer {
  server: TrialdeckServer;
}
const test = base.extend<object, HostileServer>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs off its first argument
    async ({}, use) => {
      const store = await openWineLab();
      plantNames(store, hostileRun);
      store.write(`runs:${oddRun}:status`, "completed");
      store.close();
      const server = await startTrialdeck([store.path]);
      await untilIndexed(server);
      await use(server);
      await server.stop();
      await store.remove();
    },
    { scope: "worker", timeout: 60_000 },
  ],
});

const findHostile = async (server: TrialdeckServer) => {
  const { items } = await server.ask<{ items: { id: string; source: string; name: string }[] }>("/runs?limit=100");
  const run = items.find(({ name }) => name === hostileRun);
  if (!run) throw new Error("The hostile run is missing");
  return run;
};

test("runs with hostile names stand among the others as text", async ({ page }) => {
  const runs = new RunsPage(page);
  await runs.open("?columns=name,status,experiment");
  await expect(runs.row("badbad00")).toBeVisible();
  await expect(runs.row("badbad01")).toContainText("<img src=x onerror=alert(1)>");
  for (const name of Object.values(wineRuns)) await expect(runs.row(name.slice(-8))).toBeVisible();
});

test("every name comes through the API as it is stored", async ({ server }) => {
  const { source, id } = await findHostile(server);
  const run = await server.ask<{ steps: { process: string; step: string | null }[] }>(`/sources/${source}/runs/${id}`);
  const processes = new Set(run.steps.map(({ process }) => process));
  const { items } = await server.ask<{ items: { name: string; process: string }[] }>(
    `/sources/${source}/runs/${id}/metrics`,
  );
  const metrics = new Set(items.map(({ name }) => name));
  for (const name of [...Object.values(hostileNames), endless]) {
    expect(processes.has(name), name.slice(0, 60)).toBe(true);
    expect(metrics.has(name), name.slice(0, 60)).toBe(true);
  }
});

test("the page of a run shows hostile names on every tab, escaped and in one piece", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findHostile(server));
  await expect(run.name).toHaveText(hostileRun);
  await expect(page.getByText("<img src=x onerror=alert(1)>").first()).toBeVisible();
  await run.show("Steps");
  for (const shown of [
    "__proto__",
    "constructor",
    "safe\\u{202e}gnp.exe",
    "line\\nbreak\\ttab\\u{0}nul",
    "100%25%00%zz%",
  ]) {
    await expect(page.getByRole("table").getByText(shown).first()).toBeVisible();
  }
  await run.show("Metrics");
  await page.getByRole("textbox", { name: "Filter metrics" }).fill("__proto__");
  await expect(run.chart("__proto__ ▸ __proto__").drawing).toHaveAttribute("data-series-drawn", "1");
  await run.show("Config & code");
  await expect(run.part("Stored records")).toBeVisible();
  await expect(page.locator("img[src=x], svg[onload]")).toHaveCount(0);
});

test("the cache shows hostile processes in its tree and its table, and narrows to them", async ({ page }) => {
  const cache = new CachePage(page);
  await cache.open("?sort=-created");
  await cache.branch("wine-lab").click();
  await expect(cache.row("<img src=x onerror=alert(1)>").first()).toBeVisible();
  for (const name of ["__proto__", "100%25%00%zz%", "a\"b'c`d\\e, f; g"]) {
    await cache.tree.getByRole("button").filter({ hasText: name }).click();
    await expect(cache.rows).toHaveCount(1);
    await expect(cache.rows).toContainText(name);
    await cache.tree.getByRole("button").filter({ hasText: name }).click();
    await expect(cache.rows.nth(3)).toBeVisible();
  }
});

test("a name of 64 KiB leaves pages as wide as they were", async ({ page, server }) => {
  const run = await findHostile(server);
  for (const path of [`/runs/${run.source}/${run.id}`, `/runs/${run.source}/${run.id}?tab=steps`, "/cache"]) {
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 844 });
      await page.goto(path);
      await expect(page.getByText("xxxxxxxx").or(page.getByText("Cache").first()).first()).toBeAttached();
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBe(width);
    }
  }
});

test("exports of hostile names are inert", async ({ page }) => {
  const runs = new RunsPage(page);
  await runs.open("?columns=name,status");
  await expect(runs.row("badbad01")).toBeVisible();
  const csv = await runs.export("all", "CSV");
  expect(csv).toContain(`"${oddRun.replaceAll('"', '""')}"`);
  expect(csv).not.toMatch(/(^|,)[=+@]/m);
});

test("hostile names in the address are only words", async ({ browser, server }) => {
  const context = await browser.newContext({ baseURL: server.origin });
  await signIn(context, server);
  const seen = watch(context, server.origin);
  const page = await context.newPage();
  for (const name of Object.values(hostileNames)) {
    const words = encodeURIComponent(name);
    for (const path of [`/runs?q=${words}`, `/runs?sort=${words}&group=${words}&open=${words}`, `/cache?at=${words}`]) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    }
  }
  expect(seen).toEqual({ foreign: [], violations: [], errors: [], dialogs: [] });
  await context.close();
});
