import { type Browser, expect, test } from "playwright/test";
import { ArtifactPage } from "./pages/artifact-page.ts";
import { addCharts, openWineLab, type Store } from "./support/plant-store.ts";
import { askRaw, sendBytes } from "./support/raw-request.ts";
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

test.describe("safety", () => {
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

  const bearer = () => ({ authorization: `Bearer ${server.token}` });
  const host = () => new URL(server.origin).host;
  const cookieOf = async (browser: Browser) => {
    const context = await browser.newContext();
    await context.request.post(`${server.origin}/api/v1/sign-in`, { headers: bearer() });
    const [cookie] = await context.cookies();
    await context.close();
    return `${cookie?.name}=${cookie?.value}`;
  };
  const artifact = async (end: string) => {
    const { items: sources } = await server.ask<{ items: { id: string }[] }>("/sources");
    const { items } = await server.ask<{ items: Artifact[] }>(`/sources/${sources[0]?.id}/artifacts?limit=1000`);
    const found = items.find(({ name }) => name.endsWith(end));
    if (!found) throw new Error(`No artifact ends with ${end}`);
    return server.ask<Artifact>(`/sources/${found.source}/artifacts/${found.id}`);
  };

  test("it answers to its own name only, once", async () => {
    for (const name of [
      "evil.example",
      `evil.example:${new URL(server.origin).port}`,
      "127.0.0.1.nip.io",
      "localhost:1",
    ]) {
      const answer = await askRaw(server.origin, "/api/v1/runs", { headers: { ...bearer(), host: name } });
      expect(answer.status, name).toBe(421);
      expect(answer.body).not.toContain("wine-lab");
    }
    expect(
      await sendBytes(server.origin, [
        "GET /api/v1/health HTTP/1.1",
        `Host: ${host()}`,
        "Host: evil.example",
        "Connection: close",
      ]),
    ).toMatch(/^HTTP\/1\.1 4(00|21) /);
    expect(
      await sendBytes(server.origin, [
        `GET http://evil.example/api/v1/runs HTTP/1.1`,
        `Host: ${host()}`,
        "Connection: close",
      ]),
    ).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("headers that are meant for inside open nothing", async () => {
    for (const header of [
      "x-middleware-subrequest",
      "x-middleware-rewrite",
      "x-invoke-path",
      "x-matched-path",
      "next-resume",
    ]) {
      for (const value of ["proxy:proxy:proxy:proxy:proxy", "src/middleware", "/api/v1/runs", "1"]) {
        const answer = await askRaw(server.origin, "/api/v1/runs", { headers: { [header]: value } });
        expect(answer.status, `${header}: ${value}`).toBe(401);
        const page = await askRaw(server.origin, "/runs", { headers: { [header]: value } });
        expect(page.headers["content-security-policy"], `${header}: ${value}`).toContain("strict-dynamic");
      }
    }
  });

  test("nothing upgrades", async () => {
    const answer = await sendBytes(server.origin, [
      "GET /api/v1/events HTTP/1.1",
      `Host: ${host()}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Version: 13",
    ]);
    expect(answer).not.toContain(" 101 ");
  });

  test("a cookie changes or asks nothing from another origin", async ({ browser }) => {
    const own = {
      cookie: await cookieOf(browser),
      origin: server.origin,
      "x-requested-by": "trialdeck",
      "content-type": "application/json",
      "sec-fetch-site": "same-origin",
    };
    const post = (headers: Record<string, string>) =>
      askRaw(server.origin, "/api/v1/series", { method: "POST", headers, body: '{"refs":[]}' }).then(
        ({ status }) => status,
      );
    expect(await post(own)).toBe(200);
    expect(await post({ ...own, origin: "http://evil.example" })).toBe(403);
    expect(await post({ ...own, origin: "null" })).toBe(403);
    expect(await post({ ...own, "sec-fetch-site": "cross-site" })).toBe(403);
    expect(await post({ ...own, "content-type": "text/plain" })).toBe(403);
    const { "x-requested-by": _, ...unmarked } = own;
    expect(await post(unmarked)).toBe(403);
    const { origin: __, ...nowhere } = own;
    expect(await post(nowhere)).toBe(403);
  });

  test("an id is never a path, however it is written", async () => {
    const { paths } = await server.ask<{ paths: Record<string, Record<string, object>> }>("/openapi.json");
    const templates = Object.entries(paths).filter(([path, methods]) => path.includes("{") && "get" in methods);
    expect(templates.length).toBeGreaterThan(10);
    const { items } = await server.ask<{ items: { id: string }[] }>("/sources");
    const up = ["..", "%2e%2e", "%252e%252e", "..%c0%af", "%e0%80%ae%e0%80%ae", "..%00", "..;", "%u002e%u002e", "．．"];
    const slash = ["/", "%2f", "%252f", "%5c", "%c0%af", "%ef%bc%8f"];
    const odd = [
      ...up.flatMap((dots) => slash.map((line) => `${`${encodeURI(dots)}${line}`.repeat(8)}etc${line}passwd`)),
      "%2fetc%2fpasswd",
      "file:%2f%2f%2fetc%2fpasswd",
      "%00",
      "__proto__",
      "constructor",
      "..%2f..%2f.wine-lab%2fmetrics.sqlite",
    ];
    for (const [template] of templates) {
      const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const attacked of names) {
        for (const payload of odd) {
          const target = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
            name === attacked ? payload : name === "source" ? (items[0]?.id ?? "") : "none",
          );
          const answer = await askRaw(server.origin, `/api/v1${target}`, { headers: bearer() });
          if (answer.status === 200) expect(JSON.parse(answer.body), target).toMatchObject({ items: [] });
          else expect([308, 400, 404], `${answer.status} ${target}`).toContain(answer.status);
          expect(answer.body).not.toMatch(/root:.*:0:0|SQLite format/);
        }
      }
    }
  });

  test("files of the server are not served", async () => {
    for (const path of [
      "/_next/static/../../package.json",
      "/_next/static/..%2f..%2fpackage.json",
      "/_next/../package.json",
      "/.env",
      "/package.json",
      "/lib/auth/authenticate.ts",
      "/..%2f..%2f..%2f..%2fetc%2fpasswd",
      "/runs/..%2f..%2f..%2fetc%2fpasswd/x",
      "/_next/image?url=%2fetc%2fpasswd&w=64&q=75",
      "/_next/image?url=http%3a%2f%2f127.0.0.1%3a1%2f&w=64&q=75",
    ]) {
      const { status, body } = await askRaw(server.origin, path);
      expect(status, path).toBeLessThan(500);
      expect(body, path).not.toMatch(/root:.*:0:0|"devDependencies"|createAuthenticator/);
    }
  });

  test("every page has a strict policy with a nonce of its own, and every script has it", async () => {
    const nonces = new Set<string>();
    for (const path of [
      "/",
      "/runs",
      "/cache",
      "/artifacts",
      "/runs/a/b",
      "/cache/a/b",
      "/artifacts/a/b",
      "/nowhere",
    ]) {
      const { headers, body } = await askRaw(server.origin, path);
      const policy = String(headers["content-security-policy"]);
      const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
      expect(nonce.length, path).toBeGreaterThan(20);
      nonces.add(nonce);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("'strict-dynamic'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe-|\*|https?:/);
      const scripts = body.match(/<script\b[^>]*>/g) ?? [];
      expect(scripts.length, path).toBeGreaterThan(1);
      for (const script of scripts) expect(script, path).toContain(`nonce="${nonce}"`);
      expect(headers["cache-control"], path).toContain("no-store");
    }
    expect(nonces.size).toBe(8);
  });

  test("answers are not sniffed, kept or told onwards", async () => {
    const { contentUrl } = await artifact("score_bars.png");
    for (const [path, headers] of [
      ["/", {}],
      ["/api/v1/health", {}],
      ["/api/v1/none", {}],
      ["/api/v1/runs", bearer()],
      ["/api/v1/openapi.json", bearer()],
      [contentUrl, {}],
    ] as const) {
      const answer = await askRaw(server.origin, path, { headers });
      expect(answer.headers["x-content-type-options"], path).toBe("nosniff");
      expect(answer.headers["referrer-policy"], path).toBe("no-referrer");
      expect(answer.headers["cache-control"], path).toContain("no-store");
      expect(answer.headers["x-powered-by"], path).toBeUndefined();
      expect(answer.headers["access-control-allow-origin"], path).toBeUndefined();
    }
  });

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

  test("it refuses to listen for the whole network without a token", async () => {
    const refused = startTrialdeck([store.path], {
      args: ["--host", "0.0.0.0"],
      env: { ...process.env, TRIALDECK_TOKEN: "" },
    });
    await expect(refused).rejects.toThrow(/ended with 78[\s\S]*TRIALDECK_TOKEN/);
  });
});
