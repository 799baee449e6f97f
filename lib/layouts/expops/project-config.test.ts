import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ProjectConfig, parseProjectConfig } from "./project-config.ts";

const fixtures = join(import.meta.dirname, "../../../e2e/fixtures/expops");
const bytesOf = (text: string) => new TextEncoder().encode(text);

function parse(text: string): ProjectConfig {
  const { config, problems } = parseProjectConfig(bytesOf(text));
  if (!config) throw new Error(problems.join("; "));
  return config;
}
const readFixture = (path: string) => parse(readFileSync(join(fixtures, path, "configs/project_config.yaml"), "utf8"));

describe("parseProjectConfig", () => {
  it("reads a project of today", () => {
    const config = readFixture("sqlite-local/wine-lab");
    expect(config.params).toEqual({
      test_size: 0.25,
      random_seed: 7,
      "build_features.scale": "standard",
      "train_sgd.epochs": 60,
      "train_sgd.alpha": 0.002,
      "train_forest.n_trees": 40,
    });
    expect(config.scripts).toEqual(
      new Map([
        ["main", "src/pipeline.py"],
        ["reporting", "src/charts.py"],
      ]),
    );
    expect(config.edges).toContainEqual({ from: "train_sgd", to: "loss_curves" });
    expect(config.processes.filter(({ isChart }) => isChart).map(({ name }) => name)).toEqual([
      "score_bars",
      "loss_curves",
    ]);
    expect(config.processes).toHaveLength(7);
    expect(config.cache).toMatchObject({ backend: "local", ttlHours: null, bucket: null });
  });

  it("reads the spelling up to 0.1.9", () => {
    const config = readFixture("redis-0.1.9-files/projects/wine-old");
    expect(config.params).toEqual({ random_seed: 7, ttl_hours: 24, "train.epochs": 55 });
    expect(config.cache).toEqual({
      backend: "redis",
      options: { host: "127.0.0.1", port: 6391 },
      secrets: {},
      ttlHours: 24,
      bucket: null,
    });
    expect(config.scripts).toBeNull();
    expect(config.oldScripts).toEqual(["projects/wine-old/models/model.py", "projects/wine-old/charts/bars.py"]);
    expect(config.processes.find(({ name }) => name === "bars")).toMatchObject({
      isChart: true,
      probePaths: { eval: "score" },
    });
    expect(config.edges).toEqual([
      { from: "prepare", to: "train" },
      { from: "train", to: "score" },
      { from: "score", to: "bars" },
    ]);
  });

  it("reads a fan-out by seeds", () => {
    const config = readFixture("sqlite-seeds/seed-mini");
    expect(config.processes.find(({ name }) => name === "fan")).toMatchObject({ seeds: [11, 12], parts: 0 });
    expect(config.processes.find(({ name }) => name === "gather")).toMatchObject({ joinsSeeds: true });
  });

  it("reads the short old words for the cache", () => {
    const cache = (text: string) => parse(`model: {parameters: {cache: ${text}}}`).cache;
    expect(cache("{backend: gcs, bucket: lab, kv_backend: firestore}")).toMatchObject({
      backend: "gcp",
      bucket: "lab",
    });
    expect(cache("{backend: local}")).toMatchObject({ backend: "memory" });
    expect(parse("experiment: {cache: {backend: {type: sqlite, path: x.db}}}").cache).toMatchObject({
      backend: "local",
      options: { path: "x.db" },
    });
  });

  it("keeps a password out of everything that is shown", () => {
    const config = parse(
      "experiment: {cache: {backend: {type: redis, host: h, password: hunter2}}, parameters: {api_key: hunter2}}\nenvironment: {env: {HF_SECRET: hunter2}}",
    );
    expect(config.cache.secrets).toEqual({ password: "hunter2" });
    expect(JSON.stringify({ ...config, cache: { ...config.cache, secrets: null } })).not.toContain("hunter2");
  });

  it("splits the graph at white space, drops comments and knows nodes without edges", () => {
    const config = parse(
      'experiment: {pipeline: {process_adjlist: "# all\\na  b\\tc # two\\n\\nd\\n", processes: [{name: e}, {name: c, depends_on: [e]}]}}',
    );
    expect(config.edges).toEqual([
      { from: "a", to: "b" },
      { from: "a", to: "c" },
      { from: "e", to: "c" },
    ]);
    expect(config.processes.map(({ name }) => name).sort()).toEqual(["a", "b", "c", "e"]);
  });

  it("cuts a text of a megabyte and refuses a config beyond one", () => {
    const value = parse(`experiment: {parameters: {prompt: '${"x".repeat(1_000_000)}'}}`).params.prompt;
    expect(String(value).length).toBeLessThan(1_100);
    expect(parseProjectConfig(new Uint8Array(1024 * 1024 + 1))).toMatchObject({
      config: null,
      problems: [expect.stringContaining("larger")],
    });
  });

  it("answers with problems, never by throwing, for what is no config", () => {
    for (const text of [
      "",
      "42",
      "[1, 2]",
      "scripts: 5\nexperiment: []\n",
      "model: {parameters: null}",
      "experiment: {pipeline: {processes: [null, 3, {}]}}",
    ]) {
      expect(parseProjectConfig(bytesOf(text)).config?.params).toEqual({});
    }
    expect(parseProjectConfig(new Uint8Array([0xff, 0xfe, 0x00]))).toMatchObject({ config: null });
  });

  it("reads a config cut at any byte without throwing", () => {
    const whole = readFileSync(join(fixtures, "versions/workspace/spill-lab/configs/project_config.yaml"));
    const readings = Array.from({ length: whole.length }, (_, length) => parseProjectConfig(whole.subarray(0, length)));
    expect(readings.every(({ config, problems }) => config !== null || problems.length > 0)).toBe(true);
  });
});
