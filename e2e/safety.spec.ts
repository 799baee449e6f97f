import { type Browser, expect, test } from "playwright/test";
import { fixture } from "./support/fixtures.ts";
import { askRaw, sendBytes } from "./support/raw-request.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";

test.describe("safety", () => {
  let server: TrialdeckServer;
  test.beforeAll(async () => {
    server = await startTrialdeck([fixture("expops/sqlite-local")]);
    await untilIndexed(server);
  });
  test.afterAll(() => server?.stop());

  const bearer = () => ({ authorization: `Bearer ${server.token}` });
  const host = () => new URL(server.origin).host;
  const cookieOf = async (browser: Browser) => {
    const context = await browser.newContext();
    await context.request.post(`${server.origin}/api/v1/sign-in`, { headers: bearer() });
    const [cookie] = await context.cookies();
    await context.close();
    return `${cookie?.name}=${cookie?.value}`;
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
    const { items: sources } = await server.ask<{ items: { id: string }[] }>("/sources");
    const list = `/sources/${sources[0]?.id}/artifacts`;
    const { items } = await server.ask<{ items: { id: string }[] }>(`${list}?limit=1`);
    const { contentUrl } = await server.ask<{ contentUrl: string }>(`${list}/${items[0]?.id}`);
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

  test("it refuses to listen for the whole network without a token", async () => {
    const refused = startTrialdeck([fixture("expops/sqlite-local")], {
      args: ["--host", "0.0.0.0"],
      env: { ...process.env, TRIALDECK_TOKEN: "" },
    });
    await expect(refused).rejects.toThrow(/ended with 78[\s\S]*TRIALDECK_TOKEN/);
  });
});
