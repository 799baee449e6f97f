import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SeriesQuery } from "./contract.ts";
import { everything, openSampleCatalog } from "./testing/open-catalog.ts";
import { factOf, sampleMetric, sampleRun } from "./testing/sample-facts.ts";

const count = 20_000;
const steps = Float64Array.from({ length: count }, (_, index) => index * 2);
const values = steps.map((step, index) =>
  index === 4321 ? 1000 : index % 5000 === 17 ? Number.NaN : Math.sin(step / 300),
);
const times = steps.map((step) => 1_000_000 + step * 10);

let catalog: ReturnType<typeof openSampleCatalog>;
const run = (id: string, metrics: Parameters<typeof sampleMetric>[], startedAt = 900_000) =>
  factOf.run(
    sampleRun(id, { startedAt, metrics: metrics.map(([name, said]) => sampleMetric(name, { count, ...said })) }),
  );
const series = (
  runId: string,
  name: string,
  of: { steps?: Float64Array; values?: Float64Array; times?: Float64Array | null } = {},
) => ({
  kind: "series" as const,
  series: { runId, metricId: `m-${name}`, steps, values, times: null, ...of },
});

beforeAll(async () => {
  catalog = openSampleCatalog();
  await catalog.sweep([
    run("a", [
      ["loss"],
      ["acc"],
      ["lone", { count: 1, last: 3, lastStep: 12 }],
      ["none", { count: 0, last: null }],
      ["mixed"],
      ["twice"],
    ]),
    run("b", [["loss", { producerRunId: "a" }]]),
    run("c", [["loss"]], 800_000),
    series("a", "loss", { times }),
    series("c", "loss", { times }),
    series("a", "acc", { values: values.map((_, index) => index) }),
    series("a", "mixed", {
      steps: Float64Array.of(3, 1, 2),
      values: Float64Array.of(30, 10, 20),
      times: Float64Array.of(5, 9, 7),
    }),
    series("a", "twice", { steps: Float64Array.of(1, 1, 2, 2), values: Float64Array.of(10, 11, -0, 21) }),
  ]);
});
afterAll(() => catalog.dispose());

const ask = async (said: Partial<SeriesQuery> = {}) => {
  const [answer] = await catalog.reader.series([
    { source: "src", run: "a", metric: "m-loss", x: "step", points: 100, ...said },
  ]);
  return answer;
};

describe("a long series", () => {
  test("is answered in at most as many buckets as asked, with every extreme and every gap", async () => {
    for (const points of [1, 7, 100, 1500, 6000]) {
      const answer = await ask({ points });
      expect(answer).toMatchObject({ total: count, nonFinite: 4, reduced: true });
      const buckets = answer?.buckets ?? [];
      expect(buckets.length).toBeLessThanOrEqual(points);
      expect(buckets.length).toBeGreaterThan(points / 4);
      expect(Math.max(...buckets.map(({ max }) => Number(max)))).toBe(1000);
      expect(buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(count);
      expect(buckets.at(0)).toMatchObject({ x0: 0, first: 0 });
      expect(buckets.at(-1)?.x1).toBe((count - 1) * 2);
    }
  });

  test("is told point by point when few enough are asked for", async () => {
    const answer = await ask({ from: 8630, to: 8650 });
    expect(answer).toMatchObject({ total: 11, reduced: false });
    expect(answer?.points?.[6]).toEqual({ x: 8642, y: 1000 });
    expect((await ask({ points: count }))?.points).toHaveLength(count);
  });

  test("whatever the range, what is answered is what lies in it", async () => {
    const bound = fc.integer({ min: -10, max: count * 2 + 10 });
    await fc.assert(
      fc.asyncProperty(bound, bound, fc.integer({ min: 1, max: 300 }), async (from, to, points) => {
        const answer = await ask({ from, to, points });
        const inside = Array.from(steps.keys()).filter((index) => steps[index]! >= from && steps[index]! <= to);
        const ys = inside.map((index) => values[index]!);
        expect(answer).toMatchObject({
          total: inside.length,
          nonFinite: ys.filter(Number.isNaN).length,
          reduced: inside.length > points,
        });
        if (!answer?.buckets) {
          expect(answer?.points?.map(({ y }) => y)).toEqual(ys);
          return;
        }
        expect(answer.buckets.length).toBeLessThanOrEqual(points);
        expect(answer.buckets[0]?.x0).toBe(steps[inside[0]!]);
        const finite = ys.filter(Number.isFinite);
        expect(Math.max(...answer.buckets.flatMap(({ max }) => (max === null ? [] : [Number(max)])))).toBe(
          Math.max(...finite),
        );
        expect(Math.min(...answer.buckets.flatMap(({ min }) => (min === null ? [] : [Number(min)])))).toBe(
          Math.min(...finite),
        );
      }),
      { seed: 3, numRuns: 150 },
    );
  });
});

describe("the x axis", () => {
  test("time is in epoch ms, relative in seconds since the run began", async () => {
    expect((await ask({ x: "time", from: 1_000_020, to: 1_000_040 }))?.points?.map(({ x }) => x)).toEqual([
      1_000_020, 1_000_040,
    ]);
    expect((await ask({ x: "relative", from: 100.02, to: 100.04 }))?.points?.map(({ x }) => x)).toEqual([
      100.02, 100.04,
    ]);
    const buckets = (await ask({ x: "relative", points: 50 }))?.buckets;
    expect(buckets?.at(0)?.x0).toBe(100);
    expect(buckets?.at(-1)?.x1).toBe(100 + (count - 1) * 0.02);
  });

  test("points without times have none", async () => {
    expect(await ask({ metric: "m-acc", x: "time" })).toMatchObject({ total: 0, points: [] });
  });

  test("times that do not rise are put in order", async () => {
    expect((await ask({ metric: "m-mixed", x: "time" }))?.points).toEqual([
      { x: 5, y: 30 },
      { x: 7, y: 20 },
      { x: 9, y: 10 },
    ]);
    expect((await ask({ metric: "m-mixed" }))?.points).toEqual([
      { x: 1, y: 10 },
      { x: 2, y: 20 },
      { x: 3, y: 30 },
    ]);
  });

  test("another metric is joined on equal steps", async () => {
    const answer = await ask({ x: "m-acc", from: 4320, to: 4322 });
    expect(answer?.points?.map(({ x }) => x)).toEqual([4320, 4321, 4322]);
    expect(answer?.points?.[1]?.y).toBe(1000);
    expect(await ask({ x: "m-nothing" })).toMatchObject({ total: 0, points: [] });
  });

  test("steps told twice stay two points, in their order", async () => {
    expect((await ask({ metric: "m-twice" }))?.points).toEqual([
      { x: 1, y: 10 },
      { x: 1, y: 11 },
      { x: 2, y: -0 },
      { x: 2, y: 21 },
    ]);
    expect((await ask({ metric: "m-twice", x: "m-twice" }))?.total).toBe(4);
  });
});

describe("many series at once", () => {
  const refs = (x: string) =>
    ["a", "b", "c"].map((id) => ({ source: "src", run: id, metric: "m-loss", x, points: 100 }));

  test("identical ones are told once; a reused step's points are its producer's", async () => {
    const answers = await catalog.reader.series(refs("step"));
    expect(answers.map((answer) => answer?.sameAs)).toEqual([undefined, 0, 0]);
    expect(answers[1]).toMatchObject({ run: "b", producerRunId: "a", total: count, nonFinite: 4 });
    expect(answers[1]?.buckets).toBeUndefined();
  });

  test("equal points at other relative times are not identical", async () => {
    const answers = await catalog.reader.series(refs("relative"));
    expect(answers.map((answer) => answer?.sameAs)).toEqual([undefined, 0, undefined]);
  });

  test("what is not there is null, a single point is told by its head", async () => {
    expect(
      await catalog.reader.series([
        { ...refs("step")[0]!, metric: "m-nothing" },
        { ...refs("step")[0]!, run: "z" },
        { ...refs("step")[0]!, source: "z" },
      ]),
    ).toEqual([null, null, null]);
    expect(await ask({ metric: "m-lone" })).toMatchObject({ total: 1, points: [{ x: 12, y: 3 }] });
    expect(await ask({ metric: "m-none" })).toMatchObject({ total: 0, points: [] });
  });
});

test("a series that grows replaces the old points", async () => {
  const own = openSampleCatalog();
  const grown = (length: number) => ({ steps: steps.slice(0, length), values: values.slice(0, length) });
  await own.sweep([run("a", [["loss"]]), series("a", "loss", grown(10))]);
  const changes = await own.writer.put("src", null, [series("a", "loss", grown(30))]);
  expect(changes).toEqual([{ event: "series", experimentId: "exp", id: "a" }]);
  expect(await own.writer.put("src", null, [series("a", "loss", grown(30))])).toEqual([]);
  const [answer] = await own.reader.series([{ source: "src", run: "a", metric: "m-loss", x: "step", points: 100 }]);
  expect(answer?.total).toBe(30);
  expect((await own.reader.runs({ sources: ["src"], scope: everything, limit: 1 })).items).toHaveLength(1);
  await own.dispose();
});
