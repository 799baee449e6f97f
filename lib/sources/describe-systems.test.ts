import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { describeSystems } from "./describe-systems.ts";
import { configureSources } from "./source-config.ts";

const folder = mkdtempSync(join(tmpdir(), "trialdeck-systems-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A workspace with one project of this config. */
function workspace(name: string, config: string, files: Record<string, string> = {}): string {
  const path = join(folder, name);
  for (const [file, text] of Object.entries({ "configs/project_config.yaml": config, ...files })) {
    mkdirSync(join(path, "lab", file, ".."), { recursive: true });
    writeFileSync(join(path, "lab", file), text);
  }
  return path;
}

async function describeTarget(target: string) {
  const [config] = configureSources([{ target }], "/");
  const settings = await describeSystems(config!, "command-line");
  return Object.fromEntries(settings.map((setting) => [setting.name.replace("lab: ", ""), setting]));
}

describe("what a project's own config says", () => {
  it.each([
    [
      "the spelling since 0.1.25",
      "experiment: {cache: {backend: {type: redis, host: h1, port: 7000, db: 2, password: canary}, ttl_hours: 12}}",
      "experiment.cache.backend.host",
    ],
    [
      "the spelling before",
      "model: {parameters: {cache: {backend: {type: redis, host: h1, port: 7000, db: 2, password: canary}, ttl_hours: 12}}}",
      "model.parameters.cache.backend.host",
    ],
  ])("in %s", async (_what, config, at) => {
    const path = workspace(at, config);
    const told = await describeTarget(path);
    expect(told["key store"]).toMatchObject({ value: "redis", origin: "system-file" });
    expect(told["Redis host"]).toMatchObject({
      value: "h1",
      origin: "system-file",
      from: `${path}/lab/configs/project_config.yaml: ${at}`,
    });
    expect(told["Redis port"]?.value).toBe(7000);
    expect(told["Redis password"]?.value).toEqual({ set: true });
    expect(told["hours that entries live"]?.value).toBe(12);
    expect(JSON.stringify(told)).not.toContain("canary");
  });

  it("in the short old spelling, with the key beside it", async () => {
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", "/elsewhere/key.json");
    const config = "model: {parameters: {cache: {backend: gcs, bucket: lab-bucket, kv_backend: firestore}}}";
    const path = workspace("short", config, { "keys/firestore.json": "{}" });
    const told = await describeTarget(path);
    expect(told["key store"]).toMatchObject({ value: "gcp", from: expect.stringMatching(/cache\.kv_backend$/) });
    expect(told.bucket).toMatchObject({ value: "lab-bucket", from: expect.stringMatching(/cache\.bucket$/) });
    expect(told["Firestore key"]).toMatchObject({
      value: { set: true },
      from: `${path}/lab/keys/firestore.json`,
      drift: expect.stringContaining("GOOGLE_APPLICATION_CREDENTIALS"),
    });
  });

  it("yields to the variables of the tool, and says so", async () => {
    vi.stubEnv("MLOPS_REDIS_HOST", "h2");
    const told = await describeTarget(workspace("env", "experiment: {cache: {backend: {type: redis, host: h1}}}"));
    expect(told["Redis host"]).toMatchObject({
      value: "h2",
      origin: "environment",
      from: "MLOPS_REDIS_HOST",
      drift: expect.stringMatching(/experiment\.cache\.backend\.host says h1, which does not count/),
    });
  });

  it("yields to a store that was named", async () => {
    const path = workspace("named", "experiment: {cache: {backend: {type: redis, host: h1}}}");
    const told = await describeTarget(`redis://h3:1/0+${path}`);
    expect(told["key store"]).toMatchObject({
      value: "redis://h3:1/0",
      origin: "command-line",
      drift: expect.stringContaining("says redis"),
    });
  });

  it("tells where its two spellings disagree", async () => {
    const both =
      "experiment: {cache: {backend: {type: local}}}\nmodel: {parameters: {cache: {backend: {type: redis}}}}";
    const told = await describeTarget(workspace("both", both));
    expect(told["key store"]).toMatchObject({
      value: "local",
      drift: "model.parameters.cache.backend.type of the same file says redis, which does not count.",
    });
  });

  it("tells nothing of a folder that is gone", async () => {
    expect(await describeTarget(join(folder, "nowhere"))).toEqual({});
  });
});
