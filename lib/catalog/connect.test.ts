import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connectThread } from "../contracts/thread-calls.ts";
import { type RunningCatalog, startCatalog } from "./connect.ts";
import type { CatalogWriter } from "./contract.ts";
import { everything } from "./testing/open-catalog.ts";
import { factOf, sampleEntry, sampleMetric, sampleRun } from "./testing/sample-facts.ts";

let folder: string;
let catalog: RunningCatalog;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "catalog-"));
  catalog = await startCatalog({ path: join(folder, "catalog.sqlite") });
});
afterEach(async () => {
  await catalog.close();
  rmSync(folder, { recursive: true });
});

const list = { sources: ["src"], scope: everything, limit: 10 };
const facts = [
  factOf.run(
    sampleRun("a", {
      params: { ["__proto__"]: 9007199254740993n, "\ud800": Number.NaN },
      metrics: [sampleMetric("loss", { last: Number.NaN, count: 3 })],
    }),
  ),
  {
    kind: "series" as const,
    series: {
      runId: "a",
      metricId: "m-loss",
      steps: Float64Array.of(1, 2, 3),
      values: Float64Array.of(-0, Number.NaN, 5),
      times: null,
    },
  },
];

test("facts cross to the writer, answers cross back, whatever they hold", async () => {
  await catalog.writer.put("src", null, facts);
  const { items } = await catalog.reader.runs(list);
  expect(items).toMatchObject([{ id: "a", metrics: [{ name: "loss", last: Number.NaN, count: 3 }] }]);
  expect(Object.entries(items[0]?.params ?? {})).toEqual([
    ["__proto__", "9007199254740993"],
    ["\ud800", "NaN"],
  ]);
  const [series] = await catalog.reader.series([{ source: "src", run: "a", metric: "m-loss", x: "step", points: 10 }]);
  expect(series?.points).toEqual([
    { x: 1, y: -0 },
    { x: 2, y: Number.NaN },
    { x: 3, y: 5 },
  ]);
  expect(facts[1]).toMatchObject({ series: { steps: { length: 3 } } });
});

test("errors cross as themselves", async () => {
  await catalog.writer.put("src", null, facts);
  await expect(catalog.reader.runs({ ...list, q: "params.x <" })).rejects.toMatchObject({
    name: "AppError",
    code: "bad_request",
    remedy: expect.stringContaining("At character 11"),
    details: { position: 10 },
  });
});

test("another thread writes through a port of its own", async () => {
  const port = catalog.writerPort();
  const other = new Worker(
    `const { workerData, parentPort } = require("node:worker_threads");
     workerData.port.once("message", (answer) => parentPort.postMessage(answer));
     workerData.port.postMessage({ t: "q", i: "1", m: "put", a: ["src", null, workerData.facts] });`,
    { eval: true, workerData: { port, facts: [factOf.entry(sampleEntry("e"))] }, transferList: [port] },
  );
  const answer = await new Promise<{ r: unknown }>((resolve) => other.once("message", resolve));
  await other.terminate();
  expect(answer.r).toEqual([{ event: "cache", experimentId: "exp", id: "e" }]);
  expect((await catalog.reader.entries(list)).items).toHaveLength(1);
});

test("several writers take turns", async () => {
  const ports = [catalog.writerPort(), catalog.writerPort()];
  const writers = [catalog.writer, ...ports.map((port) => connectThread<CatalogWriter>(port, {}))];
  await Promise.all(
    writers.flatMap((writer, source) =>
      [1, 2, 3].map((run) => writer.put(`src-${source}`, null, [factOf.run(sampleRun(`${run}`))])),
    ),
  );
  const sources = writers.map((_, source) => `src-${source}`);
  expect((await catalog.reader.runs({ ...list, sources })).total).toEqual({ value: 9, exact: true });
  for (const port of ports) port.close();
});

test("a list does not wait for a batch that is being written", async () => {
  await catalog.writer.put("src", null, facts);
  let written = false;
  const many = Array.from({ length: 3000 }, (_, index) => factOf.entry(sampleEntry(`e-${index}`)));
  const writing = catalog.writer.put("src", null, many).then(() => {
    written = true;
  });
  await catalog.reader.runs(list);
  expect(written).toBe(false);
  await writing;
  expect((await catalog.reader.entries(list)).total).toEqual({ value: 3000, exact: true });
});

test("a folder that cannot be written fails the start", async () => {
  await expect(startCatalog({ path: join(folder, "nowhere", "catalog.sqlite") })).rejects.toThrow();
});
