import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { RunsQuery } from "./contract.ts";
import { everything, openSampleCatalog } from "./testing/open-catalog.ts";
import { factOf, sampleMetric, sampleRun } from "./testing/sample-facts.ts";

let catalog: ReturnType<typeof openSampleCatalog>;
const losses = [0.5, 0.1, Number.NaN, 0.3, null, Number.NEGATIVE_INFINITY, 0.3, 7];

beforeAll(async () => {
  catalog = openSampleCatalog();
  await catalog.sweep([
    { kind: "experiment", id: "exp", name: "wine" },
    ...losses.map((loss, index) =>
      factOf.run(
        sampleRun(`run-${index}`, {
          startedAt: index === 3 ? null : index * 1000,
          experimentId: index === 7 ? "other" : "exp",
          status: index % 2 ? "failed" : "completed",
          params: { alpha: index, name: index % 2 ? "b" : 3 },
          tags: { team: "red" },
          metrics:
            index === 6 ? [] : [sampleMetric("loss", { last: loss, min: -index }), sampleMetric("acc", { last: 1 })],
        }),
      ),
    ),
  ]);
  // The same metric of another source has an id of its own.
  await catalog.sweep(
    [factOf.run(sampleRun("far", { startedAt: 2500, metrics: [sampleMetric("loss", { id: "m-far", last: 0.2 })] }))],
    "src-2",
  );
});
afterAll(() => catalog.dispose());

const ask = (query: Partial<RunsQuery> = {}) =>
  catalog.reader.runs({ sources: ["src"], scope: everything, limit: 100, ...query });
const ids = async (query: Partial<RunsQuery> = {}) =>
  (await ask(query)).items.map(({ id }) => id.replace("run-", "")).join(" ");

describe("order", () => {
  test.each([
    [undefined, "7 6 5 4 2 1 0 3"],
    ["started", "0 1 2 4 5 6 7 3"],
    ["metric:m-loss", "5 1 3 0 7 2 4 6"],
    ["-metric:m-loss", "7 0 3 1 5 6 4 2"],
    ["metric:m-loss.min", "7 5 4 3 2 1 0 6"],
    ["param:alpha", "0 1 2 3 4 5 6 7"],
    ["-param:name", "7 5 3 1 6 4 2 0"],
    ["-name", "7 6 5 4 3 2 1 0"],
    ["experiment", "7 0 1 2 3 4 5 6"],
    ["metric:nowhere", "0 1 2 3 4 5 6 7"],
  ])("by %s, what has no value last", async (sort, order) => {
    expect(await ids({ sort })).toBe(order);
  });

  test("a column that runs do not have is refused", async () => {
    await expect(ask({ sort: "colour" })).rejects.toMatchObject({
      code: "bad_request",
      details: { parameter: "sort" },
    });
  });

  test("over several sources the same metric is one column", async () => {
    expect(await ids({ sources: ["src", "src-2"], sort: "metric:m-loss" })).toBe("5 1 far 3 0 7 2 4 6");
    expect(await ids({ sources: ["src-2", "src"], sort: "-metric:m-far" })).toBe("7 0 3 far 1 5 6 4 2");
  });
});

describe("pages", () => {
  test.each(["metric:m-loss", "-metric:m-loss", "started", "-started", "name", "-param:name"])(
    "by %s hold each run once",
    async (sort) => {
      for (const limit of [1, 3]) {
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await ask({ sources: ["src", "src-2"], sort, limit, cursor });
          expect(page.items.length).toBeLessThanOrEqual(limit);
          expect(page.total).toEqual({ value: 9, exact: true });
          seen.push(...page.items.map(({ id }) => id));
          cursor = page.nextCursor ?? undefined;
        } while (cursor);
        const whole = await ask({ sources: ["src", "src-2"], sort });
        expect(seen).toEqual(whole.items.map(({ id }) => id));
      }
    },
  );

  test("a run that comes between pages neither repeats nor hides another", async () => {
    const own = openSampleCatalog();
    const run = (id: string, startedAt: number) => factOf.run(sampleRun(id, { startedAt }));
    const page = (cursor?: string) => own.reader.runs({ sources: ["src"], scope: everything, limit: 2, cursor });
    await own.sweep([run("a", 1), run("b", 2), run("c", 3), run("d", 4)]);
    const first = await page();
    await own.writer.put("src", null, [run("newer", 9), { kind: "gone", of: "run", id: "c" }]);
    const second = await page(first.nextCursor ?? undefined);
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(["d", "c", "b", "a"]);
    await own.dispose();
  });

  test("a cursor belongs to its order", async () => {
    const { nextCursor } = await ask({ sort: "started", limit: 1 });
    for (const cursor of [
      nextCursor!,
      "rubbish",
      "",
      Buffer.from("[1]").toString("base64url"),
      Buffer.from('["runs name",{},1]').toString("base64url"),
    ]) {
      await expect(ask({ sort: "name", limit: 1, cursor })).rejects.toMatchObject({
        code: "bad_request",
        details: { parameter: "cursor" },
      });
    }
  });
});

describe("what narrows a list", () => {
  test("experiment by id or name, status, what the viewer may see", async () => {
    expect(await ids({ experiment: "other" })).toBe("7");
    expect(await ids({ experiment: "wine", status: ["failed"] })).toBe("5 1 3");
    expect(await ids({ scope: { experiments: ["other"] } })).toBe("7");
    expect(await ids({ scope: { experiments: [] } })).toBe("");
    expect(await ids({ sources: [] })).toBe("");
  });

  test("columns narrow the values, not the runs", async () => {
    const { items } = await ask({ columns: ["metric:m-acc", "param:alpha", "started"], limit: 1 });
    expect(items).toMatchObject([{ params: { alpha: 7 }, tags: { team: "red" } }]);
    expect(items[0]?.metrics.map(({ name }) => name)).toEqual(["acc"]);
    expect(Object.keys(items[0]?.params ?? {})).toEqual(["alpha"]);
  });

  test("numbers that JSON has no word for stay what they are", async () => {
    const { items } = await ask({ sort: "name" });
    const last = items.map(({ metrics }) => metrics.find(({ name }) => name === "loss")?.last);
    expect(last).toEqual([0.5, 0.1, Number.NaN, 0.3, null, Number.NEGATIVE_INFINITY, undefined, 7]);
  });
});

describe("columns", () => {
  const columns = async (query = {}) =>
    (await catalog.reader.columns({ sources: ["src"], scope: everything, ...query })).items.filter(
      ({ kind }) => kind !== "field",
    );

  test("say how many runs have them and how many values there are", async () => {
    expect(await columns()).toEqual([
      { id: "param:alpha", kind: "param", name: "alpha", present: 8, distinct: 8 },
      { id: "param:name", kind: "param", name: "name", present: 8, distinct: 2 },
      { id: "metric:m-loss", kind: "metric", name: "loss", scope: "train", present: 7, distinct: 5 },
      { id: "metric:m-acc", kind: "metric", name: "acc", scope: "train", present: 7, distinct: 1 },
      { id: "tag:team", kind: "tag", name: "team", present: 8, distinct: 1 },
    ]);
  });

  test("of an experiment, of a filter, of what the viewer may see", async () => {
    const alpha = async (query: object) => (await columns(query)).find(({ id }) => id === "param:alpha")?.present;
    expect(await alpha({ experiment: "wine" })).toBe(7);
    expect(await alpha({ experiment: "nowhere" })).toBeUndefined();
    expect(await alpha({ q: "params.alpha > 5" })).toBe(2);
    expect(await alpha({ scope: { experiments: ["other"] } })).toBe(1);
  });

  test("of several sources are merged by kind, place and name", async () => {
    const merged = await columns({ sources: ["src", "src-2"] });
    expect(merged.filter(({ name }) => name === "loss")).toEqual([
      { id: "metric:m-loss", kind: "metric", name: "loss", scope: "train", present: 8, distinct: 5 },
    ]);
  });

  test("every column sorts", async () => {
    for (const { id } of (await catalog.reader.columns({ sources: ["src"], scope: everything })).items)
      expect((await ask({ sort: `-${id}` })).items).toHaveLength(8);
  });

  test("follow what changes", async () => {
    const own = openSampleCatalog();
    await own.sweep([
      factOf.run(sampleRun("a", { params: { x: 1 } })),
      factOf.run(sampleRun("b", { params: { x: 2, y: 1 } })),
    ]);
    await own.writer.put("src", null, [factOf.run(sampleRun("b", { params: { x: 1 } }))]);
    await vi.waitFor(async () => {
      const { items } = await own.reader.columns({ sources: ["src"], scope: everything });
      expect(items.filter(({ kind }) => kind === "param")).toEqual([
        { id: "param:x", kind: "param", name: "x", present: 2, distinct: 1 },
      ]);
    }, 10_000);
    await own.dispose();
  });
});

test("experiments count their runs, also one that only runs speak of", async () => {
  const { items } = await catalog.reader.experiments({ source: "src", scope: everything });
  expect(items).toEqual([
    { id: "other", name: "other", runCount: 1, lastActivityAt: "1970-01-01T00:00:07.000Z" },
    { id: "exp", name: "wine", runCount: 7, lastActivityAt: "1970-01-01T00:00:06.000Z" },
  ]);
  expect((await catalog.reader.experiments({ source: "nowhere", scope: everything })).items).toEqual([]);
});
