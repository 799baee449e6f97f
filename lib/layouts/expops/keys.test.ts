import { describe, expect, test } from "vitest";
import { entryKey, parseKey, parseRedisKey, resplit } from "./keys.ts";

const [i, c, f] = ["a".repeat(64), "b".repeat(64), "c".repeat(64)];
const hashes = { input: i, config: c, function: f };
const run = "project-wine-lab-20261120233253-e4cc72ac";

describe("entries", () => {
  test.each([
    ["//process[@name='train_sgd']", null],
    ["//process[@name='join']", "mix: rows"],
    ["//process[@name='a: b']", "c:d'] e"],
    ["//*[@seed='11']/process[@name='fit']", "训练 一"],
    ["//process[@name='a%_']", "idx"],
  ])("of %s / %s are read back as they were written, in both stores", (process, step) => {
    for (const dialect of ["sqlite", "redis"] as const) {
      const key = entryKey(process, step, hashes, dialect);
      expect(parseKey(key, dialect)).toEqual({ kind: "entry", process, step, hashes });
    }
  });

  test("a split node has no function hash", () => {
    const key = `process://process[@name='fan']:${i}:${c}:none`;
    expect(parseKey(key, "sqlite")).toMatchObject({ hashes: { function: "none" } });
  });

  test("a step called idx is not taken for the mark that only Redis writes", () => {
    expect(parseKey(`steps://process[@name='a']:idx:${i}:${c}:${f}`, "sqlite")).toMatchObject({ step: "idx" });
  });

  test("up to 0.1.9 the record's own names say where the process ends, not the first colon", () => {
    const parsed = parseKey(`steps:a:b:c:idx:${i}:${c}:${f}`, "redis");
    expect(parsed).toMatchObject({ process: "a", step: "b:c" });
    expect(resplit({ process: "a", step: "b:c" }, { process: "a:b", step: "c" })).toEqual({
      process: "a:b",
      step: "c",
    });
    expect(resplit({ process: "a", step: "b:c" }, { process: "x", step: "y" })).toEqual({ process: "a", step: "b:c" });
  });
});

describe("runs", () => {
  test.each([
    [`runs:${run}:status`, { kind: "status", run }],
    [`runs:${run}:timestamps`, { kind: "timestamps", run }],
    [`runs:${run}:stats`, { kind: "stats", run }],
    [`runs:${run}:stats:cache_hit_count`, { kind: "stats", run }],
    [
      `runs:${run}:steps://process[@name='a']:__process__`,
      { kind: "use", run, process: "//process[@name='a']", step: null },
    ],
    [
      `runs:${run}:steps://process[@name='a']:fit: b`,
      { kind: "use", run, process: "//process[@name='a']", step: "fit: b" },
    ],
    [`runs:${run}:steps:train:__process__`, { kind: "use", run, process: "train", step: null }],
    [`runs:${run}:charts://process[@name='bars']`, { kind: "charts", run, process: "//process[@name='bars']" }],
    [`metric:${run}:probe_path:p_cHJlcGFyZS9sb2FkX3Jvd3M`, { kind: "metrics", run, probePath: "prepare/load_rows" }],
  ])("%s", (key, parsed) => {
    expect(parseKey(key, "sqlite")).toEqual(parsed);
  });

  test("a project may hold a colon, so the run's name does not end there", () => {
    const odd = "project-a:b-20261120233253-e4cc72ac";
    expect(parseKey(`runs:${odd}:status`, "sqlite")).toEqual({ kind: "status", run: odd });
    expect(parseRedisKey(`mlops:projects:a:b:runs:${odd}:status`)).toMatchObject({ project: "a:b" });
  });
});

test.each([
  "",
  "x",
  "runs:",
  "runs:a",
  "process:a:b:c",
  "metric:r:probe_path:x",
  "steps:zz",
  "runs::status",
  "steps://x:y:z",
])("%j is no key of the tool", (key) => {
  expect(parseKey(key, "sqlite")).toBeNull();
  expect(parseRedisKey(`mlops:projects:p:${key}`)).toBeNull();
});
