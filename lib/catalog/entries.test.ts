import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { everything, openSampleCatalog } from "./testing/open-catalog.ts";
import { factOf, sampleArtifact, sampleEntry, sampleRun, sampleUse } from "./testing/sample-facts.ts";

let catalog: ReturnType<typeof openSampleCatalog>;
beforeEach(() => {
  catalog = openSampleCatalog();
});
afterEach(() => catalog.dispose());

const entry = async (id: string) => catalog.reader.entry("src", id, everything);
const states = async () => {
  const { items } = await catalog.reader.entries({ sources: ["src"], scope: everything, limit: 100 });
  return Object.fromEntries(items.map(({ id, state }) => [id, state]));
};

const maker = factOf.run(
  sampleRun("maker", {
    startedAt: 1000,
    steps: [
      sampleUse("train", { entry: { id: "e" }, executionSeconds: 12 }),
      sampleUse("train", { step: "fit", entry: { id: "s" } }),
    ],
  }),
);
const reuser = (id: string, startedAt: number) =>
  factOf.run(
    sampleRun(id, {
      startedAt,
      steps: [
        sampleUse("train", {
          origin: "reused",
          executionSeconds: null,
          producer: { runId: "maker", startedAt: 1000, executionSeconds: 12 },
          entry: { viaProducer: true },
        }),
      ],
    }),
  );
const unmeasured = factOf.entry(sampleEntry("e", { executionSeconds: null, producerRunId: "someone" }));

describe("users of an entry", () => {
  test("reuse is joined through the producer, in whatever order facts come", async () => {
    const facts = [maker, reuser("second", 5000), reuser("third", 9000), unmeasured];
    const orders = [facts, facts.toReversed(), [facts[1]!, facts[3]!, facts[0]!, facts[2]!]];
    for (const [index, order] of orders.entries()) {
      const source = `src-${index}`;
      const generation = await catalog.writer.beginGeneration(source);
      for (const fact of order) await catalog.writer.put(source, generation, [fact]);
      await catalog.writer.endGeneration(source, generation, { complete: true, asOf: 1 });
      expect(await catalog.reader.entry(source, "e", everything)).toMatchObject({
        producerRunId: "maker",
        producerRunName: "maker",
        uses: 2,
        lastUserRunId: "third",
        lastUsedAt: "1970-01-01T00:00:09.000Z",
        executionSeconds: 12,
        savedSeconds: 24,
        usedBy: [
          { runId: "third", how: "reused" },
          { runId: "second", how: "reused" },
          { runId: "maker", how: "produced", at: "1970-01-01T00:00:01.000Z" },
        ],
      });
    }
  });

  test("facts told twice change nothing and tell no change", async () => {
    await catalog.sweep([maker, reuser("second", 5000), unmeasured]);
    const before = await entry("e");
    const generation = await catalog.writer.beginGeneration("src");
    await catalog.writer.put("src", generation, [unmeasured, maker, reuser("second", 5000)]);
    const changes = await catalog.writer.put("src", null, [unmeasured, maker, reuser("second", 5000)]);
    expect(changes).toEqual([]);
    expect(await entry("e")).toEqual(before);
  });

  test("an entry is found by its record where the producer's own record is gone", async () => {
    await catalog.sweep([reuser("second", 5000), factOf.entry(sampleEntry("e", { producerRunId: "maker" }))]);
    expect(await entry("e")).toMatchObject({
      uses: 1,
      lastUserRunId: "second",
      producerRunId: "maker",
      producerRunName: null,
    });
    expect((await catalog.reader.run("src", "second"))?.steps[0]?.entryId).toBe("e");
  });

  test("a user that goes takes its use with it", async () => {
    await catalog.sweep([maker, reuser("second", 5000), reuser("third", 9000), unmeasured]);
    const changes = await catalog.writer.put("src", null, [{ kind: "gone", of: "run", id: "third" }]);
    expect(changes).toContainEqual({ event: "run", experimentId: "exp", id: "third" });
    expect(changes).toContainEqual({ event: "cache", experimentId: "exp", id: "e" });
    expect(await entry("e")).toMatchObject({ uses: 1, lastUserRunId: "second", savedSeconds: 12 });
  });

  test("of a run, its hits and misses count over processes", async () => {
    await catalog.sweep([maker, reuser("second", 5000)]);
    expect((await catalog.reader.run("src", "maker"))?.cache).toEqual({
      hits: 0,
      misses: 1,
      total: 1,
      savedSeconds: 0,
    });
    expect((await catalog.reader.run("src", "second"))?.cache).toEqual({
      hits: 1,
      misses: 0,
      total: 1,
      savedSeconds: 12,
    });
    const reusing = await catalog.reader.runs({ sources: ["src"], scope: everything, limit: 10, q: "reused >= 1" });
    expect(reusing.items.map(({ id }) => id)).toEqual(["second"]);
  });

  test("of a run, its total counts also what never ran and what left no word", async () => {
    const origins = ["reused", "executed", "failed", "never-ran", "running", "unknown"] as const;
    const steps = origins.map((origin) => sampleUse(`of ${origin}`, { origin }));
    await catalog.sweep([factOf.run(sampleRun("killed", { steps }))]);
    expect((await catalog.reader.run("src", "killed"))?.cache).toMatchObject({ hits: 1, misses: 2, total: 6 });
  });

  test("entries of a run are those it made or used", async () => {
    await catalog.sweep([
      maker,
      reuser("second", 5000),
      unmeasured,
      factOf.entry(sampleEntry("s")),
      factOf.entry(sampleEntry("other")),
    ]);
    const of = async (run: string) =>
      (await catalog.reader.entries({ sources: ["src"], scope: everything, limit: 10, run })).items
        .map(({ id }) => id)
        .sort();
    expect(await of("maker")).toEqual(["e", "s"]);
    expect(await of("second")).toEqual(["e"]);
  });
});

describe("payloads of an entry", () => {
  const named = sampleEntry("e", {
    payloads: [
      { artifactId: "result", role: "result" },
      { artifactId: "array", role: "array" },
    ],
  });

  test("what a complete listing did not hold is missing, and a usable entry without its result is broken", async () => {
    await catalog.sweep([factOf.entry(named), factOf.artifact(sampleArtifact("array", { role: "array" }))]);
    expect(await entry("e")).toMatchObject({
      state: "broken",
      bytes: null,
      payloads: [{ state: "missing" }, { state: "present", bytes: 100 }],
    });
  });

  test("until a listing was complete nothing is called missing", async () => {
    await catalog.sweep(
      [factOf.entry(named), factOf.artifact(sampleArtifact("array", { role: "array" }))],
      "src",
      false,
    );
    expect(await entry("e")).toMatchObject({ state: "usable", payloads: [{ state: "unknown" }, { state: "present" }] });
    expect(await catalog.reader.progress("src")).toMatchObject({ entries: 1, complete: false, asOf: null });
  });

  test("a source that lists no files says nothing about them", async () => {
    await catalog.sweep([factOf.entry(named)]);
    expect(await entry("e")).toMatchObject({ state: "usable", payloads: [{ state: "unknown" }, { state: "unknown" }] });
  });

  test("a lost array breaks nothing by itself; a returning result mends the entry", async () => {
    await catalog.sweep([factOf.entry(named), factOf.artifact(sampleArtifact("result"))]);
    expect(await entry("e")).toMatchObject({ state: "usable", bytes: 100 });
    await catalog.writer.put("src", null, [
      { kind: "gone", of: "artifact", id: "result" },
      factOf.artifact(sampleArtifact("array", { role: "array" })),
    ]);
    expect(await entry("e")).toMatchObject({ state: "broken", bytes: null });
    await catalog.writer.put("src", null, [factOf.artifact(sampleArtifact("result", { bytes: 70 }))]);
    expect(await entry("e")).toMatchObject({ state: "usable", bytes: 70 });
  });

  test("a payload that a watcher reports after its entry is not missing meanwhile", async () => {
    await catalog.sweep([factOf.artifact(sampleArtifact("other", { role: "file" }))]);
    await catalog.writer.put("src", null, [factOf.entry(named)]);
    expect(await entry("e")).toMatchObject({ state: "usable", payloads: [{ state: "unknown" }, { state: "unknown" }] });
  });

  test("a failed entry stays not served, whatever is stored", async () => {
    await catalog.sweep([factOf.entry({ ...named, state: "not-served" }), factOf.artifact(sampleArtifact("x"))]);
    expect((await entry("e"))?.state).toBe("not-served");
  });

  test("shared payloads say how many name them", async () => {
    await catalog.sweep([
      factOf.entry(named),
      factOf.entry({ ...named, id: "e2" }),
      factOf.artifact(sampleArtifact("result")),
    ]);
    expect((await entry("e"))?.payloads[0]?.shared).toBe(2);
  });
});

test("a result made while its steps were reused saves what those had taken too, not its own moment", async () => {
  const made = { process: "train", entry: { id: "e" } };
  const reused = (process: string, step: string | null, runId: string, executionSeconds: number) =>
    sampleUse(process, {
      step,
      origin: "reused",
      producer: { runId, startedAt: 0, executionSeconds },
      executionSeconds: null,
    });
  const facts = [
    factOf.run(
      sampleRun("maker", {
        steps: [sampleUse("train", { ...made, executionSeconds: 0.1 }), reused("train", "fit", "first", 60)],
      }),
    ),
    factOf.run(sampleRun("user", { steps: [{ ...reused("train", null, "maker", 0.1), entry: { id: "e" } }] })),
    factOf.entry(sampleEntry("e", { executionSeconds: 0.1 })),
  ];
  for (const order of [facts, facts.toReversed()]) {
    await catalog.sweep(order);
    expect(await entry("e")).toMatchObject({ uses: 1, executionSeconds: 0.1, savedSeconds: 60.1 });
    expect((await catalog.reader.run("src", "user"))?.cache).toMatchObject({ hits: 1, savedSeconds: 60.1 });
  }
});

describe("payloads that no entry names", () => {
  const orphan = factOf.artifact(
    sampleArtifact("lost", { name: "cache/lost.pkl", keyParts: [{ name: "config", value: "c" }] }),
  );

  test("are orphans once the index was read completely", async () => {
    await catalog.sweep([orphan, factOf.artifact(sampleArtifact("chart", { role: "chart" }))], "src", false);
    expect(await states()).toEqual({});
    await catalog.sweep([orphan, factOf.artifact(sampleArtifact("chart", { role: "chart" }))]);
    expect(await catalog.reader.artifact("src", "lost", everything)).toMatchObject({ orphan: true, sharedBy: 0 });
    expect(await catalog.reader.artifact("src", "chart", everything)).toMatchObject({ orphan: false, sharedBy: 0 });
    const { items } = await catalog.reader.entries({
      sources: ["src"],
      scope: everything,
      limit: 10,
      state: ["orphan"],
    });
    expect(items).toMatchObject([
      {
        id: "lost",
        key: "cache/lost.pkl",
        state: "orphan",
        scope: "process",
        process: "train",
        bytes: 100,
        keyParts: [{ name: "config", value: "c" }],
        payloads: [{ artifactId: "lost", state: "present", shared: 0 }],
      },
    ]);
    expect(await catalog.reader.overview(["src"], everything)).toMatchObject({
      orphanPayloads: 1,
      entries: {},
      storedBytes: 200,
    });
    expect(await catalog.reader.progress("src")).toMatchObject({ entries: 0 });
    expect(await catalog.reader.locator("src", "entry", "lost")).toMatchObject({ locator: "file lost" });
  });

  test("an entry that names one takes it off the list, an entry that goes puts it there", async () => {
    await catalog.sweep([orphan]);
    await catalog.writer.put("src", null, [
      factOf.entry(sampleEntry("e", { payloads: [{ artifactId: "lost", role: "result" }] })),
    ]);
    expect(await states()).toEqual({ e: "usable" });
    await catalog.writer.put("src", null, [{ kind: "gone", of: "entry", id: "e" }]);
    expect(await states()).toEqual({ lost: "orphan" });
    await catalog.writer.put("src", null, [{ kind: "gone", of: "artifact", id: "lost" }]);
    expect(await states()).toEqual({});
  });

  test("arrays may be named inside a result that could not be read, so they are not called orphans", async () => {
    const array = factOf.artifact(sampleArtifact("array", { role: "array" }));
    await catalog.sweep([array, orphan, factOf.entry(sampleEntry("e", { payloadsComplete: false }))]);
    expect(await states()).toEqual({ e: "usable", lost: "orphan" });
    await catalog.sweep([array, orphan, factOf.entry(sampleEntry("e", { payloadsComplete: false, process: "other" }))]);
    expect(await states()).toEqual({ e: "usable", lost: "orphan", array: "orphan" });
  });

  test("a file written a moment ago may only wait for its index row", async () => {
    await catalog.sweep([factOf.artifact(sampleArtifact("fresh", { modifiedAt: Date.now() }))]);
    expect(await states()).toEqual({});
  });
});
