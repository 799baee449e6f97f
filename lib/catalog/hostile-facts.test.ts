import { afterEach, beforeEach, expect, test } from "vitest";
import { everything, openSampleCatalog } from "./testing/open-catalog.ts";
import { factOf, sampleArtifact, sampleEntry, sampleMetric, sampleRun, sampleUse } from "./testing/sample-facts.ts";

let catalog: ReturnType<typeof openSampleCatalog>;
beforeEach(() => {
  catalog = openSampleCatalog();
});
afterEach(() => catalog.dispose());

const names = [
  "<img src=x onerror=alert(1)>",
  "a\0b",
  "\ud800 alone \udfff",
  "__proto__",
  "constructor",
  "x".repeat(65_536),
  "%_\\'\"; drop table runs; --",
  "",
  "👩‍🔬/:%*",
  "\u0000\u0000marked",
];
const list = { sources: ["src"], scope: everything, limit: 100 };

test.each(names)("the name %j comes back exactly wherever it stands", async (name) => {
  await catalog.sweep([
    { kind: "experiment", id: "exp", name },
    factOf.run(
      sampleRun("run", {
        name,
        params: { [name]: name },
        tags: { [name]: name },
        steps: [sampleUse(name, { step: name })],
        metrics: [sampleMetric(name, { id: "m", process: name, step: name })],
        charts: [
          {
            artifactId: "f",
            process: name,
            title: name,
            mediaType: null,
            bytesRecorded: 1,
            createdAt: null,
            producerRunId: null,
          },
        ],
      }),
    ),
    factOf.entry(
      sampleEntry("e", {
        key: name,
        process: name,
        step: name,
        locator: name,
        keyParts: [{ name, value: name }],
        payloads: [{ artifactId: "f", role: "result" }],
      }),
    ),
    factOf.artifact(sampleArtifact("f", { name, locator: name })),
  ]);
  const run = await catalog.reader.run("src", "run");
  expect(run).toMatchObject({
    name,
    experimentName: name,
    steps: [{ process: name, step: name }],
    metrics: [{ name, process: name, step: name }],
    charts: [{ title: name, process: name }],
  });
  expect(Object.entries(run?.params ?? {})).toEqual([[name, name]]);
  expect(Object.entries(run?.tags ?? {})).toEqual([[name, name]]);
  const entry = await catalog.reader.entry("src", "e", everything);
  expect(entry).toMatchObject({ key: name, process: name, step: name, keyParts: [{ name, value: name }] });
  expect(await catalog.reader.locator("src", "entry", "e")).toEqual({
    experimentId: "exp",
    experimentName: name,
    name,
    locator: name,
  });
  expect(await catalog.reader.locator("src", "artifact", "f")).toMatchObject({ name, locator: name });
  expect((await catalog.reader.artifact("src", "f", everything))?.name).toBe(name);
  const columns = (await catalog.reader.columns(list)).items.filter(({ kind }) => kind !== "field");
  expect(columns.map((column) => column.name)).toEqual([name, name, name]);
  for (const { id } of columns) expect((await catalog.reader.runs({ ...list, sort: id })).items).toHaveLength(1);
  const [experiment] = await catalog.reader.tree({ source: "src", scope: everything, prefix: null });
  const [process] = await catalog.reader.tree({ source: "src", scope: everything, prefix: experiment!.id });
  const [step] = await catalog.reader.tree({ source: "src", scope: everything, prefix: process!.id });
  expect([experiment?.label, process?.label, step?.label]).toEqual([name, name, name]);
  expect((await catalog.reader.entries({ ...list, process: name, step: name })).total).toEqual({
    value: 1,
    exact: true,
  });
});

test("long names page and sort like any others", async () => {
  await catalog.sweep(
    ["a", "b", "c"].map((end) =>
      factOf.run(sampleRun(end, { name: "x".repeat(65_536) + end, params: { text: "y".repeat(65_536) + end } })),
    ),
  );
  for (const sort of ["name", "-param:text"]) {
    const first = await catalog.reader.runs({ ...list, sort, limit: 2 });
    expect(first.nextCursor?.length).toBeLessThan(2000);
    const second = await catalog.reader.runs({ ...list, sort, limit: 2, cursor: first.nextCursor! });
    expect(first.items.length + second.items.length).toBe(3);
  }
  expect((await catalog.reader.runs({ ...list, q: `params.text = "${"y".repeat(3000)}"` })).items).toEqual([]);
});

test("numbers at the edge", async () => {
  const params = {
    big: 9007199254740993n,
    negative: -0,
    nan: Number.NaN,
    huge: 1e308,
    inner: { list: [Number.POSITIVE_INFINITY, 2n ** 70n] },
  };
  await catalog.sweep([
    factOf.run(
      sampleRun("run", {
        params,
        startedAt: 1e300,
        endedAt: Number.NaN,
        metrics: [sampleMetric("m", { count: Number.NaN, last: -0 })],
      }),
    ),
  ]);
  const run = await catalog.reader.run("src", "run");
  expect(run).toMatchObject({
    startedAt: null,
    endedAt: null,
    params: {
      big: "9007199254740993",
      nan: "NaN",
      huge: 1e308,
      inner: { list: ["Infinity", "1180591620717411303424"] },
    },
  });
  expect(run?.metrics[0]?.last).toBe(-0);
});

test("a metric told twice, an artifact without an experiment, a use of an entry that is not there", async () => {
  await catalog.sweep([
    factOf.run(
      sampleRun("run", {
        metrics: [sampleMetric("m", { last: 1 }), sampleMetric("m", { last: 2 })],
        steps: [sampleUse("p", { entry: { id: "nowhere" } })],
      }),
    ),
    factOf.artifact(sampleArtifact("f", { experimentId: null })),
  ]);
  expect((await catalog.reader.runs({ ...list, q: "metrics.m = 2" })).items).toHaveLength(1);
  expect((await catalog.reader.artifacts({ ...list, scope: { experiments: ["exp"] } })).items).toEqual([]);
  expect((await catalog.reader.artifacts(list)).items).toHaveLength(1);
  expect((await catalog.reader.run("src", "run"))?.steps[0]?.entryId).toBe("nowhere");
});

test("a filter that looks for a lone surrogate or a NUL finds nothing and breaks nothing", async () => {
  await catalog.sweep([factOf.run(sampleRun("run"))]);
  for (const q of ["\ud800", "a\0b", 'params."\ud800" = 1', "tag:\0"])
    expect((await catalog.reader.runs({ ...list, q })).items).toEqual([]);
});
