import { afterEach, beforeEach, expect, test } from "vitest";
import { everything, openSampleCatalog } from "./testing/open-catalog.ts";
import { factOf, sampleArtifact, sampleEntry, sampleRun, sampleUse } from "./testing/sample-facts.ts";

let catalog: ReturnType<typeof openSampleCatalog>;
beforeEach(() => {
  catalog = openSampleCatalog();
});
afterEach(() => catalog.dispose());

const deaths = async () =>
  (await catalog.writer.takeDeaths("src")).map(({ entryId, kind, expiresAt }) => [entryId, kind, expiresAt]);
const entry = factOf.entry(sampleEntry("e", { expiresAt: 7000, payloads: [{ artifactId: "f", role: "result" }] }));
const file = factOf.artifact(sampleArtifact("f"));
const other = factOf.artifact(sampleArtifact("g"));

test("an entry that a complete sweep did not find is told once, with when its life was to end", async () => {
  await catalog.sweep([entry, file]);
  expect(await deaths()).toEqual([]);
  await catalog.sweep([file]);
  expect(await deaths()).toEqual([["e", "gone", 7000]]);
  expect(await deaths()).toEqual([]);
});

test("a sweep that finds everything, or that was interrupted, tells nothing", async () => {
  await catalog.sweep([entry, file]);
  await catalog.sweep([entry, file]);
  await catalog.sweep([], "src", false);
  expect(await deaths()).toEqual([]);
});

test("a result that is gone while its entry stays is told as such", async () => {
  await catalog.sweep([entry, file, other]);
  await catalog.sweep([entry, other]);
  expect(await deaths()).toEqual([["e", "payload-gone", 7000]]);
});

test("what a watcher sees go is told; what comes again at once is not", async () => {
  await catalog.sweep([entry, file]);
  const gone = { kind: "gone", of: "entry", id: "e" } as const;
  await catalog.writer.put("src", null, [gone, entry]);
  expect(await deaths()).toEqual([]);
  await catalog.writer.put("src", null, [gone]);
  expect(await deaths()).toEqual([["e", "gone", 7000]]);
});

test("a result that is seen to go breaks its entry at once, though both are newer than the last sweep", async () => {
  await catalog.sweep([other]);
  const put = (...facts: Parameters<typeof catalog.writer.put>[2]) => catalog.writer.put("src", null, facts);
  const state = async () => (await catalog.reader.entry("src", "e", everything))?.state;
  await put(entry);
  expect(await state()).toBe("usable");
  await put(file);
  await put({ kind: "gone", of: "artifact", id: "f" });
  expect(await state()).toBe("broken");
  expect(await deaths()).toEqual([["e", "payload-gone", 7000]]);
  await put(factOf.artifact(sampleArtifact("g", { token: "newer" })));
  // Neither another file nor a run that is told again is a sign that it was made anew.
  const use = sampleUse("train", { origin: "executed", entry: { id: "e" } });
  await put(factOf.run(sampleRun("r", { steps: [use] })));
  expect(await state()).toBe("broken");
  await put(file);
  expect(await state()).toBe("usable");
});
