import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { expect, test } from "playwright/test";
import { fixture } from "./support/fixtures.ts";
import { startTrialdeck } from "./support/trialdeck-server.ts";

const issuer = "https://issuer.test";

/** A folder with the proxy's keys and settings that believe it from `trusted`, and a token of it. */
async function setUpProxy(trusted: string[]) {
  const folder = await mkdtemp(join(tmpdir(), "proxy-"));
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  await writeFile(join(folder, "keys.json"), JSON.stringify({ keys: [await exportJWK(publicKey)] }));
  const roles = { grants: [{ value: "wine", role: "viewer" }] };
  const proxy = { issuer, audience: "trialdeck", jwks: "keys.json", header: "x-access-token", trusted, roles };
  const config = join(folder, "trialdeck.config.yaml");
  const sources = [{ target: fixture("expops/sqlite-local"), id: "lab" }];
  await writeFile(config, JSON.stringify({ sources, access: { url: "https://trialdeck.test", proxy } }));
  const token = await new SignJWT({ email: "ana@lab.test", groups: ["wine"] })
    .setProtectedHeader({ alg: "ES256" })
    .setIssuer(issuer)
    .setAudience("trialdeck")
    .setExpirationTime("5 min")
    .sign(privateKey);
  return { args: ["--config", config], token, remove: () => rm(folder, { recursive: true, force: true }) };
}

test("a proxy on a trusted address says who asks; what a browser sends through it changes nothing from elsewhere", async () => {
  const { args, token, remove } = await setUpProxy(["127.0.0.1/32", "::1/128"]);
  const server = await startTrialdeck([], { args });
  try {
    const ask = (path: string, headers: Record<string, string>, method = "GET") =>
      fetch(`${server.origin}/api/v1${path}`, { method, headers, ...(method === "POST" && { body: "{}" }) });
    const me = await ask("/me", { "x-access-token": token });
    expect(await me.json()).toEqual({ name: "ana@lab.test", how: "proxy", role: "viewer", grants: null });
    expect((await ask("/runs", {})).status).toBe(401);
    expect((await ask("/runs", { "x-access-token": `${token}x` })).status).toBe(401);
    const page = { "content-type": "application/json", "x-requested-by": "trialdeck", "x-access-token": token };
    expect((await ask("/series", { ...page, origin: "https://evil.test" }, "POST")).status).toBe(403);
    expect((await ask("/series", { ...page, origin: "https://trialdeck.test" }, "POST")).status).toBe(400);
  } finally {
    await server.stop();
    await remove();
  }
});

test("from any other address the same token opens nothing, whatever address is claimed", async () => {
  const { args, token, remove } = await setUpProxy(["10.0.0.7/32"]);
  const server = await startTrialdeck([], { args });
  try {
    for (const claimed of ["x-trialdeck-peer", "x-forwarded-for", "x-real-ip"]) {
      const headers = { "x-access-token": token, [claimed]: "10.0.0.7" };
      const answer = await fetch(`${server.origin}/api/v1/runs`, { headers });
      expect(answer.status, claimed).toBe(401);
    }
  } finally {
    await server.stop();
    await remove();
  }
});

test("the server does not start where a proxy would be believed without proof, and says which line to add", async () => {
  const { args, remove } = await setUpProxy([]);
  await expect(startTrialdeck([], { args })).rejects.toThrow(/ended with 78[\s\S]*trusted:/);
  await remove();
});
