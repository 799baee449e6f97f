import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright/test";
import { listStops, pressTab } from "./support/tab-walk.ts";
import { expect, findRun, findSource, test } from "./support/test.ts";
import type { TrialdeckServer } from "./support/trialdeck-server.ts";
import { wineRuns } from "./support/wine-lab.ts";

interface Listed {
  items: { id: string; source: string; name: string; mediaType: string }[];
}

/** Every page and main tab, by the words of its head. */
async function listPages(server: TrialdeckServer): Promise<Record<string, string>> {
  const failing = await findRun(server, wineRuns.failing);
  const first = await findRun(server, wineRuns.first);
  const source = await findSource(server, /sqlite-local/);
  const bundled = await findSource(server, /bundled/);
  const wine = await server.ask<Listed>(`/sources/${source}/cache/entries?q=train_forest&sort=-size&limit=1`);
  const artifacts = await server.ask<Listed>(`/sources/${bundled}/artifacts?limit=1000`);
  const entry = wine.items[0]?.id;
  const artifact = (type: string) => artifacts.items.find(({ mediaType }) => mediaType === type)?.id;
  const run = `/runs/${failing.source}/${failing.id}`;
  return {
    overview: "/",
    runs: "/runs",
    "runs with a side panel": `/runs?columns=name,status,duration&open=${failing.source}/${failing.id}`,
    "runs in groups": "/runs?group=status&selected=none",
    "runs, nothing found": "/runs?q=nothing-has-this-name",
    run,
    "run, metrics": `/runs/${first.source}/${first.id}?tab=metrics`,
    "run, steps": `${run}?tab=steps`,
    "run, why": `${run}?why=train_forest`,
    "run, artifacts": `/runs/${first.source}/${first.id}?tab=artifacts`,
    "run, config": `${run}?tab=config`,
    "run, log": `${run}?tab=log`,
    cache: "/cache",
    ledger: "/cache/ledger?by=run",
    reconcile: "/cache/reconcile",
    "reconcile, orphans": "/cache/reconcile?kind=payload",
    "cache with a side panel": `/cache?open=${source}/${entry}`,
    entry: `/cache/${source}/${entry}`,
    "entry, users": `/cache/${source}/${entry}?tab=users`,
    "entry, record": `/cache/${source}/${entry}?tab=raw`,
    config: "/config",
    "config, settings": "/config?tab=settings",
    "config, access": "/config?tab=access",
    operations: "/operations",
    "operations, proposals": "/operations?tab=proposals",
    "operations, audit": "/operations?tab=audit",
    artifacts: `/artifacts?source=${bundled}&artifact=${artifact("text/csv")}`,
    "artifact, table": `/artifacts/${bundled}/${artifact("text/csv")}`,
    "artifact, picture": `/artifacts/${bundled}/${artifact("image/png")}`,
    "artifact, page": `/artifacts/${bundled}/${artifact("text/html")}`,
    "artifact, pickle": `/artifacts/${bundled}/${artifact("application/x-joblib")}`,
    "no such page": "/nowhere",
    "no such run": `/runs/${source}/none`,
  };
}

/** Until the page shows what it has: nothing in sight is loading, and it is followed. */
async function settle(page: Page): Promise<void> {
  await page.getByRole("button", { name: /Pause live updates$/ }).waitFor();
  await expect(page.getByRole("main")).not.toBeEmpty();
  await page.waitForFunction(() =>
    [...document.querySelectorAll("[role=status][aria-label=Loading]")].every(
      (element) => element.getBoundingClientRect().top > window.innerHeight,
    ),
  );
}

/** Rules that another theme may break. */
const colourRules = ["color-contrast", "link-in-text-block"];

/** What axe finds, as `rule: element why`. */
async function check(page: Page, rules?: string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page });
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any }) => `${id}: ${target} ${any[0]?.message ?? ""}`),
  );
}

/** The page follows the system's theme, a moment later. */
async function showTheme(page: Page, theme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
}

/** Which stops Tab does not reach, and at which nothing shows where one is. */
async function walk(page: Page): Promise<{ missed: string[]; unseen: string[] }> {
  const stops = await listStops(page);
  const left = new Set(stops.map(lasting));
  const unseen: string[] = [];
  // Boxes that scroll are stops too, which no attribute tells, and so is what is drawn only when it comes near.
  for await (const { stop, ringed } of pressTab(page, stops.length * 2 + 40)) {
    left.delete(lasting(stop));
    if (!ringed) unseen.push(stop);
    if (left.size === 0) break;
  }
  return { missed: [...left], unseen };
}

/** A stop's name without what changes meanwhile: whether the page is connected, how old the data are, and what a place has to tell. */
function lasting(stop: string): string {
  return stop.replace(/^BUTTON .*(?= live updates$)/, "BUTTON").replace(/^(A (?:Overview|Cache)): .*/, "$1");
}

/** Every page is opened once; in parts that run side by side. */
const parts = 4;

for (let part = 0; part < parts; part += 1) {
  test(`no page breaks a rule of WCAG 2.2 AA, Tab reaches everything and shows where one is, in both themes, part ${part + 1}`, async ({
    page,
    server,
  }) => {
    test.setTimeout(240_000);
    const faults: Record<string, string[]> = {};
    const note = (where: string, found: readonly string[]) => {
      if (found.length > 0) faults[where] = [...found];
    };
    for (const [index, [name, path]] of Object.entries(await listPages(server)).entries()) {
      if (index % parts !== part) continue;
      await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
      await page.goto(path);
      await settle(page);
      note(`${name}: rules that are broken`, await check(page));
      await showTheme(page, "dark");
      note(`${name}, dark: rules that are broken`, await check(page, colourRules));
      // Where Tab leads is the same in both themes, and so is the ring but for its colour: each is walked on every other page.
      const theme = Math.floor(index / parts) % 2 === 0 ? "dark" : "light";
      await showTheme(page, theme);
      const { missed, unseen } = await walk(page);
      note(`${name}, ${theme}: focus that cannot be seen`, unseen);
      note(`${name}: out of reach`, missed);
    }
    expect(faults).toEqual({});
  });
}

test("menus and dialogs break no rule either", async ({ page }) => {
  test.setTimeout(120_000);
  await page.goto("/runs?columns=name,status,duration");
  await settle(page);
  for (const name of ["Group", "Export"]) {
    await page.getByRole("button", { name, exact: true }).click();
    await expect(page.getByRole("menu")).toBeVisible();
    expect(await check(page), name).toEqual([]);
    await page.keyboard.press("Escape");
  }
  for (const [name, open] of [
    ["Columns", () => page.getByRole("button", { name: /^Columns/ }).click()],
    ["Search", () => page.keyboard.press("Control+k")],
    ["Keyboard", () => page.keyboard.press("?")],
  ] as const) {
    await open();
    await expect(page.getByRole("dialog", { name })).toBeVisible();
    expect(await check(page), name).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  }
});

test("on a phone no page is wider than its window", async ({ page, server }) => {
  test.setTimeout(120_000);
  await page.setViewportSize({ width: 390, height: 844 });
  const wide: Record<string, number> = {};
  for (const [name, path] of Object.entries(await listPages(server))) {
    await page.goto(path);
    await settle(page);
    const width = await page.evaluate(() =>
      Math.max(document.documentElement.scrollWidth, document.querySelector("main")?.scrollWidth ?? 0),
    );
    if (width > 390) wide[name] = width;
  }
  expect(wide).toEqual({});
});
