import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "playwright/test";
import { ConfigPage } from "./pages/config-page.ts";
import { copyFixture, fixture } from "./support/fixtures.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck, type TrialdeckServer } from "./support/trialdeck-server.ts";

let server: TrialdeckServer;
let lab: Awaited<ReturnType<typeof copyFixture>>;

test.beforeAll(async () => {
  lab = await copyFixture("expops/sqlite-local");
  const config = join(lab.path, "trialdeck.config.yaml");
  const sources = [
    { target: lab.path, label: "Lab" },
    { target: "redis://127.0.0.1:1/0", label: "Nobody", environment: "production" },
    { target: fixture("expops/sqlite-local"), label: "Archive", readOnly: true },
  ];
  await writeFile(config, JSON.stringify({ pricePerGib: 0.02, sources }));
  const env = { ...process.env, TRIALDECK_PRICE_PER_GIB: "0.05", MLOPS_REDIS_PASSWORD: "canary-password" };
  server = await startTrialdeck([], { env, args: ["--config", config] });
});
test.afterAll(async () => {
  await server?.stop();
  await lab?.remove();
});

test("each source is checked when the page opens, and what fails says what mends it", async ({ page }) => {
  await openSignedIn(page, server, "/config");
  const config = new ConfigPage(page);
  await expect(config.source("Lab")).toContainText(/All is well|Works, with warnings/);
  await expect(config.source("Nobody")).toContainText("Something fails");
  await expect(config.source("Nobody")).toContainText("production");
  await expect(config.troubles("Nobody").first()).toContainText("nothing listens at this address");
  await expect(config.troubles("Nobody").first()).toContainText("Start the Redis or correct host and port");
  await expect(config.source("Archive")).toContainText("read only");
  await config.showSteps("Lab");
  await expect(config.source("Lab")).toContainText(/of \d+ newest entries have their result/);
  await config.showSteps("Archive");
  await expect(config.source("Archive")).toContainText("The source is only read");
});

test("a source is checked again when asked, and its least rights can be copied", async ({ page }) => {
  await openSignedIn(page, server, "/config");
  const nobody = new ConfigPage(page).source("Nobody");
  await expect(nobody).toContainText("Something fails");
  const again = page.waitForRequest((request) => request.url().endsWith("/settings/check"));
  await nobody.getByRole("button", { name: "Check again" }).click();
  await again;
  await expect(nobody).toContainText("Something fails");
  await nobody.getByText("The least rights that it needs").click();
  await expect(nobody).toContainText("ACL SETUSER trialdeck on ><password>");
  await expect(nobody.getByRole("button", { name: "Copy: Redis: read", exact: true })).toBeVisible();
});

test("one stage is checked again by itself", async ({ page }) => {
  await openSignedIn(page, server, "/config");
  const nobody = new ConfigPage(page).source("Nobody");
  await expect(nobody).toContainText("Something fails");
  const again = page.waitForRequest((request) => request.url().endsWith("/settings/check"));
  await nobody.getByRole("button", { name: "Check reach again" }).first().click();
  expect((await again).postDataJSON()).toMatchObject({ slot: "index (redis)", stage: "reach" });
  await expect(nobody).toContainText("Something fails");
});

test("every setting says where it comes from, what disagrees, and of a secret only that it is set", async ({
  page,
}) => {
  await openSignedIn(page, server, "/config?tab=settings");
  const config = new ConfigPage(page);
  await expect(config.setting("price per GiB and month")).toContainText("0.05");
  await expect(config.setting("price per GiB and month")).toContainText("TRIALDECK_PRICE_PER_GIB");
  await expect(config.setting("price per GiB and month")).toContainText("says 0.02, which does not count");
  await expect(config.setting("trash, days")).toContainText("default");
  await expect(config.setting("token")).toContainText("set");
  await expect(config.setting("MLOPS_REDIS_PASSWORD").first()).toContainText("set");
  const answers = await page.evaluate(async () => (await fetch("/api/v1/settings")).text());
  expect(answers + (await page.content())).not.toContain("canary");
});

test("a change of the settings file is told and not applied; a broken one says where it is broken", async ({
  page,
}) => {
  const config = join(lab.path, "changing.yaml");
  await writeFile(config, JSON.stringify({ sources: [{ target: lab.path, label: "Lab" }] }));
  const changing = await startTrialdeck([], { args: ["--config", config] });
  try {
    await openSignedIn(page, changing, "/config");
    await expect(new ConfigPage(page).source("Lab")).toBeVisible();
    const change = page.getByRole("region", { name: "The settings file has changed" });
    const untilTold = (text: string) =>
      expect(async () => {
        await page.reload();
        await expect(change).toContainText(text, { timeout: 1_000 });
      }).toPass();
    await writeFile(
      config,
      JSON.stringify({ sources: [{ target: lab.path, label: "Laboratory" }, { target: "redis://127.0.0.1:1/0" }] }),
    );
    await untilTold("Adds the source redis 127.0.0.1:1/0");
    await expect(change).toContainText("Changes the source Laboratory: label");
    await expect(new ConfigPage(page).source("Laboratory")).toHaveCount(0);
    await writeFile(config, "sources:\n  - target: ./a\n    colour: red\n");
    await untilTold("changing.yaml:3:5");
    await expect(change).toContainText("The settings of the start go on.");
  } finally {
    await changing.stop();
  }
});
