import { afterEach, describe, expect, it } from "vitest";
import type { Entry } from "../domain/entry.ts";
import type { CachePolicy } from "../domain/policy.ts";
import { generateCache } from "./testing/generate-cache.ts";
import { everything, openSampleCatalog } from "./testing/open-catalog.ts";
import { factOf, sampleArtifact, sampleEntry, sampleRun, sampleUse } from "./testing/sample-facts.ts";

const day = 86_400_000;
const now = Date.UTC(2026, 2, 1);
let catalog: ReturnType<typeof openSampleCatalog>;
afterEach(() => catalog.dispose());

const simulate = (policy: CachePolicy, said = {}) =>
  catalog.reader.simulatePolicy({ sources: ["src"], scope: everything, policy, ...said });

async function listed(q?: string): Promise<Entry[]> {
  return (await catalog.reader.entries({ sources: ["src"], scope: everything, limit: 1000, q })).items;
}

/** What goes when these entries go, counted one by one. */
function plainly(taken: readonly Entry[], all: readonly Entry[]) {
  const ids = new Set(taken.map(({ id }) => id));
  const named = (some: readonly Entry[]) =>
    new Map(some.flatMap(({ payloads }) => payloads.map(({ artifactId, bytes }) => [artifactId, bytes ?? 0] as const)));
  const stays = named(all.filter(({ id }) => !ids.has(id)));
  const freed = [...named(taken)].reduce((sum, [id, bytes]) => sum + (stays.has(id) ? 0 : bytes), 0);
  const made = Map.groupBy(taken, ({ id, process, producerRunId }) => `${producerRunId ?? id}/${process}`);
  let seconds = 0;
  for (const some of made.values()) {
    const whole = some.filter(({ step }) => step === null);
    seconds += (whole.length > 0 ? whole : some).reduce((sum, entry) => sum + (entry.executionSeconds ?? 0), 0);
  }
  return { entries: taken.length, freed, seconds };
}

describe("a policy, simulated", () => {
  it("by age takes what its filter lists, and frees what no other entry names", async () => {
    catalog = openSampleCatalog(() => now);
    await catalog.sweep(generateCache(250, 9));
    const all = await listed("not state = orphan");
    for (const [olderThanDays, unusedDays] of [
      [20, 30],
      [0, 35],
      [25, 0],
    ] as const) {
      const outcome = await simulate({ olderThanDays, unusedDays });
      const taken = await listed(outcome.q ?? "");
      const old = all.filter(({ createdAt, lastUsedAt }) => {
        const made = createdAt === null ? Number.NaN : Date.parse(createdAt);
        const touched = Math.max(made, lastUsedAt === null ? made : Date.parse(lastUsedAt));
        const since = Number.isNaN(made) && lastUsedAt !== null ? Date.parse(lastUsedAt) : touched;
        return (
          (olderThanDays === 0 || now - made > olderThanDays * day) &&
          (unusedDays === 0 || now - since > unusedDays * day)
        );
      });
      expect(taken.map(({ id }) => id).sort()).toEqual(old.map(({ id }) => id).sort());
      const plain = plainly(old, all);
      expect(plain.entries).toBeGreaterThan(20);
      expect(outcome).toMatchObject({ entries: plain.entries, freedBytes: plain.freed });
      expect(outcome.bytesAfter).toBe(outcome.bytesNow - plain.freed);
    }
  });

  it("by size takes the least value for each byte first, and of equals the oldest, until the rest fits", async () => {
    catalog = openSampleCatalog(() => now);
    await catalog.sweep(generateCache(250, 4));
    const all = await listed("not state = orphan");
    const { bytesNow } = await simulate({ keepBytes: 0 });
    for (const share of [0.9, 0.5, 0.2, 0.01]) {
      const outcome = await simulate({ keepBytes: bytesNow * share });
      const taken = await listed(outcome.q ?? "");
      const plain = plainly(taken, all);
      expect(outcome).toMatchObject({ entries: plain.entries, freedBytes: plain.freed });
      const ids = new Set(taken.map(({ id }) => id));
      const worth = (entry: Entry) => entry.savedPerMib ?? Number.POSITIVE_INFINITY;
      const highest = Math.max(...taken.map(worth));
      expect(all.filter((entry) => !ids.has(entry.id) && worth(entry) < highest)).toEqual([]);
      // Of shared arrays only what nobody else names is freed: at worst they stay.
      expect(outcome.bytesAfter).toBeLessThanOrEqual(bytesNow * share + 20 * 1100);
    }
    expect(await simulate({ keepBytes: bytesNow })).toMatchObject({ q: null, entries: 0, freedBytes: 0 });
  });

  it("19.8 s to make anew: a process that holds its step, beside the step itself", async () => {
    catalog = openSampleCatalog(() => now);
    const result = (id: string) => ({ payloads: [{ artifactId: id, role: "result" as const }] });
    await catalog.sweep([
      factOf.run(sampleRun("r", { steps: [sampleUse("train", { entry: { id: "p" } })] })),
      factOf.entry(sampleEntry("p", { producerRunId: "r", executionSeconds: 10, ...result("one") })),
      factOf.entry(
        sampleEntry("s", { producerRunId: "r", step: "fit", scope: "step", executionSeconds: 9.8, ...result("two") }),
      ),
      factOf.artifact(sampleArtifact("one")),
      factOf.artifact(sampleArtifact("two")),
    ]);
    const outcome = await simulate({ olderThanDays: 1, unusedDays: 1 });
    expect(outcome).toMatchObject({ entries: 2, freedBytes: 200, recomputeSeconds: 10, recomputeAtLeast: false });
    expect(await simulate({ olderThanDays: 1, unusedDays: 1 }, { experiment: 'no "such" one' })).toMatchObject({
      entries: 0,
    });
  });

  it("leaves what is being made, broken or nobody's", async () => {
    catalog = openSampleCatalog(() => now);
    await catalog.sweep([
      factOf.entry(sampleEntry("running", { status: "running", state: "not-served" })),
      factOf.entry(sampleEntry("odd", { state: "unknown" })),
      factOf.artifact(sampleArtifact("lost")),
    ]);
    expect(await simulate({ olderThanDays: 1, unusedDays: 1 })).toMatchObject({ q: null, entries: 0 });
    expect(await simulate({ keepBytes: 0 })).toMatchObject({ q: null, entries: 0 });
  });
});
