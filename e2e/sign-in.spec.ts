import { expect, test } from "playwright/test";
import { OverviewPage } from "./pages/overview-page.ts";
import { RunsPage } from "./pages/runs-page.ts";
import { SignInPage } from "./pages/sign-in-page.ts";
import { fixture } from "./support/fixtures.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";
import { wineRuns } from "./support/wine-lab.ts";

test.describe("signing in", () => {
  test.describe.configure({ mode: "serial" });
  let server: TrialdeckServer;
  test.beforeAll(async () => {
    server = await startTrialdeck([fixture("expops/sqlite-local")]);
    await untilIndexed(server);
  });
  test.afterAll(() => server?.stop());

  test("without a cookie every page shows how to get in, and no data", async ({ page }) => {
    const signIn = new SignInPage(page);
    for (const path of ["/", "/runs", "/cache", "/artifacts", "/runs/any/thing", "/cache/any/thing"]) {
      const answer = await page.goto(server.origin + path);
      expect(await answer?.text(), path).not.toContain("wine-lab");
      await expect(signIn.heading, path).toBeVisible();
      await expect(page.getByText("wine-lab")).toHaveCount(0);
    }
  });

  test("the printed link signs a browser in, once", async ({ browser }) => {
    const mine = await browser.newContext();
    const page = await mine.newPage();
    await page.goto(server.signInUrl);
    await expect(new OverviewPage(page).latest.getByText(wineRuns.first.slice(-8))).toBeVisible();
    expect(page.url()).toBe(`${server.origin}/`);
    const [cookie] = await mine.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict" });
    await mine.close();

    const other = await browser.newContext();
    const second = await other.newPage();
    await second.goto(server.signInUrl);
    await expect(new SignInPage(second).heading).toBeVisible();
    expect(await other.cookies()).toEqual([]);
    await other.close();
  });

  test("a used link does no harm to a browser that is signed in", async ({ page }) => {
    await page.context().request.post(`${server.origin}/api/v1/sign-in`, {
      headers: { authorization: `Bearer ${server.token}` },
    });
    await page.goto(server.signInUrl);
    await expect(new OverviewPage(page).latest.getByText(wineRuns.first.slice(-8))).toBeVisible();
  });

  test("the token can be pasted; a wrong one says so", async ({ page }) => {
    await page.goto(`${server.origin}/runs?q=status%20%3D%20failed`);
    const signIn = new SignInPage(page);
    await signIn.signIn("not-the-token-not-the-token");
    await expect(signIn.problem).toBeVisible();
    await signIn.signIn(server.token);
    await expect(new RunsPage(page).row(wineRuns.failing.slice(-8))).toBeVisible();
  });

  test("the API answers 401 to strangers on every path, by every method", async () => {
    const { paths } = await server.ask<{ paths: Record<string, object> }>("/openapi.json");
    const known = Object.keys(paths).map((path) => path.replaceAll(/\{\w+\}/g, "x"));
    expect(known.length).toBeGreaterThan(15);
    const open = new Set(["GET /health", "HEAD /health"]);
    for (const path of [...known, "/none", "/sources/x/none", "/runs/x/..%2f..", "/", ""]) {
      const bare = path.replace(/^\/api\/v1/, "");
      for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
        if (open.has(`${method} ${bare}`)) continue;
        for (const authorization of [undefined, "Bearer wrong"]) {
          const answer = await fetch(`${server.origin}/api/v1${bare}`, {
            method,
            redirect: "manual",
            headers: { cookie: "trialdeck_1=guess", ...(authorization && { authorization }) },
          });
          expect(answer.status, `${method} ${bare}`).toBe(401);
          expect(answer.headers.get("cache-control")).toContain("no-store");
        }
      }
    }
  });

  test("health tells strangers no more than that it is well", async () => {
    const answer = await fetch(`${server.origin}/api/v1/health`);
    expect(Object.keys((await answer.json()) as object).sort()).toEqual(["status", "version"]);
  });
});
