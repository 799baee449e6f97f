import { resolve } from "node:path";
import { expect, it, vi } from "vitest";
import type { SourceSettings } from "../domain/source-settings.ts";
import { planSlots } from "./plan-slots.ts";
import { configureSources } from "./source-config.ts";

const workspace = resolve(import.meta.dirname, "../../e2e/fixtures/expops/sqlite-local");

async function opensOf(settings: SourceSettings) {
  const [config] = configureSources([settings], "/srv");
  return (await planSlots(config!)).map(({ plan: { open } }) => open);
}

it("opens the key store that the tool's variable names, beside the database that was left behind", async () => {
  vi.stubEnv("MLOPS_KV_BACKEND", "Redis");
  vi.stubEnv("MLOPS_REDIS_HOST", "cache.example");
  const opens = await opensOf({ target: workspace });
  expect(opens).toContainEqual({ engine: "redis", url: "redis://cache.example:6379/0" });
  expect(opens).toContainEqual(expect.objectContaining({ engine: "sqlite" }));
});

it("opens no other store while the variable says the usual one", async () => {
  vi.stubEnv("MLOPS_KV_BACKEND", "sqlite");
  const engines = (await opensOf({ target: workspace })).map(({ engine }) => engine);
  expect(engines).not.toContain("redis");
});

it("signs in at stores that were named as the settings say", async () => {
  const [redis] = await opensOf({ target: "redis://h:1/0", redis: { caFile: "ca.pem", serverName: "cache" } });
  expect(redis).toMatchObject({ tls: { caFile: "/srv/ca.pem", serverName: "cache" } });
  const google = await opensOf({ target: "firestore://my-lab+gs://my-bucket", google: { keyFile: "key.json" } });
  // Relative to the folder of the store, which is none here.
  for (const open of google) expect(open).toMatchObject({ keyFile: expect.stringMatching(/srv\/key\.json$/) });
});
