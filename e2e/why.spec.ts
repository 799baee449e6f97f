import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { EntryPage } from "./pages/entry-page.ts";
import { OverviewPage } from "./pages/overview-page.ts";
import { RunPage } from "./pages/run-page.ts";
import { bundledRuns } from "./support/bundled-runs.ts";
import { expect, findRun, findSource, test } from "./support/test.ts";
import { wineRuns } from "./support/wine-lab.ts";

test("from the first page one click leads to the named cause", async ({ page }) => {
  const overview = new OverviewPage(page);
  await overview.open();
  await overview.latest.getByRole("link", { name: /62de93df/ }).click();
  await expect(new RunPage(page).causes).toContainText("fit_boosting ran again because rate 0.1 → 0.3;");
});

test("a run says its causes under its first line, and one that reused everything says nothing", async ({
  page,
  server,
}) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, bundledRuns.alphaChanged));
  await expect(run.causes).toContainText(/^fit_logistic ran again because alpha 0\.0005 → 0\.002; .* followed\.$/);
  await run.open(await findRun(server, bundledRuns.seedChanged));
  await expect(run.causes).toHaveText(
    "All 11 processes ran again because a setting that all processes share changed: seed 7 → 11.",
  );
  await run.open(await findRun(server, bundledRuns.dataChanged));
  await expect(run.causes).toHaveText("All 11 processes ran again because the data file changed.");
  await run.open(await findRun(server, bundledRuns.nothingChanged));
  await expect(run.node("read_table")).toBeVisible();
  await expect(run.causes).toHaveCount(0);
});

test("a node asked why shows its parts and values before and after, and leads to the run compared with", async ({
  page,
  server,
}) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, bundledRuns.alphaChanged));
  await run.node("compare_models").getByRole("button", { name: "Why did this run?" }).click();
  await expect(run.why).toContainText(
    "compare_models ran again because fit_logistic before it changed: alpha 0.0005 → 0.002.",
  );
  await expect(run.why).toContainText("Recorded:");
  await expect(run.whyRow("fit_logistic.alpha").getByRole("cell")).toHaveText(["0.0005", "0.002"]);
  await expect(run.whyRow("input")).toContainText("different");
  await expect(run.whyRow("config")).toContainText("same");
  await run.why.getByRole("button", { name: "fit_logistic" }).click();
  await expect(run.why.getByRole("heading", { level: 2 })).toHaveText("Why it ran: fit_logistic");
  await page.goBack();
  await expect(run.why.getByRole("heading", { level: 2 })).toHaveText("Why it ran: compare_models");
  await run.why.getByRole("link", { name: /32364b5e/ }).click();
  await expect(run.name).toHaveText(bundledRuns.nothingChanged);
});

test("a change of code is shown by its lines", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, bundledRuns.codeChanged));
  await run.causes.getByRole("button", { name: "fit_forest" }).click();
  await expect(run.why.getByRole("figure")).toContainText("added: ");
  await expect(run.why.getByRole("figure")).toContainText("max_depth=4");
});

test("a reused process tells where its result comes from", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, bundledRuns.alphaChanged), "?tab=steps");
  await run.step("fit_forest").getByRole("button", { name: "Where does this come from? fit_forest" }).click();
  await expect(run.why).toContainText("fit_forest was reused: it is the result that");
  await expect(run.why).toContainText("299 ms");
  await run.why.getByRole("link", { name: /bb18ac68/ }).click();
  await expect(run.name).toHaveText(bundledRuns.first);
});

test("a step blames no parameter for its own key, and tells why its process ran", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, bundledRuns.alphaChanged), "?tab=steps");
  await run
    .step("descend")
    .getByRole("button", { name: /Why did this run/ })
    .click();
  await expect(run.why).toContainText("descend ran again because the configuration or the scripts changed");
  await expect(run.why).toContainText("fit_logistic ran again because alpha 0.0005 → 0.002.");
});

test("an entry leads to why it was made", async ({ page, server }) => {
  const { id } = await findRun(server, bundledRuns.alphaChanged);
  const source = await findSource(server, /bundled/);
  const { items } = await server.ask<{ items: { id: string; process: string; step: string | null }[] }>(
    `/sources/${source}/cache/entries?run=${id}&process=fit_logistic`,
  );
  const entry = new EntryPage(page);
  await entry.open(source, items.find(({ step }) => step === null)?.id ?? "none");
  await entry.fact("Producer").getByRole("link", { name: "Why it was made" }).click();
  await expect(new RunPage(page).why).toContainText("fit_logistic ran again because alpha 0.0005 → 0.002");
});

test("without versions the cause is named and no value guessed", async ({ page, server }) => {
  const run = new RunPage(page);
  await run.open(await findRun(server, wineRuns.alphaChanged), "?why=evaluate");
  await expect(run.why).toContainText("evaluate ran again because train_sgd before it changed: its configuration.");
  await expect(run.why.getByRole("region", { name: "Values" })).toHaveCount(0);
});

test("an explanation that fails says so, and can be asked again", async ({ page, server }) => {
  const run = new RunPage(page);
  await page.route("**/cache/explain?*", (route) => route.fulfill({ status: 503, json: unavailable }));
  await run.open(await findRun(server, bundledRuns.alphaChanged), "?why=fit_logistic");
  await expect(run.why.getByRole("alert")).toContainText("The store is away.");
  await page.unroute("**/cache/explain?*");
  await run.why.getByRole("button", { name: "Try again" }).click();
  await expect(run.why).toContainText("fit_logistic ran again because");
});
const unavailable = { error: { code: "source_unavailable", message: "The store is away.", remedy: "Bring it back." } };

test("on a narrow screen the explanation stays within it", async ({ page, server }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const run = new RunPage(page);
  await run.open(await findRun(server, bundledRuns.codeChanged), "?why=fit_forest");
  await expect(run.why.getByRole("figure")).toBeVisible();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  const box = await run.why.boundingBox();
  expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 999) <= 390).toBe(true);
});

const command = fileURLToPath(new URL("../bin/trialdeck.ts", import.meta.url));
const workspace = fileURLToPath(new URL("../bundled/workspace", import.meta.url));

/** `trialdeck why …` in a state of the server's own: it must not hold it. */
async function why(stateDir: string, ...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, TRIALDECK_STATE_DIR: stateDir };
  try {
    const said = await promisify(execFile)(process.execPath, [command, "why", ...words], { env });
    return { code: 0, ...said };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

test("the command says the same in the terminal, beside a server", async ({ server }) => {
  test.setTimeout(120_000);
  const { stateDir } = server;
  const said = await why(stateDir, workspace, "9f60b212", "compare_models");
  expect(said.code).toBe(0);
  expect(said.stdout.split("\n").slice(0, 2)).toEqual([
    bundledRuns.alphaChanged,
    "compare_models ran again because fit_logistic before it changed: alpha 0.0005 → 0.002.",
  ]);
  expect(said.stdout).toContain("fit_logistic.alpha: 0.0005 → 0.002");
  const latest = await why(stateDir, workspace, "--json");
  const answer = JSON.parse(latest.stdout) as { sentence: string; items: { process: string }[] };
  expect(answer.sentence).toMatch(/^fit_boosting ran again because rate 0\.1 → 0\.3; /);
  expect(answer.items).toHaveLength(5);
});

test("the command's exit code tells what it could not say", async ({ server }) => {
  test.setTimeout(120_000);
  const { stateDir } = server;
  expect(await why(stateDir, workspace, "9127f3ec", "fit_boosting")).toMatchObject({ code: 2 });
  expect(await why(stateDir, workspace, "no-such-run")).toMatchObject({ code: 66 });
  expect(await why(stateDir, workspace, "9f60b212", "no-such-process")).toMatchObject({ code: 66 });
  expect(await why(stateDir)).toMatchObject({ code: 64 });
});

test("a run of another project is no baseline", async ({ server }) => {
  const run = await findRun(server, bundledRuns.alphaChanged);
  const other = await findRun(server, wineRuns.first);
  const ask = (baseline: string) =>
    server.ask<{ comparedWith: { runName: string } }>(
      `/sources/${run.source}/cache/explain?run=${run.id}&process=fit_logistic&baseline=${baseline}`,
    );
  const { id } = await findRun(server, bundledRuns.first);
  expect((await ask(id)).comparedWith.runName).toBe(bundledRuns.first);
  await expect(ask(other.id)).rejects.toThrow("404");
});
