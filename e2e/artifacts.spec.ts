import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ArtifactPage } from "./pages/artifact-page.ts";
import { ArtifactsPage } from "./pages/artifacts-page.ts";
import { fixture } from "./support/fixtures.ts";
import { expect, findSource, test } from "./support/test.ts";
import type { TrialdeckServer } from "./support/trialdeck-server.ts";

interface Artifact {
  id: string;
  source: string;
  name: string;
  mediaType: string;
  bytes: number;
}

async function findArtifact(server: TrialdeckServer, source: RegExp, name: RegExp): Promise<Artifact> {
  const id = await findSource(server, source);
  const { items } = await server.ask<{ items: Artifact[] }>(`/sources/${id}/artifacts?limit=1000`);
  const found = items.find((artifact) => name.test(artifact.name));
  if (!found) throw new Error(`No artifact is named ${name}`);
  return found;
}

test("artifacts of a source are listed, filtered, and looked into beside the list", async ({ page, server }) => {
  const source = await findSource(server, /sqlite-local/);
  const artifacts = new ArtifactsPage(page);
  await artifacts.open(`?source=${source}`);
  await expect(artifacts.rows.first()).toBeVisible();
  await artifacts.filterBy("name ~ score_bars.png");
  await expect(artifacts.rows).toHaveCount(3);
  await page.keyboard.press("j");
  await expect(artifacts.panel.getByRole("img", { name: /score_bars\.png/ })).toBeVisible();
  await expect(page).toHaveURL(/artifact=/);
  await page.keyboard.press("Enter");
  await expect(new ArtifactPage(page).title).toHaveText("score_bars.png");
});

test("a picture is shown with its size", async ({ page, server }) => {
  const artifact = new ArtifactPage(page);
  await artifact.open(await findArtifact(server, /sqlite-local/, /loss_curves\.png$/));
  const picture = artifact.preview("image").getByRole("img");
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);
  await expect(artifact.preview("image")).toContainText(/\d+ × \d+ pixels/);
});

test("a vector picture is shown as a picture, so that nothing in it can run", async ({ page, server }) => {
  const artifact = new ArtifactPage(page);
  await artifact.open(await findArtifact(server, /versions/, /loss_line\.svg$/));
  await expect(artifact.preview("image").getByRole("img")).toBeVisible();
  await expect(page.locator("iframe, object, embed")).toHaveCount(0);
});

test("a table file is shown as a table, numbers at the right", async ({ page, server }) => {
  const artifact = new ArtifactPage(page);
  await artifact.open(await findArtifact(server, /bundled/, /loss_curves\.csv$/));
  const table = artifact.preview("table").getByRole("table");
  await expect(table.getByRole("columnheader")).toHaveText(["Row", "model", "step", "test_loss"]);
  await expect(table.getByRole("row").nth(1)).toContainText("logistic");
  await expect(table.getByRole("row").nth(1).getByRole("cell").last()).toHaveCSS("text-align", "right");
});

test("text is shown as text", async ({ page, server }) => {
  const artifact = new ArtifactPage(page);
  await artifact.open(await findArtifact(server, /bundled/, /scores\.txt$/));
  await expect(artifact.preview("text").getByRole("region", { name: "Content" })).toContainText("logistic   accuracy");
});

test("JSON is shown by its structure", async ({ page, server }) => {
  const artifact = new ArtifactPage(page);
  await artifact.open(await findArtifact(server, /sqlite-local/, /summary\.json$/));
  await expect(artifact.preview("json").getByRole("listitem").first()).toContainText("best");
  await expect(artifact.preview("json")).toContainText("forest");
});

test("arrays are shown by shape, type and first values", async ({ page, server }) => {
  const artifact = new ArtifactPage(page);
  await artifact.open(await findArtifact(server, /sqlite-local/, /weights\.npy$/));
  await expect(artifact.preview("array")).toContainText("float32");
  await artifact.open(await findArtifact(server, /versions/, /\.npz$/));
  await expect(artifact.preview("array").getByRole("region", { name: /^First values/ })).toBeVisible();
  await expect(artifact.preview("array")).toContainText("float64");
});

test("a model is shown as what a pickle holds", async ({ page, server }) => {
  const artifact = new ArtifactPage(page);
  await artifact.open(await findArtifact(server, /bundled/, /forest\.joblib$/));
  await expect(artifact.preview("pickle")).toContainText("RandomForestClassifier");
  await expect(artifact.preview("pickle")).toContainText("nothing was run");
  await expect(artifact.facts.getByRole("link", { name: /fit_forest/ })).toBeVisible();
});

test("a page that a run wrote is shown only on demand, in a sandbox", async ({ page, server }) => {
  const artifact = new ArtifactPage(page);
  await artifact.open(await findArtifact(server, /bundled/, /scores\.html$/));
  await expect(page.locator("iframe")).toHaveCount(0);
  await page.getByRole("button", { name: "Show it in the sandbox" }).click();
  const frame = page.locator("iframe");
  await expect(frame).toHaveAttribute("sandbox", "allow-scripts");
  await expect(frame.contentFrame().getByText("boosting").first()).toBeVisible();
});

test("a download gives the very bytes of the file", async ({ page, server }) => {
  const artifact = new ArtifactPage(page);
  const found = await findArtifact(server, /sqlite-local/, /cache\/.*evaluate.*\.pkl$/);
  await artifact.open(found);
  const { name, bytes } = await artifact.download();
  expect(name).toMatch(/evaluate.*\.pkl$/);
  expect(bytes.equals(readFileSync(join(fixture("expops/sqlite-local"), found.name)))).toBe(true);
});
