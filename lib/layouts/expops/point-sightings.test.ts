import { describe, expect, it } from "vitest";
import type { Fact, MetricFact } from "../../domain/facts.ts";
import { PointSightings, timesOf } from "./point-sightings.ts";
import { openMemoryContext } from "./testing/memory-context.ts";

const started = Date.UTC(2026, 10, 21);

/** A run whose one metric has points at these steps. */
function runWith(steps: readonly number[], change: Partial<MetricFact> = {}): Fact[] {
  const metric: MetricFact = {
    id: "m1",
    name: "loss",
    process: "train",
    step: null,
    kind: steps.length > 1 ? "series" : "scalar",
    xAxes: ["step"],
    producerRunId: null,
    count: steps.length,
    firstStep: steps[0] ?? null,
    lastStep: steps.at(-1) ?? null,
    last: 1,
    min: 1,
    max: 1,
    nonFinite: 0,
    ...change,
  };
  const run = {
    id: "r1",
    name: "run",
    experimentId: "x",
    status: "running" as const,
    startedAt: started,
    endedAt: null,
    lastActivityAt: null,
    params: null,
    paramsOrigin: null,
    tags: {},
    version: null,
    steps: [],
    metrics: [metric],
    charts: [],
    warnings: [],
    token: "",
  };
  const series = {
    runId: "r1",
    metricId: "m1",
    steps: Float64Array.from(steps),
    values: new Float64Array(steps.length),
  };
  return [
    { kind: "run", run },
    ...(steps.length > 1 ? [{ kind: "series" as const, series: { ...series, times: null } }] : []),
  ];
}

function seenIn(facts: readonly Fact[]) {
  const series = facts.find((fact) => fact.kind === "series")?.series;
  const run = facts.find((fact) => fact.kind === "run")?.run;
  return { times: series?.times ? [...series.times] : null, xAxes: run?.metrics[0]?.xAxes };
}

describe("PointSightings", () => {
  it("keeps when the points of a watched run came, over a restart, with none for what came while nobody watched", async () => {
    const kept = { now: started + 1_000, sightings: new Map<string, Map<string, Float64Array>>() };
    const first = new PointSightings(openMemoryContext(kept));
    await first.note(runWith([1]), true);
    kept.now += 6_000;
    await first.note(runWith([1, 2, 3]), true);
    kept.now += 6_000;
    const second = new PointSightings(openMemoryContext(kept));
    await second.note(runWith([1, 2, 3, 4]), false);
    kept.now += 6_000;
    const facts = runWith([1, 2, 3, 4, 5]);
    expect(seenIn(await second.note(facts, true))).toEqual({
      times: [started + 1_000, started + 7_000, started + 7_000, Number.NaN, started + 19_000],
      xAxes: ["step", "time", "relative"],
    });
    const third = new PointSightings(openMemoryContext(kept));
    expect(seenIn(await third.attach([...facts]))).toMatchObject({ times: expect.arrayContaining([started + 19_000]) });
  });

  it("offers no time axis for points that were there before anybody watched, or are another run's", async () => {
    const sightings = new PointSightings(openMemoryContext());
    expect(seenIn(await sightings.note(runWith([1, 2]), false))).toEqual({ times: null, xAxes: ["step"] });
    const other = new PointSightings(openMemoryContext());
    expect(seenIn(await other.note(runWith([1, 2], { producerRunId: "r0" }), true))).toEqual({
      times: null,
      xAxes: ["step"],
    });
  });

  it("lets go of every other sighting when they are many: the times of the rest stay true", async () => {
    const kept = { now: started, sightings: new Map<string, Map<string, Float64Array>>() };
    const sightings = new PointSightings(openMemoryContext(kept));
    const steps: number[] = [];
    let facts: readonly Fact[] = [];
    for (let step = 0; step < 1_200; step += 1) {
      steps.push(step);
      kept.now += 1_000;
      facts = await sightings.note(runWith(steps), true);
    }
    const times = seenIn(facts).times!;
    expect(times.at(-1)).toBe(kept.now);
    expect(
      times.every((time, step) => time >= started + (step + 1) * 1_000 && time <= started + (step + 8) * 1_000),
    ).toBe(true);
    expect(times.every((time, at) => at === 0 || time >= times[at - 1]!)).toBe(true);
  });
});

describe("timesOf", () => {
  const seen = [2, 2, 1_000, 4, 4, 2_000];
  it("knows nothing from where points came among those that were seen", () => {
    expect([...timesOf({ steps: Float64Array.of(1, 2, 3, 4) }, seen)!]).toEqual([1_000, 1_000, 2_000, 2_000]);
    expect([...timesOf({ steps: Float64Array.of(1, 2, 2.5, 3, 4) }, seen)!]).toEqual([
      ...[1_000, 1_000],
      ...[Number.NaN, Number.NaN, Number.NaN],
    ]);
    expect(timesOf({ steps: Float64Array.of(0, 1, 2, 3, 4) }, seen)).toBeNull();
  });
});
