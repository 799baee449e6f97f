import { afterEach, beforeEach, expect, test } from "vitest";
import { everything, openSampleCatalog } from "./testing/open-catalog.ts";
import { factOf, sampleArtifact, sampleEntry, sampleMetric, sampleRun } from "./testing/sample-facts.ts";

let catalog: ReturnType<typeof openSampleCatalog>;
beforeEach(() => {
  catalog = openSampleCatalog();
});
afterEach(() => catalog.dispose());

const run = (id: string) => factOf.run(sampleRun(id, { metrics: [sampleMetric("loss", { count: 2 })] }));
const series = (runId: string) => ({
  kind: "series" as const,
  series: { runId, metricId: "m-loss", steps: Float64Array.of(0, 1), values: Float64Array.of(1, 2), times: null },
});
const runIds = async () =>
  (await catalog.reader.runs({ sources: ["src"], scope: everything, limit: 100 })).items.map(({ id }) => id).sort();
const points = async (runId: string) =>
  (await catalog.reader.series([{ source: "src", run: runId, metric: "m-loss", x: "step", points: 10 }]))[0]?.total;

test("what a complete generation did not see is gone", async () => {
  await catalog.sweep([
    run("a"),
    run("b"),
    factOf.entry(sampleEntry("e")),
    factOf.artifact(sampleArtifact("f")),
    { kind: "experiment", id: "exp", name: "wine" },
  ]);
  const changes = await catalog.sweep([run("b")]);
  expect(await runIds()).toEqual(["b"]);
  expect(changes).toContainEqual({ event: "run", experimentId: "exp", id: "a" });
  expect(changes).toContainEqual({ event: "cache", experimentId: "exp", id: "e" });
  expect(await catalog.reader.progress("src")).toEqual({ runs: 1, entries: 0, complete: true, asOf: 10_000 });
  expect((await catalog.reader.artifacts({ sources: ["src"], scope: everything, limit: 10 })).total).toEqual({
    value: 0,
    exact: true,
  });
});

test("an interrupted generation removes nothing", async () => {
  await catalog.sweep([run("a"), run("b")]);
  await catalog.sweep([run("c")], "src", false);
  expect(await runIds()).toEqual(["a", "b", "c"]);
});

test("a generation that another one overtook removes nothing", async () => {
  await catalog.sweep([run("a")]);
  const slow = await catalog.writer.beginGeneration("src");
  await catalog.writer.beginGeneration("src");
  await catalog.writer.endGeneration("src", slow, { complete: true, asOf: 1 });
  expect(await runIds()).toEqual(["a"]);
});

test("seen keeps a run with its series, without reading it again", async () => {
  await catalog.sweep([run("a"), series("a")]);
  expect(await catalog.writer.known("src", "run", ["a", "nobody"])).toEqual(new Map([["a", "token-a"]]));
  await catalog.sweep([{ kind: "seen", of: "run", id: "a" }]);
  expect(await runIds()).toEqual(["a"]);
  expect(await points("a")).toBe(2);
});

test("what a watcher told during a sweep is kept by it", async () => {
  await catalog.sweep([run("a")]);
  const generation = await catalog.writer.beginGeneration("src");
  await catalog.writer.put("src", null, [run("new")]);
  await catalog.writer.put("src", generation, [run("a")]);
  await catalog.writer.endGeneration("src", generation, { complete: true, asOf: 1 });
  expect(await runIds()).toEqual(["a", "new"]);
});

test("a run told anew replaces its params, metrics and steps, and keeps only the series of its metrics", async () => {
  await catalog.sweep([
    factOf.run(sampleRun("a", { params: { alpha: 1, beta: 2 }, metrics: [sampleMetric("loss"), sampleMetric("acc")] })),
    series("a"),
  ]);
  await catalog.sweep([factOf.run(sampleRun("a", { params: { alpha: 3 }, metrics: [sampleMetric("acc")] }))]);
  const [item] = (await catalog.reader.runs({ sources: ["src"], scope: everything, limit: 1 })).items;
  expect(item).toMatchObject({ params: { alpha: 3 }, metrics: [{ name: "acc" }] });
  expect(
    (
      await catalog.reader.runs({
        sources: ["src"],
        scope: everything,
        limit: 1,
        q: "params.beta exists or metrics.loss exists",
      })
    ).items,
  ).toEqual([]);
  expect(await points("a")).toBeUndefined();
});

test("points may come before their run", async () => {
  await catalog.sweep([series("a"), run("a")]);
  expect(await points("a")).toBe(2);
});

test("sources that are not configured any more are dropped with all they had", async () => {
  await catalog.sweep([run("a"), series("a"), factOf.entry(sampleEntry("e"))]);
  await catalog.sweep([run("a")], "kept");
  await catalog.writer.memoSet("src", [{ key: "k", token: "t", value: 1 }]);
  await catalog.writer.keepOnly(["kept"]);
  expect(await runIds()).toEqual([]);
  expect(await catalog.reader.progress("src")).toEqual({ runs: 0, entries: 0, complete: false, asOf: null });
  expect((await catalog.reader.runs({ sources: ["kept"], scope: everything, limit: 10 })).items).toHaveLength(1);
  expect(await catalog.writer.memoGet("src", ["k"])).toEqual(new Map());
});

test("memos come back exactly, with whatever they hold", async () => {
  const value = { list: [1, Number.NaN, -0, 2n ** 60n], "\ud800": null, ["__proto__"]: { a: "\0" } };
  await catalog.writer.memoSet("src", [{ key: "\ud800\0key", token: "t", value }]);
  await catalog.writer.memoSet("src", [
    { key: "other", token: "t", value: 1 },
    { key: "other", token: "u", value: 2 },
  ]);
  const memos = await catalog.writer.memoGet("src", ["\ud800\0key", "other", "nothing"]);
  expect(memos.get("\ud800\0key")).toEqual({ token: "t", value });
  expect(memos.get("other")).toEqual({ token: "u", value: 2 });
  expect(memos.size).toBe(2);
});

test("a batch that fails leaves the others of its sweep as they are", async () => {
  const generation = await catalog.writer.beginGeneration("src");
  await catalog.writer.put("src", generation, [run("a")]);
  const broken = { kind: "run", run: { ...sampleRun("b"), metrics: null } } as unknown as ReturnType<typeof run>;
  await expect(catalog.writer.put("src", generation, [run("half"), broken])).rejects.toThrow();
  await catalog.writer.put("src", generation, [run("c")]);
  await catalog.writer.endGeneration("src", generation, { complete: true, asOf: 1 });
  expect(await runIds()).toEqual(["a", "c"]);
});

test("changes of a sweep are told once they can be read", async () => {
  const generation = await catalog.writer.beginGeneration("src");
  const early = await catalog.writer.put("src", generation, [run("a")]);
  const late = await catalog.writer.endGeneration("src", generation, { complete: true, asOf: 1 });
  expect([...early, ...late]).toContainEqual({ event: "run", experimentId: "exp", id: "a" });
  expect(early.length > 0 ? await runIds() : ["a"]).toEqual(["a"]);
});

test("freshness is told with each answer", async () => {
  await catalog.sweep([run("a")]);
  await catalog.writer.touch("src", 60_000);
  const { asOf, complete } = await catalog.reader.runs({ sources: ["src"], scope: everything, limit: 1 });
  expect({ asOf, complete }).toEqual({ asOf: "1970-01-01T00:01:00.000Z", complete: true });
  expect((await catalog.reader.runs({ sources: ["src", "unknown"], scope: everything, limit: 1 })).complete).toBe(
    false,
  );
});

test("the longest executions of an experiment's processes", async () => {
  const use = (process: string, seconds: number | null) => ({
    process,
    step: null,
    origin: "executed" as const,
    startedAt: null,
    endedAt: null,
    executionSeconds: seconds,
    producer: null,
    entry: null,
  });
  await catalog.sweep([
    factOf.run(sampleRun("a", { steps: [use("train", 5), use("eval", null)] })),
    factOf.run(sampleRun("b", { steps: [use("train", 9)] })),
  ]);
  expect(await catalog.writer.longestExecutions("src", "exp")).toEqual(new Map([["train", 9]]));
});
