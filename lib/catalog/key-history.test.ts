import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { StepUseFact } from "../domain/facts.ts";
import { everything, openSampleCatalog } from "./testing/open-catalog.ts";
import { factOf, sampleEntry, sampleRun, sampleUse } from "./testing/sample-facts.ts";

let catalog: ReturnType<typeof openSampleCatalog>;
beforeEach(() => {
  catalog = openSampleCatalog();
});
afterEach(() => catalog.dispose());

const keyParts = [
  { name: "input", value: "i" },
  { name: "config", value: "c" },
];
const run = (id: string, startedAt: number, steps: StepUseFact[], experimentId = "exp") =>
  factOf.run(sampleRun(id, { startedAt, steps, experimentId }));
const history = async (runId: string, entryId: string | null = null, process = "train") =>
  (await catalog.reader.placeHistories("src", runId, [{ process, step: null, entryId }], everything))[0];

describe("a run with its keys", () => {
  test("has those of the entries that it used, and of those that name it as their maker", async () => {
    await catalog.sweep([
      run("r", 5000, [
        sampleUse("train", { entry: { id: "e" } }),
        sampleUse("evaluate", { origin: "failed" }),
        sampleUse("plot", { entry: { id: "expired" } }),
        sampleUse("train", { step: "fit", entry: { id: "s" } }),
      ]),
      factOf.entry(sampleEntry("e", { keyParts, version: "v1" })),
      factOf.entry(sampleEntry("f", { keyParts, process: "evaluate", producerRunId: "r", state: "not-served" })),
    ]);
    const keyed = await catalog.reader.keyedRun("src", "r", null);
    expect(keyed?.uses).toMatchObject([
      { process: "train", entryId: "e", version: "v1", parts: { input: "i", config: "c" } },
      { process: "evaluate", entryId: "f", parts: { input: "i", config: "c" } },
      { process: "plot", entryId: "expired", parts: null },
    ]);
    const withSteps = await catalog.reader.keyedRun("src", "r", "train");
    expect(withSteps?.uses.map(({ step }) => step)).toEqual([null, null, null, "fit"]);
    expect(await catalog.reader.keyedRun("src", "nobody", null)).toBeNull();
  });
});

describe("what came before a run", () => {
  test("is the latest earlier run of its experiment that reached the place, and the latest with a result", async () => {
    await catalog.sweep([
      run("old", 1000, [sampleUse("train")]),
      run("failed", 2000, [sampleUse("train", { origin: "failed" })]),
      run("elsewhere", 3000, [sampleUse("train")], "other"),
      run("passed-by", 3500, [sampleUse("train", { origin: "never-ran" })]),
      run("now", 4000, [sampleUse("train")]),
      run("later", 5000, [sampleUse("train")]),
    ]);
    expect(await history("now")).toMatchObject({ reachedBy: "failed", resultBy: "old" });
    expect(await history("old")).toMatchObject({ reachedBy: null, resultBy: null });
    expect(await history("now", null, "evaluate")).toMatchObject({ reachedBy: null });
  });

  test("is found also beyond the latest runs", async () => {
    const others = Array.from({ length: 80 }, (_, at) => run(`other-${at}`, 2000 + at, [sampleUse("evaluate")]));
    await catalog.sweep([run("old", 1000, [sampleUse("train")]), ...others, run("now", 9000, [sampleUse("train")])]);
    expect(await history("now")).toMatchObject({ reachedBy: "old" });
  });

  test("tells who had the very entry before, newest first, and the other entries of the place", async () => {
    const use = sampleUse("train", { entry: { id: "e" } });
    await catalog.sweep([
      run("a", 1000, [{ ...use, endedAt: 1500 }]),
      run("b", 2000, [{ ...use, origin: "reused" }]),
      run("now", 4000, [use]),
      run("later", 5000, [use]),
      factOf.entry(sampleEntry("early", { keyParts, createdAt: 500, producerRunId: "a", expiresAt: 99_000 })),
      factOf.entry(sampleEntry("late", { keyParts, createdAt: 4500 })),
      factOf.entry(sampleEntry("other", { keyParts, createdAt: 400, process: "evaluate" })),
    ]);
    const told = await history("now", "e");
    expect(told?.earlierUses).toEqual([
      { runId: "b", runName: "b", startedAt: "1970-01-01T00:00:02.000Z", endedAt: null, origin: "reused" },
      {
        runId: "a",
        runName: "a",
        startedAt: "1970-01-01T00:00:01.000Z",
        endedAt: "1970-01-01T00:00:01.500Z",
        origin: "executed",
      },
    ]);
    expect(told?.earlierEntries.map(({ entryId }) => entryId)).toEqual(["early"]);
    expect(told).toMatchObject({ entriesExpire: true, nameTooLong: false });
  });

  test("tells that results of a place can never be stored", async () => {
    const warnings = [{ code: "never-cached-name-too-long" as const, sentence: "too long" }];
    await catalog.sweep([run("now", 4000, [sampleUse("train")]), factOf.entry(sampleEntry("e", { warnings }))]);
    expect((await history("now"))?.nameTooLong).toBe(true);
  });
});
