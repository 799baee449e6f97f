import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "playwright/test";
import { z } from "zod";
import { copyFixture } from "./support/fixtures.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];
interface Operation {
  responses: { 200: { content?: Record<string, { schema?: JsonSchema }> } };
}
interface Description {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema> };
}
interface Named {
  id: string;
}

let server: TrialdeckServer;
let workspace: Awaited<ReturnType<typeof copyFixture>>;
test.beforeAll(async () => {
  workspace = await copyFixture("../../bundled/workspace");
  const settings = join(workspace.path, "trialdeck.config.yaml");
  await writeFile(settings, JSON.stringify({ configEdit: true, sources: [{ target: "." }] }));
  server = await startTrialdeck([], { args: ["--config", settings] });
  await untilIndexed(server);
});
test.afterAll(async () => {
  await server?.stop();
  await workspace?.remove();
});

const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${server.origin}/api/v1${path}`, {
    ...init,
    headers: { authorization: `Bearer ${server.token}`, ...init.headers },
  });
const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  ask(path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
const last = async (path: string) => (await server.ask<{ items: Named[] }>(path)).items.at(-1)?.id ?? "none";
const first = async (path: string) => (await server.ask<{ items: Named[] }>(path)).items[0]?.id ?? "none";

/** The schema of what an operation answers; `null`: it answers no JSON. */
function answerOf({ components }: Description, operation: Operation | undefined): z.ZodType | null {
  const schema = operation?.responses[200].content?.["application/json"]?.schema;
  if (!schema) return null;
  const whole = JSON.stringify({ ...Object(schema), $defs: components.schemas });
  return z.fromJSONSchema(JSON.parse(whole.replaceAll("#/components/schemas/", "#/$defs/")));
}

for (const encoding of ["identity", "gzip", "gzip, deflate, br", "br"]) {
  test(`a large answer can be read by who accepts ${encoding}`, async () => {
    const response = await ask("/runs?limit=1000", { headers: { "accept-encoding": encoding } });
    const { items } = (await response.json()) as { items: unknown[] };
    expect(items).toHaveLength(17);
    expect(response.headers.get("cache-control")).toContain("no-store");
  });
}

test("every route answers what the description of the API says", async () => {
  const api = await server.ask<Description>("/openapi.json");
  const source = await first("/sources");
  const run = await first("/runs?q=status = completed");
  const series = await server.ask<{ items: { id: string; count: number }[] }>(`/sources/${source}/runs/${run}/metrics`);
  const ids: Record<string, string> = {
    source,
    run,
    metric: series.items.find(({ count }) => count > 1)?.id ?? "none",
    entry: await first("/cache/entries"),
    artifact: await first(`/sources/${source}/artifacts`),
  };
  const { steps } = await server.ask<{ steps: { process: string }[] }>(`/sources/${source}/runs/${run}`);
  const queries: Record<string, string> = {
    "/sources/{source}/cache/explain": `?run=${run}&process=${steps[0]?.process}`,
    "/cache/orphans": "?side=index",
    "/cache/policy": "?unusedDays=1",
  };
  const plans = `/sources/${source}/cache/plans`;
  const planned = await post(plans, { intent: "custom", selector: { entries: [await last("/cache/entries")] } });
  const plan = (await planned.json()) as { id: string; fingerprint: string };
  const begun = await post(
    `${plans}/${plan.id}/apply`,
    { fingerprint: plan.fingerprint },
    { "idempotency-key": "one" },
  );
  expect(begun.status).toBe(202);
  const { operationId } = (await begun.json()) as { operationId: string };
  Object.assign(ids, { plan: plan.id, operation: operationId });
  const checked: string[] = [];
  for (const [path, { get }] of Object.entries(api.paths)) {
    const schema = answerOf(api, get);
    if (!schema) continue;
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? name);
    const answer = await server.ask<unknown>(`${filled}${queries[path] ?? ""}`);
    expect(schema.safeParse(answer).error?.issues ?? [], path).toEqual([]);
    checked.push(path);
  }
  expect(checked.length).toBeGreaterThan(24);
  const refs = [{ source, run, metric: ids.metric }];
  const many = await post("/series", { refs, from: null, to: null });
  const page = (await many.json()) as { items: { points: unknown[] }[]; complete: boolean; asOf: string };
  expect(answerOf(api, api.paths["/series"]?.post)?.safeParse(page).error?.issues ?? []).toEqual([]);
  // No bound is no bound, not the point at 0.
  expect(page.items[0]?.points.length).toBeGreaterThan(1);
  expect(page).toMatchObject({ complete: true, asOf: expect.stringMatching(/Z$/) });
});

for (const query of [
  "columns=%5Bx",
  "columns=%5B1%5D",
  "limit=0",
  "limit=1001",
  "status=well",
  "cursor=made-up",
  "sort=nothing",
  `q=${"x".repeat(4_001)}`,
]) {
  test(`/runs?${query.slice(0, 20)} is refused with a reason`, async () => {
    const response = await ask(`/runs?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: "bad_request", message: expect.stringMatching(/\w{3}/), remedy: expect.stringMatching(/\w{3}/) },
    });
  });
}
