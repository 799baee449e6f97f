import { afterEach, describe, expect, it } from "vitest";
import type { Fact } from "../domain/facts.ts";
import { type LedgerGrouping, type LedgerItem, ledgerGroupings } from "../domain/ledger.ts";
import { ageOfDay, dayOf } from "./ledger-days.ts";
import { generateCache } from "./testing/generate-cache.ts";
import { ledgerOf, type OracleFigures } from "./testing/ledger-oracle.ts";
import { everything, openSampleCatalog } from "./testing/open-catalog.ts";
import { factOf, sampleArtifact, sampleEntry, sampleRun, sampleUse } from "./testing/sample-facts.ts";

const now = Date.UTC(2026, 2, 1);
const day = 86_400_000;
let catalog: ReturnType<typeof openSampleCatalog>;

afterEach(() => catalog.dispose());

async function ledger(by: LedgerGrouping, said: object = {}) {
  return catalog.reader.ledger({ sources: ["src"], scope: everything, by, limit: 1000, ...said });
}

function figuresOf({ hits, misses, savedSeconds, spentSeconds, bytes }: LedgerItem): OracleFigures {
  return { hits, misses, saved: Math.round(savedSeconds * 1e6), spent: Math.round(spentSeconds * 1e6), bytes };
}

function expected(
  facts: readonly Fact[],
  by: LedgerGrouping,
  days?: { from: string; to: string },
): Record<string, OracleFigures> {
  const groups = new Map<string, OracleFigures>();
  for (const [name, figures] of ledgerOf(facts, by, days)) {
    const group = by === "age" ? String(ageOfDay(name === "null" ? null : dayOf(Date.parse(name)), now)) : name;
    const sum = groups.get(group) ?? { hits: 0, misses: 0, saved: 0, spent: 0, bytes: 0 };
    for (const key of Object.keys(sum) as (keyof OracleFigures)[]) sum[key] += figures[key];
    groups.set(group, sum);
  }
  const rounded = [...groups].map(([group, { saved, spent, ...rest }]) => [
    group,
    { ...rest, saved: Math.round(saved * 1e6), spent: Math.round(spent * 1e6) },
  ]);
  return Object.fromEntries(
    rounded.filter(([, figures]) => Object.values(figures as OracleFigures).some((n) => n !== 0)),
  );
}

async function answered(by: LedgerGrouping, said: object = {}): Promise<Record<string, OracleFigures>> {
  const { items } = await ledger(by, said);
  const groups = items.map((item) => [by === "run" ? item.runId : String(item.group), figuresOf(item)]);
  return Object.fromEntries(
    groups.filter(([, figures]) => Object.values(figures as OracleFigures).some((n) => n !== 0)),
  );
}

/** Runs that looked nothing up are in no ledger of runs. */
function withoutIdle(groups: Record<string, OracleFigures>) {
  return Object.fromEntries(Object.entries(groups).filter(([, { hits, misses }]) => hits + misses > 0));
}

describe("the ledger", () => {
  for (const by of ledgerGroupings) {
    it(`by ${by} is what every use and every payload of 300 runs comes to`, async () => {
      catalog = openSampleCatalog(() => now);
      const facts = generateCache(300, 7);
      await catalog.sweep(facts);
      const wanted = expected(facts, by);
      expect(await answered(by)).toEqual(by === "run" ? withoutIdle(wanted) : wanted);
      const days = { from: "2026-01-20", to: "2026-02-03" };
      const bounds = { from: Date.parse(days.from), to: Date.parse(days.to) };
      const some = expected(facts, by, days);
      if (by === "run") {
        // A run's bytes are all that it made, whenever that was.
        const withAll = Object.entries(withoutIdle(some)).map(([id, figures]) => [
          id,
          { ...figures, bytes: wanted[id]!.bytes },
        ]);
        expect(await answered(by, bounds)).toEqual(Object.fromEntries(withAll));
      } else expect(await answered(by, bounds)).toEqual(some);
    });
  }

  it("holds when facts come in another order, a run or an entry at a time, and go again", async () => {
    catalog = openSampleCatalog(() => now);
    const facts = generateCache(60, 3);
    await catalog.sweep([]);
    const order = facts.map((fact, index) => ({ fact, at: (index * 7919) % facts.length })).sort((a, b) => a.at - b.at);
    for (const { fact } of order) await catalog.writer.put("src", null, [fact]);
    const gone = facts.filter((fact, index) => fact.kind !== "artifact" && index % 9 === 0);
    await catalog.writer.put(
      "src",
      null,
      gone.map(
        (fact): Fact => ({
          kind: "gone",
          of: fact.kind as "run" | "entry",
          id: fact.kind === "run" ? fact.run.id : fact.kind === "entry" ? fact.entry.id : "",
        }),
      ),
    );
    const left = facts.filter((fact) => !gone.includes(fact));
    const withoutBytes = (groups: Record<string, OracleFigures>) =>
      Object.fromEntries(Object.entries(groups).map(([group, { bytes: _, ...figures }]) => [group, figures]));
    const wanted = expected(left, "process");
    const ofAll = (name: "hits" | "misses") => Object.values(wanted).reduce((sum, figures) => sum + figures[name], 0);
    await expect
      .poll(async () => (await ledger("process")).totals, { timeout: 5_000 })
      .toMatchObject({ hits: ofAll("hits"), misses: ofAll("misses") });
    for (const by of ["process", "day"] as const) {
      const lookedUp = Object.entries(expected(left, by)).filter(([, { hits, misses }]) => hits + misses > 0);
      expect(withoutBytes(withoutIdle(await answered(by)))).toEqual(withoutBytes(Object.fromEntries(lookedUp)));
    }
    // What no entry names any more is an orphan, and takes its room all the same.
    const stored = facts.reduce((sum, fact) => sum + (fact.kind === "artifact" ? (fact.artifact.bytes ?? 0) : 0), 0);
    expect((await ledger("process")).totals.bytes).toBe(stored);
    const { orphan, ...named } = await answered("kind");
    const sumOf = (groups: Record<string, OracleFigures>) =>
      Object.values(groups).reduce((sum, { bytes }) => sum + bytes, 0);
    expect(sumOf(named)).toBe(sumOf(expected(left, "kind")));
    expect(orphan).toMatchObject({ hits: 0, misses: 0, bytes: stored - sumOf(named) });
  });

  it("tells totals that are the same whatever it is told by", async () => {
    catalog = openSampleCatalog(() => now);
    await catalog.sweep(generateCache(120, 11));
    const { totals } = await ledger("process");
    for (const by of ["run", "day", "project", "version", "age"] as const) {
      const answer = await ledger(by);
      expect(answer.totals).toEqual(totals);
      const sum = (name: "hits" | "misses" | "savedSeconds" | "spentSeconds") =>
        answer.items.reduce((all, item) => all + item[name], 0);
      expect(sum("hits")).toBe(totals.hits);
      expect(sum("misses")).toBe(totals.misses);
      expect(sum("savedSeconds")).toBeCloseTo(totals.savedSeconds, 6);
      expect(sum("spentSeconds")).toBeCloseTo(totals.spentSeconds, 6);
    }
  });

  it("turns pages without repeating or hiding a group, by any sort", async () => {
    catalog = openSampleCatalog(() => now);
    await catalog.sweep(generateCache(90, 5));
    for (const by of ["day", "run", "step"] as const)
      for (const sort of ["group", "-saved", "rate", "-misses"]) {
        const whole = (await ledger(by, { sort })).items.map(({ group }) => group);
        const turned: (string | null)[] = [];
        let cursor: string | undefined;
        do {
          const page = await ledger(by, { sort, limit: 4, cursor });
          turned.push(...page.items.map(({ group }) => group));
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined);
        expect(turned, `${by} by ${sort}`).toEqual(whole);
      }
    await expect(ledger("run", { sort: "bytes" })).rejects.toMatchObject({ code: "bad_request" });
  });
});

describe("a figure that would be wrong", () => {
  const producer = { runId: "first", startedAt: 1000, executionSeconds: 10 };
  const reused = (process: string, said = {}) =>
    sampleUse(process, { origin: "reused", executionSeconds: null, producer, entry: { id: "e" }, ...said });

  async function totalsOf(facts: Fact[]) {
    catalog = openSampleCatalog(() => now);
    await catalog.sweep(facts);
    return (await ledger("process")).totals;
  }

  it("20 s saved: the steps of a reused process beside the process itself", async () => {
    const run = sampleRun("r", { steps: [reused("fit"), reused("fit", { step: "inner" })] });
    expect(await totalsOf([factOf.run(run)])).toMatchObject({ hits: 1, savedSeconds: 10 });
  });

  it("0 s saved: a process that ran again while its step came from the cache", async () => {
    const steps = [sampleUse("fit", { executionSeconds: 0.2 }), reused("fit", { step: "inner" })];
    expect(await totalsOf([factOf.run(sampleRun("r", { steps }))])).toMatchObject({
      hits: 0,
      misses: 1,
      savedSeconds: 10,
      spentSeconds: 0.2,
    });
    expect((await ledger("step")).items).toMatchObject([
      { group: "fit ▸ inner", hits: 1, misses: 0, savedSeconds: 10 },
    ]);
  });

  it("0.2 s saved: a hit on a process whose producer got its step from the cache", async () => {
    const second = sampleRun("second", {
      steps: [sampleUse("fit", { executionSeconds: 0.2, entry: { id: "e" } }), reused("fit", { step: "inner" })],
    });
    const last = sampleRun("last", {
      steps: [reused("fit", { producer: { runId: "second", startedAt: 1000, executionSeconds: 0.2 } })],
    });
    const facts = [factOf.entry(sampleEntry("e", { process: "fit" })), factOf.run(second), factOf.run(last)];
    const { savedSeconds } = await totalsOf(facts);
    expect(savedSeconds).toBeCloseTo(10 + 10.2, 9);
    expect((await ledger("run")).items.find(({ runId }) => runId === "last")?.savedSeconds).toBeCloseTo(10.2, 9);
  });

  it("3 misses: what never ran, behind one that failed after half a second", async () => {
    const steps = [
      sampleUse("fit", { origin: "failed", executionSeconds: 0.5 }),
      sampleUse("score", { origin: "never-ran", executionSeconds: null }),
      sampleUse("plot", { origin: "never-ran", executionSeconds: 0 }),
    ];
    expect(await totalsOf([factOf.run(sampleRun("r", { steps }))])).toMatchObject({ misses: 1, spentSeconds: 0.5 });
  });

  it("0 s as if it were known: a hit whose producer's time is not recorded", async () => {
    const steps = [reused("fit", { producer: null })];
    expect(await totalsOf([factOf.run(sampleRun("r", { steps }))])).toMatchObject({ hits: 1, unpriced: 1 });
  });

  it("300 B: an array that three entries name, and one entry twice", async () => {
    const entry = (id: string, times = 1) =>
      factOf.entry(
        sampleEntry(id, {
          payloads: Array.from({ length: times }, () => ({ artifactId: "a", role: "array" as const })),
        }),
      );
    const facts = [
      entry("one"),
      entry("two", 2),
      entry("three"),
      factOf.artifact(sampleArtifact("a", { role: "array" })),
    ];
    expect(await totalsOf(facts)).toMatchObject({ bytes: 100 });
    await catalog.writer.put("src", null, [{ kind: "gone", of: "entry", id: "one" }]);
    await catalog.sweep(facts.slice(1));
    expect((await ledger("process")).totals.bytes).toBe(100);
  });

  it("a run of the next day: one that began a minute before midnight, UTC", async () => {
    const run = sampleRun("r", { startedAt: 5 * day - 60_000, steps: [sampleUse("fit")] });
    await totalsOf([factOf.run(run)]);
    expect((await ledger("day")).items.map(({ group }) => group)).toEqual(["1970-01-05"]);
    expect((await ledger("day", { from: 5 * day })).items).toEqual([]);
  });
});
