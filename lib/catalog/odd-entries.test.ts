import { afterEach, beforeEach, expect, test } from "vitest";
import type { EntryFault } from "../domain/orphan.ts";
import { everything, openSampleCatalog } from "./testing/open-catalog.ts";
import { factOf, sampleArtifact, sampleEntry } from "./testing/sample-facts.ts";

const hour = 3_600_000;
const clock = { now: 10 * hour };
let catalog: ReturnType<typeof openSampleCatalog>;
beforeEach(() => {
  clock.now = 10 * hour;
  catalog = openSampleCatalog(() => clock.now);
});
afterEach(() => catalog.dispose());

async function odd(kind: EntryFault, q?: string) {
  const sort = kind === "expiry" ? "due" : "-created";
  const asked = { sources: ["src"], scope: everything, limit: 9, sort, kind, ...(q && { q }) };
  const { items, total } = await catalog.reader.entries(asked);
  expect(total).toEqual({ value: items.length, exact: true });
  const planned = await catalog.reader.plannedEntries("src", { scope: everything, after: null, limit: 9, kind });
  if (!q) expect(planned.items.map(({ id }) => id).sort()).toEqual(items.map(({ id }) => id).sort());
  return items;
}
const model = (bytes: number) => factOf.artifact(sampleArtifact("model", { role: "model", bytes }));
const withModel = (id: string, bytesRecorded?: number) =>
  factOf.entry(sampleEntry(id, { payloads: [{ artifactId: "model", role: "model", bytesRecorded }] }));

test("an entry whose model was written over with another size is told, with both sizes", async () => {
  await catalog.sweep([withModel("old", 900), withModel("new", 1000), withModel("silent"), model(1000)]);
  const [entry, ...others] = await odd("size");
  expect(others).toEqual([]);
  expect(entry).toMatchObject({ id: "old", state: "usable", payloads: [{ bytes: 1000, bytesRecorded: 900 }] });
  expect(entry?.warnings.map(({ sentence }) => sentence)).toContainEqual(
    expect.stringContaining("a model of it holds 900 bytes; what is stored holds 1,000 bytes"),
  );
  await catalog.writer.put("src", null, [model(900)]);
  expect((await odd("size")).map(({ id }) => id)).toEqual(["new"]);
  await catalog.writer.put("src", null, [{ kind: "gone", of: "artifact", id: "model" }]);
  expect(await odd("size")).toEqual([]);
});

test("an entry is told when a life is over that its store does not obey", async () => {
  const lives = (id: string, hours: number, enforced: boolean, process = "fit") =>
    factOf.entry(sampleEntry(id, { process, createdAt: hour, ttl: { seconds: hours * 3600, enforced } }));
  await catalog.sweep([
    lives("over", 4, false),
    lives("sooner", 2, false, "score"),
    lives("obeyed", 4, true),
    lives("young", 24, false),
    factOf.entry(sampleEntry("endless")),
  ]);
  expect((await odd("expiry")).map(({ id }) => id)).toEqual(["sooner", "over"]);
  expect((await odd("expiry", "process = score")).map(({ id }) => id)).toEqual(["sooner"]);
  clock.now = 26 * hour;
  expect((await odd("expiry")).map(({ id }) => id)).toEqual(["sooner", "over", "young"]);
});
