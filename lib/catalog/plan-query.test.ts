import { expect, it } from "vitest";
import { everything, openSampleCatalog } from "./testing/open-catalog.ts";
import { factOf, sampleArtifact, sampleEntry, sampleRun, sampleUse } from "./testing/sample-facts.ts";

/** `fit` has a step; `score` is made of its result in run 1 and 2; run 3 has another `fit`. */
async function wineLab() {
  const catalog = openSampleCatalog();
  const uses = (fit: string, score: string) => [
    sampleUse("fit", { entry: { id: fit } }),
    sampleUse("fit", { step: "descend", entry: { id: `${fit}-step` } }),
    sampleUse("score", { entry: { id: score } }),
  ];
  const model = { artifactId: "model", role: "model" as const };
  await catalog.sweep([
    factOf.run(sampleRun("r1", { startedAt: 1, steps: uses("fit-a", "score-a") })),
    factOf.run(sampleRun("r2", { startedAt: 2, steps: uses("fit-a", "score-a") })),
    factOf.run(sampleRun("r3", { startedAt: 3, steps: uses("fit-b", "score-b") })),
    ...["fit-a", "fit-b"].flatMap((id) => [
      factOf.entry(sampleEntry(id, { process: "fit", payloads: [{ artifactId: `${id}.pkl`, role: "result" }, model] })),
      factOf.entry(sampleEntry(`${id}-step`, { process: "fit", step: "descend", scope: "step", producerRunId: "r1" })),
      factOf.artifact(sampleArtifact(`${id}.pkl`)),
    ]),
    factOf.artifact(sampleArtifact("model", { role: "model" })),
    ...["score-a", "score-b"].map((id) => factOf.entry(sampleEntry(id, { process: "score" }))),
    factOf.artifact(sampleArtifact("orphan", { process: "fit" })),
  ]);
  return catalog;
}

it("pages what is chosen, orphans as the files that they are", async () => {
  const { reader, dispose } = await wineLab();
  const ask = (after: number | null) => reader.plannedEntries("src", { scope: everything, q: "", after, limit: 4 });
  const first = await ask(null);
  const second = await ask(first.next);
  expect([...first.items, ...second.items].map(({ id }) => id).sort()).toEqual(
    ["fit-a", "fit-a-step", "fit-b", "fit-b-step", "orphan", "score-a", "score-b"].sort(),
  );
  expect(second.next).toBeNull();
  const narrow = { scope: everything, after: null, limit: 9 };
  const { items } = await reader.plannedEntries("src", { ...narrow, entries: ["orphan", "fit-a"], process: "fit" });
  expect(items.map(({ id, of, locator, token }) => ({ id, of, locator, token }))).toEqual([
    { id: "fit-a", of: "entry", locator: "at fit-a", token: "token-fit-a" },
    { id: "orphan", of: "artifact", locator: "file orphan", token: "token-orphan" },
  ]);
  expect((await reader.plannedEntries("other", narrow)).items).toEqual([]);
  await dispose();
});

it("finds the steps that stand for the same work, and what was made of it", async () => {
  const { reader, dispose } = await wineLab();
  // By the runs that used it, and, of steps no run names, by who made them.
  expect((await reader.companions("src", ["fit-b"])).sort()).toEqual(["fit-b", "fit-b-step"]);
  expect((await reader.companions("src", ["fit-a-step"])).sort()).toEqual(["fit-a", "fit-a-step", "fit-b-step"]);
  expect(await reader.entriesBeside("src", ["fit-a"], ["score"])).toEqual(["score-a"]);
  expect(await reader.entriesBeside("src", ["fit-a"], [])).toEqual([]);
  expect(await reader.runsAlong("src", ["fit-a", "score-b"], 2, everything)).toEqual({ runs: ["r3", "r2"], total: 3 });
  await dispose();
});

it("tells which payloads others name, or may name", async () => {
  const { reader, writer, dispose } = await wineLab();
  const told = async (ids: string[]) =>
    (await reader.plannedPayloads("src", ids)).map(({ artifactId, holders, otherHolders, mayHaveMore }) => ({
      artifactId,
      holders: holders.sort(),
      otherHolders,
      mayHaveMore,
    }));
  const file = { artifactId: "fit-a.pkl", holders: ["fit-a"], otherHolders: 0, mayHaveMore: false };
  expect(await told(["fit-a"])).toEqual([
    file,
    { artifactId: "model", holders: ["fit-a"], otherHolders: 1, mayHaveMore: false },
  ]);
  expect((await told(["fit-a", "fit-b"]))[2]).toEqual({
    artifactId: "model",
    holders: ["fit-a", "fit-b"],
    otherHolders: 0,
    mayHaveMore: false,
  });
  await writer.put("src", null, [factOf.entry(sampleEntry("dim", { process: "fit", payloadsComplete: false }))]);
  expect((await told(["fit-a"]))[0]).toEqual({ ...file, mayHaveMore: true });
  await dispose();
});
