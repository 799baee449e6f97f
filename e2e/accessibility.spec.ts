import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright/test";
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

/** What axe finds, as `rule: element why`. */
async function check(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any }) => `${id}: ${target} ${any[0]?.message ?? ""}`),
  );
}

/** Every page in both themes, in parts that run side by side. */
const shares = (["light", "dark"] as const).flatMap((theme) => [0, 1].map((part) => ({ theme, part })));

async function openEach(
  { page, server, theme, part }: { page: Page; server: TrialdeckServer; theme: "light" | "dark"; part: number },
  look: (name: string) => Promise<void>,
): Promise<void> {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
  for (const [index, [name, path]] of Object.entries(await listPages(server)).entries()) {
    if (index % 2 !== part) continue;
    await page.goto(path);
    await settle(page);
    await look(name);
  }
}

for (const { theme, part } of shares) {
  test(`no page breaks a rule of WCAG 2.2 AA in ${theme}, part ${part + 1}`, async ({ page, server }) => {
    test.setTimeout(240_000);
    const broken: Record<string, string[]> = {};
    await openEach({ page, server, theme, part }, async (name) => {
      const found = await check(page);
      if (found.length > 0) broken[name] = found;
    });
    expect(broken).toEqual({});
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

/** Everything that Tab should reach, by kind and name. */
function listStops(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const selector = "a[href], button, input, select, textarea, summary, [tabindex]";
    // A modal dialog makes what is behind it inert.
    const reachable = document.querySelector("dialog:modal") ?? document;
    const stops = [...reachable.querySelectorAll<HTMLElement>(selector)].filter(
      (element) =>
        element.tabIndex >= 0 &&
        !element.matches(":disabled") &&
        element.checkVisibility({ visibilityProperty: true }) &&
        element.getClientRects().length > 0,
    );
    return stops.map((stop) => `${stop.tagName} ${stop.getAttribute("aria-label") ?? stop.textContent?.slice(0, 40)}`);
  });
}

/** What has the focus (null: nothing), and whether a ring of the accent shows it, be it around. */
function lookAtFocus(page: Page) {
  return page.evaluate(() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return null;
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.color = "var(--accent)";
    const accent = getComputedStyle(probe).color;
    probe.remove();
    let ringed = false;
    for (let element: Element | null = focused, up = 0; element && up < 5; element = element.parentElement, up += 1) {
      const { outlineStyle, outlineColor, boxShadow } = getComputedStyle(element);
      ringed ||= (outlineStyle !== "none" && outlineColor === accent) || boxShadow.includes(accent);
    }
    const words = focused.getAttribute("aria-label") ?? focused.textContent?.slice(0, 40);
    return { stop: `${focused.tagName} ${words}`, ringed };
  });
}

/** A stop's name without what changes meanwhile: whether the page is connected, how old the data are, and what a place has to tell. */
function lasting(stop: string): string {
  return stop.replace(/^BUTTON .*(?= live updates$)/, "BUTTON").replace(/^(A (?:Overview|Cache)): .*/, "$1");
}

for (const { theme, part } of shares) {
  test(`Tab reaches everything, shows where one is, and is never trapped in ${theme}, part ${part + 1}`, async ({
    page,
    server,
  }) => {
    test.setTimeout(240_000);
    await openEach({ page, server, theme, part }, async (name) => {
      const stops = await listStops(page);
      const left = new Set(stops.map(lasting));
      const unseen: string[] = [];
      // Boxes that scroll are stops too, which no attribute tells, and so is what is drawn only when it comes near.
      for (let press = 0; press < stops.length * 2 + 40 && left.size > 0; press += 1) {
        await page.keyboard.press("Tab");
        const focus = await lookAtFocus(page);
        if (!focus) continue;
        left.delete(lasting(focus.stop));
        if (!focus.ringed) unseen.push(focus.stop);
      }
      expect(unseen, `${name}: focus that cannot be seen`).toEqual([]);
      expect([...left], `${name}: out of reach`).toEqual([]);
    });
  });
}

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
