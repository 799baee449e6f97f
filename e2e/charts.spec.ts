import { RunPage } from "./pages/run-page.ts";
import { addSeries, openWineLab, type Store } from "./support/plant-store.ts";
import { test as base, expect, findRun } from "./support/test.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";
import { wineRuns } from "./support/wine-lab.ts";

const copies = 10;
const points = 50;
const long = 45_000;

const course = (length: number, valueAt: (index: number) => number) =>
  Array.from({ length }, (_, index) => valueAt(index));

/** A process that was run once a seed, and another whose values are hard to draw. */
function plantCourses(store: Store): void {
  for (let seed = 1; seed <= copies; seed += 1) {
    addSeries(store, wineRuns.first, `//*[@seed='${seed}']/process[@name='fit']/step[@name='fit_one']`, {
      loss: course(points, (index) => seed + 1 / (1 + index)),
      accuracy: course(points, (index) => index / (100 + seed)),
    });
  }
  addSeries(store, wineRuns.first, "//process[@name='odd']", {
    loss: course(points, (index) => 3 + 1 / (1 + index)),
    broken: course(points, (index) => (index === 41 ? Number.NaN : index === 44 ? Infinity : 5 + (index % 2))),
    outliers: course(300, (index) => (index % 100 === 50 ? 900 : index / 300)),
    long: course(long, (index) => (index === 30_000 ? -4 : 1 + (index % 7))),
  });
}

const test = base.extend<object, { server: TrialdeckServer }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs off its first argument
    async ({}, use) => {
      const store = await openWineLab();
      plantCourses(store);
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

test("copies of a process share a chart, a line each, and its legend filters them", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.first), "?tab=metrics&metric=fit_one");
  const chart = run.chart("fit ▸ loss");
  await chart.expectDrawn(copies);
  await expect(chart.card).toContainText("10 of 10 series");
  await chart.filter.fill("seed=1");
  await chart.expectDrawn(2);
  await expect(chart.card).toContainText("2 of 10 series");
  await expect(chart.legend.getByRole("listitem")).toHaveText([/seed=10/, /seed=1/]);
  await chart.filter.fill("no such seed");
  await expect(chart.card).toContainText("No series match the filter.");
  await chart.filter.fill("");
  await chart.expectDrawn(copies);
});

test("the legend raises a line while it is pointed at, and isolates it when pressed", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.first), "?tab=metrics&metric=fit_one");
  const chart = run.chart("fit ▸ loss");
  await chart.expectDrawn(copies);
  const opacity = (label: string) =>
    chart.legend
      .getByRole("listitem")
      .filter({ hasText: label })
      .evaluate((item) => Number(getComputedStyle(item).opacity));
  await chart.line("seed=9").hover();
  await expect.poll(() => opacity("seed=8")).toBeLessThan(0.6);
  expect(await opacity("seed=9")).toBe(1);
  await chart.line("seed=9").click();
  await expect(chart.line("seed=9")).toHaveAttribute("aria-pressed", "true");
  await chart.expectDrawn(1);
  await chart.line("seed=8").click({ modifiers: ["Control"] });
  await chart.expectDrawn(2);
  await chart.card.getByRole("button", { name: "Show all" }).click();
  await chart.expectDrawn(copies);
});

test("one crosshair goes over all charts, and the legend has their values there, highest first", async ({
  page,
  server,
}) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.first), "?tab=metrics&metric=fit_one");
  const [loss, accuracy] = [run.chart("fit ▸ loss"), run.chart("fit ▸ accuracy")];
  await loss.expectDrawn(copies);
  await accuracy.expectDrawn(copies);
  await expect(accuracy.card).toContainText("Last value");
  await loss.pointAt(0.5);
  const said = await loss.card.getByText(/^step \d+$/).textContent();
  await expect(accuracy.card.getByText(/^step \d+$/)).toHaveText(said ?? "");
  await expect(loss.legend.getByRole("button").first()).toContainText("seed=10");
  await expect(accuracy.legend.getByRole("button").first()).toContainText("seed=1");
  await page.mouse.move(0, 0);
  await expect(accuracy.card).toContainText("Last value");
});

test("all lines of one name can be laid together; the address keeps it", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.first), "?tab=metrics&metric=loss");
  await run.chart("fit ▸ loss").expectDrawn(copies);
  const lines = page.getByRole("combobox", { name: "Lines" });
  await lines.selectOption("Lines of one name together");
  const together = run.chart("loss");
  await together.expectDrawn(copies + 1);
  await expect(page).toHaveURL(/lines=name/);
  await page.reload();
  await together.expectDrawn(copies + 1);
  await together.filter.fill("odd");
  await expect(together.line("odd")).toBeVisible();
  await lines.selectOption("Each by itself");
  const single = run.chart("fit[seed=1] ▸ loss");
  await single.card.scrollIntoViewIfNeeded();
  await single.expectDrawn(1);
  await expect(together.card).toHaveCount(0);
});

test("a NaN has its mark, its name and a way there, on the page and in the picture", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.first), "?tab=metrics&metric=broken");
  const chart = run.chart("odd ▸ broken");
  await chart.expectDrawn(1);
  await expect(chart.card).toContainText("2 not finite");
  const inkOnAxisAt = (share: number) =>
    chart.drawing
      .locator("canvas")
      .first()
      .evaluate((canvas: HTMLCanvasElement, at) => {
        const [edge, ratio] = [6, canvas.width / canvas.clientWidth];
        const x = edge + (canvas.clientWidth - 2 * edge) * at;
        const y = canvas.clientHeight - edge;
        const box = canvas.getContext("2d")?.getImageData((x - 4) * ratio, (y - 4) * ratio, 8 * ratio, 8 * ratio);
        return box?.data.filter((value, index) => index % 4 === 3 && value > 100).length ?? 0;
      }, share);
  expect(await inkOnAxisAt(41 / 49)).toBeGreaterThan(10);
  expect(await inkOnAxisAt(20.5 / 49)).toBe(0);
  const svg = (await chart.export("SVG")).bytes.toString();
  expect(svg).toContain("2 not finite · first NaN at step 42");
  expect(svg.match(/l6 6m0 -6l-6 6/g)).toHaveLength(1);
  expect(svg.match(/l-4 8h8z/g)).toHaveLength(1);
  await chart.card.getByRole("button", { name: "first NaN at step 42" }).click();
  await expect(page).toHaveURL(/zoom=/);
  await expect.poll(() => inkOnAxisAt(0.5)).toBeGreaterThan(10);
});

test("what a scaled axis cuts off is counted", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.first), "?tab=metrics&metric=outliers");
  const chart = run.chart("odd ▸ outliers");
  await chart.expectDrawn(1);
  await chart.choose("Settings…");
  await page.getByRole("checkbox", { name: /middle 98 %/ }).check();
  await page.getByRole("button", { name: "Close" }).last().click();
  await expect(chart.card.getByText("3 points outside", { exact: true })).toBeVisible();
});

test("a reduced chart on a logarithmic axis says the least that it leaves out", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.first), "?tab=metrics&metric=long");
  const chart = run.chart("odd ▸ long");
  await chart.expectDrawn(1);
  await chart.choose("Logarithmic y axis");
  await page.keyboard.press("Escape");
  await expect(chart.card.getByText("at least 1 value ≤ 0 left out")).toBeVisible();
});

test("a zoomed chart is the same after a reload", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.first), "?tab=metrics&metric=fit_one");
  const chart = run.chart("fit ▸ loss");
  await chart.expectDrawn(copies);
  await chart.zoom(0.2, 0.4);
  await expect(page).toHaveURL(/zoom=[\w-]+:[\d.]+~[\d.]+/);
  const rowsShown = async () => {
    const rows = await (await chart.openTable()).getAttribute("aria-rowcount");
    await page.keyboard.press("Escape");
    return Number(rows);
  };
  const before = await rowsShown();
  expect(before).toBeLessThan(points / 2);
  await page.reload();
  await chart.expectDrawn(copies);
  expect(await rowsShown()).toBe(before);
  await chart.card.getByRole("button", { name: "Reset zoom" }).click();
  await expect(page).not.toHaveURL(/zoom=/);
  expect(await rowsShown()).toBe(points + 1);
});

test("every point behind a reduced chart can be exported", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.first), "?tab=metrics&metric=long");
  const chart = run.chart("odd ▸ long");
  await chart.expectDrawn(1);
  await expect(chart.card).toContainText(/45,000 points as [\d,]+ min–max buckets/);
  const lines = (await chart.export("CSV of all points")).bytes.toString().trimEnd().split("\r\n");
  expect(lines).toHaveLength(long + 1);
  expect(lines[30_001]).toBe("30001,-4");
  expect(new Set(lines).size).toBe(long + 1);
});

test("points that do not come leave those that are there, and can be asked for again", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.first), "?tab=metrics&metric=long");
  const chart = run.chart("odd ▸ long");
  await chart.expectDrawn(1);
  await page.route("**/api/v1/series", (route) => route.fulfill({ status: 500, body: "" }));
  await chart.zoom(0.6, 0.64);
  const again = chart.card.getByRole("button", { name: "Try again" });
  await expect(again).toBeVisible();
  await expect(chart.card).toContainText("min–max buckets");
  await page.unroute("**/api/v1/series");
  await again.click();
  await expect(again).toHaveCount(0);
});
