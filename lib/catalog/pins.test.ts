import { afterEach, beforeEach, expect, test } from "vitest";
import { everything, openSampleCatalog } from "./testing/open-catalog.ts";
import { factOf, sampleArtifact, sampleEntry } from "./testing/sample-facts.ts";

const day = 86_400_000;
const now = 100 * day;
let catalog: ReturnType<typeof openSampleCatalog>;
beforeEach(async () => {
  catalog = openSampleCatalog(() => now);
  await catalog.sweep(
    ["a", "b", "c"].flatMap((id, index) => [
      factOf.entry(
        sampleEntry(id, { createdAt: index * 10 * day, payloads: [{ artifactId: `${id}.pkl`, role: "result" }] }),
      ),
      factOf.artifact(sampleArtifact(`${id}.pkl`)),
    ]),
  );
});
afterEach(() => catalog.dispose());

const listed = async (q: string) => {
  const { items } = await catalog.reader.entries({ sources: ["src"], scope: everything, limit: 9, q });
  return items.map(({ id }) => id).sort();
};
const simulate = (policy: Parameters<typeof catalog.reader.simulatePolicy>[0]["policy"]) =>
  catalog.reader.simulatePolicy({ sources: ["src"], scope: everything, policy });

test("entries are found by whether they are pinned, and tell it", async () => {
  await catalog.writer.setPins("src", ["a", "gone"]);
  expect(await listed("pinned = yes")).toEqual(["a"]);
  expect(await listed("pinned exists")).toEqual(["a"]);
  expect(await listed("pinned:no")).toEqual(["b", "c"]);
  expect(await listed("not pinned = yes")).toEqual(["b", "c"]);
  await expect(listed("pinned = maybe")).rejects.toMatchObject({ code: "bad_request" });
  expect((await catalog.reader.entry("src", "a", everything))?.pinned).toBe(true);
  const changes = await catalog.writer.pin("src", ["a", "b"], false);
  expect(changes.map(({ id }) => id)).toEqual(["a", "b"]);
  expect(await listed("pinned = yes")).toEqual([]);
  // A pin outlives its entry, and another source's are not touched.
  await catalog.writer.setPins("other", ["c"]);
  expect(await listed("pinned = yes")).toEqual([]);
});

test("a policy by age leaves what is pinned, and says how much that is", async () => {
  const before = await simulate({ olderThanDays: 1, unusedDays: 0 });
  expect(before).toMatchObject({ entries: 3, pinnedEntries: 0 });
  expect(before.q).not.toContain("pinned");
  await catalog.writer.pin("src", ["a"], true);
  const outcome = await simulate({ olderThanDays: 1, unusedDays: 0 });
  expect(outcome).toMatchObject({ entries: 2, pinnedEntries: 1, freedBytes: 200 });
  expect(await listed(outcome.q!)).toEqual(["b", "c"]);
});

test("a policy by size takes others instead of what is pinned", async () => {
  await catalog.writer.pin("src", ["a"], true);
  const outcome = await simulate({ keepBytes: 150 });
  expect(outcome).toMatchObject({ entries: 2, bytesAfter: 100, pinnedEntries: 1 });
  expect(await listed(outcome.q!)).toEqual(["b", "c"]);
  // What is pinned stays although more should go.
  expect(await simulate({ keepBytes: 0 })).toMatchObject({ entries: 2, bytesAfter: 100 });
});
