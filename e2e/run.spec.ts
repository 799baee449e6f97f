import { EntryPage } from "./pages/entry-page.ts";
import { RunPage } from "./pages/run-page.ts";
import { expect, findRun, test } from "./support/test.ts";
import { wineRuns } from "./support/wine-lab.ts";

const short = (name: string) => name.slice(-8);

test("the first line says what a run did", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.alphaChanged));
  await expect(run.name).toHaveText(wineRuns.alphaChanged);
  await expect(run.sentence(/3 of 7 reused/)).toBeVisible();
  await run.open(await findRun(server, wineRuns.again));
  await expect(run.sentence(/7 of 7 reused|all 7 .*reused|everything .*reused/i)).toBeVisible();
  await run.open(await findRun(server, wineRuns.failing));
  await expect(run.sentence(/train_forest.* failed/)).toBeVisible();
});

test("each node of the graph says by word how its process fared", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.failing));
  for (const [process, fate] of [
    ["prepare_data", "reused"],
    ["train_sgd", "reused"],
    ["train_forest", "failed here"],
    ["evaluate", "dependency failed"],
    ["score_bars", "dependency failed"],
  ] as const) {
    await expect(run.node(process)).toContainText(fate);
  }
  await run.open(await findRun(server, wineRuns.alphaChanged));
  await expect(run.node("train_sgd")).toContainText("executed");
});

test("a reused node leads to the run that made its result", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.again));
  await run
    .node("train_sgd")
    .getByRole("link", { name: short(wineRuns.first) })
    .click();
  await expect(run.name).toHaveText(wineRuns.first);
});

test("a press on a node leads to its steps", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.failing));
  await run
    .node("train_forest")
    .getByRole("button", { name: /failed here/ })
    .click();
  await expect(page.getByRole("tab", { name: "Steps" })).toHaveAttribute("aria-selected", "true");
  await expect(run.step("train_forest")).toHaveAttribute("aria-current", "true");
});

test("the timeline has a bar for what ran here and a tick for what was reused", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.alphaChanged));
  await expect(run.timeline.card).toContainText("4 of 7 processes ran here");
  const rows = (await run.timeline.openTable()).getByRole("row");
  await expect(rows.filter({ hasText: "prepare_data" }).first()).toContainText("reused");
  await expect(rows.filter({ hasText: "train_sgd" }).first()).toContainText("executed");
  await page.keyboard.press("Escape");
  const marks = run.timeline.card.locator("svg[data-chart=gantt] > g[data-tip]");
  const mark = (process: string) =>
    marks.filter({ has: page.locator(`xpath=self::*[starts-with(@data-tip, "${process}")]`) });
  await expect(mark("train_sgd").first().locator("rect")).toHaveCount(2);
  await expect(mark("prepare_data").first().locator("rect")).toHaveCount(1);
  await expect(mark("prepare_data").first()).toContainText("reused");
});

test("metrics are drawn with all their series", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.first));
  await run.show("Metrics");
  for (const name of ["train_sgd ▸ train_loss", "train_sgd ▸ val_loss", "train_sgd ▸ val_acc"]) {
    await expect(run.chart(name).drawing).toHaveAttribute("data-series-drawn", "1");
  }
  const figures = run.part("Figures").first();
  await expect(figures.getByRole("row").filter({ hasText: "acc_forest" })).toContainText("0.9778");
  await expect(run.part("Texts and tables")).toContainText("forest");
});

test("a long series is reduced, says so, and comes finer when one zooms", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.first), "?tab=metrics&metric=long_loss");
  const chart = run.chart("train_sgd ▸ long_loss");
  await expect(chart.drawing).toHaveAttribute("data-series-drawn", "1");
  await expect(chart.card).toContainText(/20,000 points as [\d,]+ min–max buckets/);
  const asked = page.waitForRequest((request) => request.postDataJSON()?.from !== undefined);
  await chart.zoom(0.6, 0.64);
  const { from, to } = (await asked).postDataJSON() as { from: number; to: number };
  expect(to - from).toBeLessThan(1200);
  await expect(chart.card).not.toContainText("min–max buckets");
  await chart.card.getByRole("button", { name: "Reset zoom" }).click();
  await expect(chart.card).toContainText("20,000 points");
});

test("a chart can be smoothed and put on a logarithmic axis; the address keeps both", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.first), "?tab=metrics");
  const chart = run.chart("train_sgd ▸ val_loss");
  await expect(chart.drawing).toHaveAttribute("data-series-drawn", "1");
  await chart.choose("Logarithmic y axis");
  await page.keyboard.press("Escape");
  await page.getByRole("slider", { name: "Smoothing" }).first().fill("0.6");
  await expect(page).toHaveURL(/log=.+/);
  await expect(page).toHaveURL(/smooth=0\.6/);
  await page.reload();
  await expect(page.getByRole("slider", { name: "Smoothing" }).first()).toHaveValue("0.6");
  await expect(chart.drawing).toHaveAttribute("data-series-drawn", "1");
  await chart.card.getByRole("button", { name: /^Menu of/ }).click();
  await expect(page.getByRole("menuitemcheckbox", { name: "Logarithmic y axis" })).toBeChecked();
});

test("every chart has its table and its files", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.first), "?tab=metrics&metric=val_loss");
  const chart = run.chart("train_sgd ▸ val_loss");
  await expect(chart.drawing).toHaveAttribute("data-series-drawn", "1");
  const table = await chart.openTable();
  await expect(table).toHaveAttribute("aria-rowcount", "61");
  await expect(table.getByRole("row").nth(1)).toContainText("1");
  await page.keyboard.press("Escape");

  const csv = await chart.export("CSV");
  expect(csv.bytes.toString().trimEnd().split("\r\n")).toHaveLength(61);
  expect(csv.bytes.toString()).toContain("0.05472677521376883");
  const json = await chart.export("JSON");
  expect((JSON.parse(json.bytes.toString()) as { rows: object[] }).rows).toHaveLength(60);
  const svg = await chart.export("SVG");
  expect(svg.bytes.toString()).toMatch(/^<svg[^>]*>[\s\S]*<path[\s\S]*<\/svg>\s*$/);
  expect(svg.bytes.toString()).not.toContain("var(--");
  const png = await chart.export("PNG");
  expect(png.bytes.subarray(1, 4).toString()).toBe("PNG");
  expect(png.bytes.length).toBeGreaterThan(2000);
});

test("the graph and the timeline can be exported too", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.first));
  await expect(run.node("train_sgd")).toBeVisible();
  for (const name of ["Process graph", "Timeline"]) {
    const svg = await run.chart(name).export("SVG");
    expect(svg.bytes.toString(), name).toContain("train_sgd");
    const csv = await run.chart(name).export("CSV");
    expect(csv.bytes.toString(), name).toContain("train_sgd");
  }
});

test("the failing step shows its error and leads to the line of the log", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.failing));
  await run.show("Steps");
  await expect(run.step("evaluate")).toContainText("dependency failed");
  await expect(run.panel).toContainText("because train_forest failed");
  await page.getByRole("button", { name: "show it in the log" }).first().click();
  const line = run.log.locator("[aria-current=true]");
  await expect(line).toBeInViewport();
  await expect(line).toContainText("train_forest");
});

test("the log can be thinned to what went wrong", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.failing));
  await run.show("Log");
  await page.getByRole("combobox", { name: "Least level" }).selectOption("error");
  await expect(run.panel).toContainText(/\d+ of \d+ lines/);
  await page.getByRole("button", { name: "Jump to the failing line" }).click();
  await expect(run.log.locator("[aria-current=true]")).toBeInViewport();
});

test("a step leads to its cache entry and to the run that made it", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.again));
  await run.show("Steps");
  await expect(run.step("evaluate").getByRole("link", { name: short(wineRuns.first) })).toBeVisible();
  await run.step("evaluate").getByRole("link", { name: "entry" }).click();
  await expect(new EntryPage(page).title).toHaveText("evaluate");
});

test("a run whose version matches the workspace shows its params, config and code", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.treesChanged));
  await run.show("Config & code");
  await expect(run.part("Params").getByRole("row").filter({ hasText: "train_forest.n_trees" })).toContainText("40");
  await expect(run.part("Version")).toContainText("process_adjlist");
  await expect(run.part("Code")).toContainText("pipeline.py");
});

test("where nothing matches, params are not recorded rather than guessed", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.first));
  await run.show("Config & code");
  await expect(run.part("Params")).toContainText("Not recorded.");
  await expect(run.part("Stored records")).toContainText(`runs:${wineRuns.first}:status`);
});

test("the pictures and files of a run are at hand", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.first));
  await run.show("Artifacts");
  const picture = page.getByRole("list", { name: "Pictures" }).getByRole("img", { name: "loss_curves.png" });
  await expect(picture).toBeVisible();
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);
  await expect(page.getByRole("list", { name: "Files" }).getByText("score_bars.txt")).toBeVisible();
});
