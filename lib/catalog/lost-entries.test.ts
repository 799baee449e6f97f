import { afterEach, beforeEach, expect, test } from "vitest";
import type { Fact } from "../domain/facts.ts";
import { everything, openSampleCatalog } from "./testing/open-catalog.ts";
import { factOf, sampleArtifact, sampleEntry, sampleRun, sampleUse } from "./testing/sample-facts.ts";

let catalog: ReturnType<typeof openSampleCatalog>;
beforeEach(() => {
  catalog = openSampleCatalog(() => Date.now());
});
afterEach(() => catalog.dispose());

const result = (id: string, said = {}) => factOf.artifact(sampleArtifact(id, { process: "fit", ...said }));
const run = (id: string, startedAt: number, entry: string, origin: "executed" | "reused" = "executed") =>
  factOf.run(
    sampleRun(id, {
      startedAt,
      steps: [
        sampleUse("fit", { origin, entry: { id: entry }, endedAt: startedAt * 1_250, executionSeconds: startedAt }),
      ],
    }),
  );

/** `gone` was made by two runs and used by a third; `there` stands; of `unrecorded` no run is left. */
const facts: Fact[] = [
  { kind: "experiment", id: "exp", name: "lab" },
  run("first", 1, "gone"),
  run("second", 2, "gone"),
  run("user", 3, "gone", "reused"),
  run("other", 4, "there"),
  result("gone.pkl", { entryId: "gone", modifiedAt: 200 }),
  result("gone-before.pkl", { entryId: "gone", modifiedAt: 100 }),
  result("there-before.pkl", { entryId: "there" }),
  result("unrecorded.pkl", { entryId: "unrecorded", process: "score" }),
  result("nameless.pkl"),
  result("model", { role: "model" }),
  result("there.pkl", { entryId: "there" }),
  factOf.entry(sampleEntry("there", { process: "fit", payloads: [{ artifactId: "there.pkl", role: "result" }] })),
];
const lost = async (said = {}) => {
  const { items, total } = await catalog.reader.lostEntries("src", { scope: everything, limit: 9, ...said });
  expect(total).toBe(items.length);
  return items.map(({ artifactId }) => artifactId).sort();
};

test("what is lost is a result whose name tells an entry that is not there", async () => {
  await catalog.sweep(facts);
  expect(await lost({ q: "" })).toEqual(["gone-before.pkl", "gone.pkl", "unrecorded.pkl"]);
  expect(await lost({ q: "", recorded: true })).toEqual(["gone-before.pkl", "gone.pkl"]);
  const { items } = await catalog.reader.lostEntries("src", { scope: everything, limit: 1, entries: ["gone"] });
  expect(items).toEqual([
    {
      entryId: "gone",
      artifactId: "gone.pkl",
      experimentId: "exp",
      experimentName: "lab",
      process: "fit",
      step: null,
      bytes: 100,
      makers: [
        { id: "second", name: "second" },
        { id: "first", name: "first" },
      ],
      madeAt: 2_500,
      seconds: 2,
      borrowedSeconds: null,
    },
  ]);
});

test("it is asked for by the entry, by its file, by a run that made or used it, by process and by filter", async () => {
  await catalog.sweep(facts);
  expect(await lost({ entries: ["unrecorded"] })).toEqual(["unrecorded.pkl"]);
  expect(await lost({ entries: ["gone.pkl", "there"] })).toEqual(["gone.pkl"]);
  expect(await lost({ run: "user" })).toEqual(["gone-before.pkl", "gone.pkl"]);
  expect(await lost({ run: "other" })).toEqual([]);
  expect(await lost({ run: "first", process: "score" })).toEqual([]);
  expect(await lost({ q: "process = score" })).toEqual(["unrecorded.pkl"]);
  expect(await lost({ state: ["usable"] })).toEqual([]);
  expect((await catalog.reader.lostEntries("none", { scope: everything, limit: 1 })).total).toBe(0);
});

test("it is lost from the moment on when its entry is seen to go, and found again with it", async () => {
  await catalog.sweep(facts);
  expect(await lost({ entries: ["there"] })).toEqual([]);
  await catalog.writer.put("src", null, [{ kind: "gone", of: "entry", id: "there" }]);
  expect(await lost({ entries: ["there"], recorded: true })).toEqual(["there-before.pkl", "there.pkl"]);
  await catalog.writer.put("src", null, facts.slice(-1));
  expect(await lost({ entries: ["there"] })).toEqual([]);
});

test("among the orphans those that can be revived are marked", async () => {
  await catalog.sweep(facts);
  const asked = { sources: ["src"], scope: everything, limit: 9, before: Number.MAX_SAFE_INTEGER };
  const { items } = await catalog.reader.orphans(asked);
  const marked = items.filter(({ revivable }) => revivable).map(({ id }) => id);
  expect(marked.sort()).toEqual(["gone-before.pkl", "gone.pkl"]);
  expect(items.length).toBeGreaterThan(4);
});
