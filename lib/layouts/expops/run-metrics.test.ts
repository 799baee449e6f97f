import { beforeEach, expect, test } from "vitest";
import { scanStored } from "./testing/scan-stored.ts";
import { StoredProject } from "./testing/stored-project.ts";

let store: StoredProject;
let run: string;
const scanRun = () => scanStored(store, run, {});

beforeEach(() => {
  store = new StoredProject();
  run = store.runName("20261121120000");
  store.status(run, "completed");
  store.use(run, "train", null, { status: "completed" });
});

test("NaN and infinities are points; min and max are of the finite ones", async () => {
  store.metrics(run, "train", null, { loss: { "2": Number.NaN, "10": 3, "1": Number.NEGATIVE_INFINITY, "3": 1 } });
  const found = await scanRun();
  expect(found.run.metrics[0]).toMatchObject({
    kind: "series",
    count: 4,
    firstStep: 1,
    lastStep: 10,
    last: 3,
    min: 1,
    max: 3,
    nonFinite: 2,
  });
  expect([...(found.series[0]?.steps ?? [])]).toEqual([1, 2, 3, 10]);
  expect([...(found.series[0]?.values ?? [])]).toEqual([Number.NEGATIVE_INFINITY, Number.NaN, 1, 3]);
});

test("one point is a scalar without a series; texts, lists and dicts are no series", async () => {
  store.metrics(run, "train", null, {
    acc: { "1": 0.9 },
    note: "fine",
    list: [1, 2],
    dict: { a: 1 },
    empty: {},
    flag: true,
    none: null,
  });
  const found = await scanRun();
  const kinds = Object.fromEntries(found.run.metrics.map(({ name, kind, count }) => [name, [kind, count]]));
  expect(kinds).toEqual({
    acc: ["scalar", 1],
    note: ["text", 0],
    list: ["table", 0],
    dict: ["table", 0],
    empty: ["table", 0],
    flag: ["text", 0],
    none: ["text", 0],
  });
  expect(found.series).toEqual([]);
});

test("may serve as x-axis of others only if logged at the same steps in the same place; time never, since none is stored", async () => {
  store.metrics(run, "train", null, {
    loss: { "1": 1, "2": 2 },
    lr: { "1": 3, "2": 4 },
    other: { "1": 3, "9": 4 },
    one: { "1": 3 },
  });
  store.metrics(run, "train", "fit", { loss: { "1": 1, "2": 2 } });
  const { metrics } = (await scanRun()).run;
  const ids = Object.fromEntries(metrics.map((metric) => [`${metric.step ?? ""}/${metric.name}`, metric.id]));
  const axes = Object.fromEntries(metrics.map((metric) => [`${metric.step ?? ""}/${metric.name}`, metric.xAxes]));
  expect(axes).toEqual({
    "/loss": ["step", ids["/lr"]],
    "/lr": ["step", ids["/loss"]],
    "/other": ["step"],
    "/one": ["step"],
    "fit/loss": ["step"],
  });
});

test("hundreds logged together do not each name all others", async () => {
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`m${index}`, { "1": 1, "2": 2 }]));
  store.metrics(run, "train", null, many);
  const { metrics } = (await scanRun()).run;
  expect(metrics).toHaveLength(300);
  for (const metric of metrics) expect(new Set(metric.xAxes).size).toBe(17);
});

test("have the same id in every run, and another in another step", async () => {
  const second = store.runName("20261121130000", "00000001");
  store.metrics(run, "train", null, { loss: { "1": 1 } }).metrics(run, "train", "fit", { loss: { "1": 1 } });
  store.status(second, "completed").metrics(second, "train", null, { loss: { "1": 2 } });
  const found = await scanRun();
  const [own, inStep] = found.run.metrics;
  expect(found.runs.get(second)?.metrics[0]?.id).toBe(own?.id);
  expect(inStep?.id).not.toBe(own?.id);
});

test("of a damaged record are kept as far as they are whole, and the run says so", async () => {
  store.metrics(run, "train", null, {});
  const key = [...store.rows.keys()].at(-1) as string;
  store.rows.set(key, '{"loss": {"1": 0.5, "2": 0.4}, "acc": {"1": 0.');
  const { run: fact } = await scanRun();
  expect(fact.metrics.find(({ name }) => name === "loss")).toMatchObject({ count: 2, last: 0.4 });
  expect(fact.warnings).toMatchObject([{ code: "not-recorded", sentence: expect.stringContaining("metrics of") }]);
});

test("a run that logged more than one answer of the database may hold is read whole, in parts", async () => {
  const page = "x".repeat(17 * 1024 * 1024);
  const processes = ["a", "b", "c", "d", "e"];
  for (const process of processes) store.metrics(run, process, null, { page, loss: { "1": 2, "2": 1 } });
  const { run: found, series } = await scanStored(store, run, { sqliteAt: 1_795_000_000 });
  const courses = found.metrics.filter(({ name }) => name === "loss");
  expect(courses.map(({ process, count, last }) => [process, count, last])).toEqual(
    processes.map((process) => [process, 2, 1]),
  );
  expect(series).toHaveLength(processes.length);
});
