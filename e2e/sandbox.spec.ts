import { expect, test } from "playwright/test";
import { ArtifactPage } from "./pages/artifact-page.ts";
import { addCharts, openWineLab, type Store } from "./support/plant-store.ts";
import { askRaw } from "./support/raw-request.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrap, type TrapServer, trapPage, trapPicture } from "./support/trap-server.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";
import { wineRuns } from "./support/wine-lab.ts";

interface Artifact {
  id: string;
  source: string;
  name: string;
  contentUrl: string;
}

test.describe("files that runs left", () => {
  test.describe.configure({ mode: "serial" });
  let server: TrialdeckServer;
  let store: Store;
  let trap: TrapServer;
  test.beforeAll(async () => {
    trap = await startTrap();
    store = await openWineLab();
    addCharts(store, wineRuns.first, "score_bars", {
      "trap.html": trapPage(trap.origin),
      "trap.svg": trapPicture(trap.origin),
    });
    store.close();
    server = await startTrialdeck([store.path]);
    await untilIndexed(server);
  });
  test.afterAll(async () => {
    await server?.stop();
    await trap?.stop();
    await store?.remove();
  });

  const artifact = async (end: string) => {
    const { items: sources } = await server.ask<{ items: { id: string }[] }>("/sources");
    const { items } = await server.ask<{ items: Artifact[] }>(`/sources/${sources[0]?.id}/artifacts?limit=1000`);
    const found = items.find(({ name }) => name.endsWith(end));
    if (!found) throw new Error(`No artifact ends with ${end}`);
    return server.ask<Artifact>(`/sources/${found.source}/artifacts/${found.id}`);
  };

  test("the address of an artifact's bytes needs no cookie, and no other artifact or time", async () => {
    const [picture, other] = [await artifact("score_bars.png"), await artifact("score_bars.txt")];
    const url = new URL(picture.contentUrl, server.origin);
    expect((await askRaw(server.origin, url.pathname + url.search)).status).toBe(200);
    const elsewhere = new URL(other.contentUrl, server.origin).pathname;
    expect((await askRaw(server.origin, elsewhere + url.search)).status).toBe(401);
    expect((await askRaw(server.origin, url.pathname)).status).toBe(401);
    for (const change of [
      (search: URLSearchParams) => search.set("expires", String(Number(search.get("expires")) + 60_000)),
      (search: URLSearchParams) => search.set("expires", String(Date.now() - 1)),
      (search: URLSearchParams) => search.set("expires", "9e99"),
      (search: URLSearchParams) => search.set("signature", `A${search.get("signature")?.slice(1)}`),
      (search: URLSearchParams) => search.set("signature", ""),
      (search: URLSearchParams) => search.append("signature", "x"),
    ]) {
      const search = new URLSearchParams(url.search);
      change(search);
      expect((await askRaw(server.origin, `${url.pathname}?${search}`)).status, String(search)).toBe(401);
    }
  });

  test("a hostile page of an artifact reaches nothing from its sandbox", async ({ page }) => {
    const found = await artifact("trap.html");
    await openSignedIn(page, server, `/artifacts/${found.source}/${found.id}`);
    const address = page.url();
    await page.getByRole("button", { name: "Show it in the sandbox" }).click();
    const inside = page.locator("iframe").contentFrame();
    await expect(inside.getByText("end: done")).toBeVisible();
    for (const line of await inside.getByRole("listitem").allTextContents()) {
      expect(line).toMatch(/: (stopped|done)$/);
    }
    // It sends itself elsewhere after a second; that is stopped too.
    await expect.poll(() => page.frames().some((frame) => frame.url().startsWith("chrome-error:"))).toBe(true);
    await expect(new ArtifactPage(page).title).toHaveText("trap.html");
    expect(page.url()).toBe(address);
    expect(page.context().pages()).toHaveLength(1);
    expect(trap.hits).toEqual([]);
  });

  test("opened by itself, the hostile page is saved, not shown", async ({ page }) => {
    const { contentUrl } = await artifact("trap.html");
    await openSignedIn(page, server, "/artifacts");
    const saved = page.waitForEvent("download");
    await page.evaluate((url) => window.location.assign(url), contentUrl);
    expect((await saved).suggestedFilename()).toBe("trap.html");
    expect(trap.hits).toEqual([]);
  });

  test("a hostile picture is only a picture, also by itself", async ({ page }) => {
    const found = await artifact("trap.svg");
    const dialogs: string[] = [];
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await openSignedIn(page, server, `/artifacts/${found.source}/${found.id}`);
    await expect(new ArtifactPage(page).preview("image").getByRole("img")).toBeVisible();
    await page.goto(server.origin + found.contentUrl);
    await expect(page.locator("rect")).toBeVisible();
    expect(dialogs).toEqual([]);
    expect(trap.hits).toEqual([]);
  });
});
