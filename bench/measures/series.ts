import type { Page } from "playwright";
import { type Visit, visit } from "../browser.ts";
import { type Line, median } from "../figures.ts";
import { readMemory } from "../memory.ts";
import { startServer } from "../server.ts";
import type { Sizes } from "../sizes.ts";
import { keepSeries } from "../stores/series.ts";

/** Many long series of one run as charts. */
export async function measureSeries({ series, points, repeats }: Sizes): Promise<Line[]> {
  const path = await keepSeries(series, points);
  const server = await startServer([`sqlite:${path}`]);
  try {
    const seconds = await server.untilIndexed();
    const { items } = await server.ask<{ items: { source: string; id: string }[] }>("/runs");
    const { source, id } = items[0]!;
    const visits: (Visit & { all: number })[] = [];
    for (let time = 0; time < repeats; time += 1) {
      let all = 0;
      const act = async (page: Page) => {
        all = await drawAll(page, series);
      };
      const seen = await visit(server, `/runs/${source}/${id}?tab=metrics`, chartsInSightAreDrawn, act);
      visits.push({ ...seen, all });
    }
    const mid = (pick: (one: (typeof visits)[number]) => number) => median(visits.map(pick));
    const what = `${series} series × ${points.toLocaleString("en")} points`;
    const { rss, children } = readMemory(server.pid);
    return [
      { what: `Index ${what}`, unit: "s", gate: null, aim: null, measured: seconds },
      {
        what: `${what}: charts in sight drawn`,
        unit: "ms",
        gate: 1000,
        aim: 600,
        measured: mid(({ millis }) => millis),
      },
      {
        what: "… then all of them, scrolled through",
        unit: "ms",
        gate: null,
        aim: null,
        measured: mid(({ all }) => all),
      },
      {
        what: "… longest task in the browser",
        unit: "ms",
        gate: 200,
        aim: 50,
        measured: mid(({ longestTask }) => longestTask),
      },
      { what: "Memory after that", unit: "MiB", gate: null, aim: null, measured: rss, note: children.join(", ") },
    ];
  } finally {
    await server.stop();
  }
}

/** Runs in the page. */
function chartsInSightAreDrawn(): boolean {
  const charts = [...document.querySelectorAll("[data-chart-id]")].filter((chart) => {
    const { top, bottom } = chart.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  });
  return charts.length >= 4 && charts.every((chart) => Number(chart.getAttribute("data-series-drawn")) > 0);
}

/** Runs in the page. From the end it begins anew, for a chart that was passed by. */
function scrollOn(): void {
  const main = document.querySelector("main")!;
  if (main.scrollTop + main.clientHeight < main.scrollHeight - 1) main.scrollBy(0, 500);
  else main.scrollTo(0, 0);
}

/** Asks for every chart and goes from one screen of charts to the next when all in sight are drawn; answers how long that took, ms. */
async function drawAll(page: Page, series: number): Promise<number> {
  const begun = performance.now();
  await page.getByRole("button", { name: /^Show all/ }).click();
  // To press the button is to pass charts by.
  await page.evaluate(() => document.querySelector("main")?.scrollTo(0, 0));
  const drawn = new Set<string>();
  while (drawn.size < series) {
    // A wheel's scrolling comes later, and could pass charts by.
    if (await page.evaluate(chartsInSightAreDrawn)) await page.evaluate(scrollOn);
    const seen = await page.$$eval("[data-series-drawn]", (charts) =>
      charts.map((chart) => chart.getAttribute("data-chart-id")!),
    );
    for (const id of seen) drawn.add(id);
    if (performance.now() - begun > 60_000) throw new Error(`Only ${drawn.size} of ${series} charts were drawn.`);
  }
  return performance.now() - begun;
}
