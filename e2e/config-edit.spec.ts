import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "playwright/test";
import { ConfigPage } from "./pages/config-page.ts";
import { brokenRules } from "./support/broken-rules.ts";
import { copyFixture } from "./support/fixtures.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck, type TrialdeckServer } from "./support/trialdeck-server.ts";

let server: TrialdeckServer;
let lab: Awaited<ReturnType<typeof copyFixture>>;
let settings: string;

test.beforeEach(async () => {
  lab = await copyFixture("expops/sqlite-local");
  settings = join(lab.path, "trialdeck.config.yaml");
  const written = "# ours\nsources:\n  - id: lab\n    target: . # all of it\n    label: Lab\nconfigEdit: true\n";
  await writeFile(settings, written);
  server = await startTrialdeck([], { args: ["--config", settings] });
});
test.afterEach(async () => {
  await server?.stop();
  await lab?.remove();
});

test("a source is added in a form: checked, shown as a change of the file, and written", async ({ page }) => {
  await openSignedIn(page, server, "/config");
  const form = new ConfigPage(page).form;
  await page.getByRole("button", { name: "Add a source" }).click();
  await form.getByLabel("Target").fill("./wine-lab");
  await form.getByLabel("Label", { exact: true }).fill("Wine");
  await form.getByRole("checkbox", { name: "Read only" }).check();
  await form.getByRole("button", { name: "Check", exact: true }).click();
  await expect(form).toContainText("This is how the file changes");
  await expect(form.getByRole("figure")).toContainText("- target: ./wine-lab");
  expect(await brokenRules(page)).toEqual([]);
  expect(await readFile(settings, "utf8")).not.toContain("Wine");
  await form.getByRole("button", { name: "Write it into the file" }).click();
  await expect(form).toBeHidden();
  const text = await readFile(settings, "utf8");
  expect(text).toContain("target: . # all of it");
  expect(text).toContain("label: Wine\n    readOnly: true");
  await expect(page.getByRole("region", { name: "The settings file has changed" })).toContainText(
    "Adds the source Wine",
  );
});

test("what fails is kept as a draft, also over closing the form", async ({ page }) => {
  await openSignedIn(page, server, "/config");
  const config = new ConfigPage(page);
  await config.source("Lab").getByRole("button", { name: "Edit" }).click();
  await expect(config.form.getByLabel("Target")).toHaveValue(".");
  await config.form.getByLabel("Target").fill("redis://169.254.169.254/0");
  await config.form.getByLabel("Password").fill("canary-password");
  await config.form.getByRole("button", { name: "Check", exact: true }).click();
  await expect(config.form).toContainText("kept as a draft");
  await expect(config.form).toContainText("This place may not be tried");
  await config.form.getByRole("button", { name: "Cancel" }).click();
  await config.source("Lab").getByRole("button", { name: "Edit" }).click();
  await expect(config.form.getByLabel("Target")).toHaveValue("redis://169.254.169.254/0");
  await expect(config.form.getByLabel("Password")).toHaveValue("");
  await config.form.getByRole("button", { name: "Discard the draft" }).click();
  await expect(config.form.getByLabel("Target")).toHaveValue(".");
  expect(await readFile(settings, "utf8")).toContain("target: . # all of it");
});

test("where editing is not switched on there is no form, and none is served", async ({ page }) => {
  await writeFile(settings, "sources: [{id: lab, target: ., label: Lab}]\n");
  const closed = await startTrialdeck([], { args: ["--config", settings] });
  try {
    await openSignedIn(page, closed, "/config");
    await expect(new ConfigPage(page).source("Lab")).toContainText(/All is well|Works, with warnings/);
    await expect(page.getByRole("button", { name: "Edit" })).toHaveCount(0);
    for (const [path, body] of [
      ["settings/check", { candidate: { target: "." } }],
      ["settings/sources", { of: null, digest: "", candidate: { target: "." }, write: true }],
    ] as const) {
      const headers = { authorization: `Bearer ${closed.token}` };
      const answer = await page.request.post(`${closed.origin}/api/v1/${path}`, { headers, data: body });
      expect(answer.status()).toBe(403);
    }
  } finally {
    await closed.stop();
  }
});
