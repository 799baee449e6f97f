import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, type Page, test } from "playwright/test";
import { type RedisServer, startRedis } from "../lib/contracts/testing/redis-server.ts";
import { ConfigPage } from "./pages/config-page.ts";
import { fixture } from "./support/fixtures.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck, type TrialdeckServer } from "./support/trialdeck-server.ts";

/** One in every place that a secret may stand in. */
const canaries = {
  address: "canary-in-the-address",
  variable: "canary-in-a-variable",
  file: "canary-in-a-file",
  settings: "canary-in-the-settings",
  project: "canary-in-the-projects-config",
  tool: "canary-in-the-tools-variable",
  googleKey: "canary-in-the-google-key",
  projectKey: "canary-in-the-projects-key",
  form: "canary-in-the-form",
  broken: "canary-in-a-broken-file",
};
const token = "canary-in-the-token-of-scripts";
const project = "wine-lab";

let folder: string;
let settings: string;
let redis: RedisServer;
let server: TrialdeckServer;

test.describe.configure({ mode: "serial", timeout: 180_000 });

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "canaries-"));
  redis = await startRedis({ args: ["--requirepass", "another"] });
  await cp(fixture("expops/sqlite-local"), folder, { recursive: true });
  await mkdir(join(folder, project, "keys"), { recursive: true });
  await writeFile(join(folder, project, "keys", "firestore.json"), keyFile(canaries.projectKey));
  const config = `experiment: {cache: {backend: {type: redis, host: 127.0.0.1, port: ${redis.port}, password: ${canaries.project}}}}`;
  await writeFile(join(folder, project, "configs", "project_config.yaml"), config);
  await writeFile(join(folder, "secret"), `${canaries.file}\n`, { mode: 0o644 });
  await writeFile(join(folder, "key.json"), keyFile(canaries.googleKey));
  settings = join(folder, "trialdeck.config.yaml");
  const at = `127.0.0.1:${redis.port}`;
  const sources = [
    { id: "address", target: `redis://default:${canaries.address}@${at}/0` },
    { id: "closed", target: `redis://default:${canaries.address}@127.0.0.1:1/0` },
    { id: "tls", target: `rediss://default:${canaries.address}@${at}/1` },
    { id: "variable", target: `redis://${at}/2`, redis: { password: "${env:LAB_PASSWORD}" } },
    { id: "file", target: `redis://${at}/3`, redis: { username: "ada", password: "file:secret" } },
    { id: "settings", target: `redis://${at}/4`, redis: { password: canaries.settings } },
    { id: "database", target: `redis://default:${canaries.address}@${at}/99` },
    { id: "firestore", target: "firestore://canary-lab", google: { keyFile: "key.json" } },
    { id: "bucket", target: "gs://canary-lab-bucket", google: { keyFile: "key.json" } },
    { id: "project", target: "." },
  ];
  await writeFile(settings, JSON.stringify({ configEdit: true, sources }));
  const env = {
    ...process.env,
    TRIALDECK_TOKEN: token,
    LAB_PASSWORD: canaries.variable,
    MLOPS_REDIS_PASSWORD: canaries.tool,
  };
  server = await startTrialdeck([], { args: ["--config", settings], env });
});
test.afterAll(async () => {
  await server?.stop();
  await redis?.stop();
  await rm(folder, { recursive: true, force: true });
});

test("no answer, page, bundle or event tells a secret, whatever fails", async ({ page }) => {
  const heard: string[] = [];
  page.on("response", async (response) => {
    const body = await response.text().catch(() => "");
    heard.push(`${response.url()} ${JSON.stringify(response.headers())} ${body}`);
  });
  await openSignedIn(page, server, "/config");
  const config = new ConfigPage(page);
  for (const label of ["address", "closed", "tls", "variable", "file", "settings", "database", "firestore", "bucket"])
    await expect(config.source(labelOf(label))).toContainText("Something fails", { timeout: 60_000 });
  await typeIntoForm(config, page);
  for (const path of ["/", "/runs", "/cache", "/artifacts", "/operations", "/cache/ledger", "/cache/reconcile"]) {
    await page.goto(server.origin + path);
    await page.waitForLoadState("load");
  }
  await page.goto(`${server.origin}/config?tab=settings`);
  await expect(config.setting("Redis password").first()).toContainText("set");
  await writeFile(settings, `sources:\n  - target: ./a\n    redis: {password: [${canaries.broken}]}\n`);
  await expect(async () => {
    await page.reload();
    await expect(page.getByText("The settings file is broken")).toBeVisible({ timeout: 1_000 });
  }).toPass();
  heard.push(await page.content());
  heard.push(await eventsOf(page));
  heard.push(...(await crawlApi()));
  // What is no secret of the same keys and settings is told, so that it was looked at where it would be.
  for (const told of ["canary-lab-bucket", "WRONGPASS|user or password is wrong", "LAB_PASSWORD", "firestore.json"])
    expect(heard.join("\n")).toMatch(new RegExp(told));
  for (const text of heard) expectNoCanary(text.slice(0, 80), text);
});

test("neither the log nor the state, the catalog or doctor does", async () => {
  expectNoCanary("the log", server.output());
  for (const file of await readdir(server.stateDir, { recursive: true, withFileTypes: true }))
    if (file.isFile()) {
      const path = join(file.parentPath, file.name);
      expectNoCanary(path, await readFile(path, "latin1"));
    }
  const doctor = await runDoctor(`redis://default:${canaries.address}@127.0.0.1:${redis.port}/0`, folder);
  expect(doctor).toContain('"verdict"');
  expectNoCanary("doctor", doctor);
});

function labelOf(id: string): string {
  const at = `127.0.0.1:${redis.port}`;
  const labels: Record<string, string> = {
    address: `redis ${at}/0`,
    closed: "redis 127.0.0.1:1/0",
    tls: `redis ${at}/1`,
    variable: `redis ${at}/2`,
    file: `redis ${at}/3`,
    settings: `redis ${at}/4`,
    database: `redis ${at}/99`,
    firestore: "firestore canary-lab",
    bucket: "gs://canary-lab-bucket",
  };
  return labels[id] ?? id;
}

/** A key as Google hands them out, with a canary in what is secret of it. */
function keyFile(canary: string): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = privateKey.export({ type: "pkcs8", format: "pem" });
  return JSON.stringify({
    ...{ type: "service_account", project_id: "canary-lab", private_key_id: canary },
    ...{ private_key: key, client_email: "a@canary-lab.iam.gserviceaccount.com", client_secret: canary },
  });
}

async function typeIntoForm(config: ConfigPage, page: Page): Promise<void> {
  await page.getByRole("button", { name: "Add a source" }).click();
  await config.form.getByLabel("Target").fill(`redis://127.0.0.1:${redis.port}/5`);
  await config.form.getByLabel("Password").fill(canaries.form);
  await config.form.getByRole("button", { name: "Check", exact: true }).click();
  await expect(config.form).toContainText("kept as a draft", { timeout: 30_000 });
  await config.form.getByRole("button", { name: "Cancel" }).click();
}

/** The first of the live events. */
function eventsOf(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const ending = new AbortController();
    const response = await fetch("/api/v1/events", { signal: ending.signal, headers: { "Last-Event-ID": "1" } });
    const { value } = await response.body!.getReader().read();
    ending.abort();
    return new TextDecoder().decode(value);
  });
}

/** Every GET without a parameter, every list of each source, a check of each and questions that fail. */
async function crawlApi(): Promise<string[]> {
  const { paths } = await server.ask<{ paths: Record<string, { get?: object }> }>("/openapi.json");
  const { items } = await server.ask<{ items: { id: string }[] }>("/sources");
  const ids = items.map(({ id }) => id);
  const asked = Object.keys(paths)
    .filter((path) => paths[path]?.get && path !== "/events")
    .flatMap((path) => {
      if (!path.includes("{")) return [path];
      const named = (id: string) => path.replace("{source}", id).replaceAll(/\{\w+\}/g, "AAAAAAAAAAAAAAAA");
      return ids.map(named);
    });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const ask = async (path: string, body?: unknown) => {
    const sent = body === undefined ? { headers } : { headers, method: "POST", body: JSON.stringify(body) };
    return `${path} ${await (await fetch(`${server.origin}/api/v1${path}`, sent)).text()}`;
  };
  const bodies: [string, unknown][] = [
    ...ids.map((source): [string, unknown] => ["/settings/check", { source }]),
    ["/settings/check", { candidate: { target: `redis://default:${canaries.form}@127.0.0.1:2/0` } }],
    ["/settings/check", { candidate: { target: "redis://h:1/0", redis: { password: [canaries.form] } } }],
    ["/settings/sources", { of: null, digest: "", candidate: { target: `redis://x:${canaries.form}@h:1/0` } }],
    ["/settings/check", { source: "nowhere" }],
  ];
  const answers: string[] = [];
  for (const path of asked) answers.push(await ask(path));
  for (const [path, body] of bodies) answers.push(await ask(path, body));
  return answers;
}

function expectNoCanary(what: string, text: string): void {
  for (const canary of [...Object.values(canaries), token]) {
    const spellings = [canary, Buffer.from(canary).toString("base64").replace(/=+$/, ""), encodeURIComponent(canary)];
    for (const spelling of spellings) expect(text.includes(spelling), `${canary} in ${what}`).toBe(false);
  }
}

function runDoctor(...targets: string[]): Promise<string> {
  const command = resolve(import.meta.dirname, "../bin/trialdeck.ts");
  return new Promise((done) =>
    execFile(
      process.execPath,
      [command, "doctor", ...targets, "--json"],
      { env: { ...process.env, MLOPS_REDIS_PASSWORD: canaries.tool } },
      (_error, stdout, stderr) => done(stdout + stderr),
    ),
  );
}
