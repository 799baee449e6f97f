import type { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Receipt } from "../../contracts/changes.ts";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { type RedisServer, startRedis } from "../../contracts/testing/redis-server.ts";
import type { Fact } from "../../domain/facts.ts";
import { openRedisDriver } from "../../drivers/redis/redis-driver.ts";
import { openWriter } from "../../drivers/redis/testing/redis-clients.ts";
import { expopsLayout } from "./index.ts";
import { runIdOf } from "./paths.ts";
import {
  type Collected,
  collectFacts,
  FactStore,
  gatherFacts,
  openRecordedRedis,
  readRecordedRedis,
} from "./testing/collect-facts.ts";
import { StoredProject } from "./testing/stored-project.ts";

describe.skipIf(!isEngineWanted("redis"))("ExpOps in a real Redis", () => {
  let server: RedisServer;
  let writer: Redis;
  beforeAll(async () => {
    server = await startRedis();
    writer = openWriter(server);
  });
  afterAll(async () => {
    writer?.disconnect();
    await server?.stop();
  });
  beforeEach(async () => {
    await writer.flushall();
    await writer.config("SET", "notify-keyspace-events", "");
  });

  const load = async (file: string) => {
    for (const [key, value] of await readRecordedRedis(file)) await writer.set(key, value as string);
  };
  const openSlots = async () => {
    const driver = await openRedisDriver({ url: server.url, scansPerSecond: 500 });
    onTestFinished(() => driver.close());
    return { index: [{ driver, scope: null }] };
  };
  const watch = async () => {
    const store = new FactStore(Date.now());
    const layout = await expopsLayout.open(await openSlots(), store.context);
    const ending = new AbortController();
    const first = await gatherFacts(layout.scan(store.context, ending.signal), store);
    const told: Fact[] = [];
    const watching = (async () => {
      for await (const facts of layout.watch?.(store.context, ending.signal) ?? []) told.push(...facts);
    })();
    onTestFinished(async () => {
      ending.abort();
      await watching;
    });
    const lastRun = (name: string) =>
      told.flatMap((fact) => (fact.kind === "run" && fact.run.name === name ? [fact.run] : [])).at(-1);
    return { layout, first, told, lastRun };
  };

  test.each(["redis.jsonl", "redis-0.1.9.jsonl"])("%s tells the same as a map of it", async (file) => {
    await load(file);
    await writer.set("somebody:else", "x");
    const real = await collectFacts(await openSlots());
    const map = await collectFacts({ index: [{ driver: await openRecordedRedis(file), scope: null }] });
    expect(real.runs.size).toBeGreaterThan(0);
    expect(inOrder(real)).toEqual(inOrder(map));
  });

  test("is recognised by its keys, an empty one is not", async () => {
    expect(await expopsLayout.recognises(await openSlots())).toBeNull();
    await load("redis-0.1.9.jsonl");
    expect(await expopsLayout.recognises(await openSlots())).toMatchObject({ precision: 0.9 });
  });

  test("an entry that expires is gone, told by its notification", async () => {
    await writer.config("SET", "notify-keyspace-events", "KA");
    await load("redis.jsonl");
    const { layout, told, first } = await watch();
    expect(layout.sweepSeconds).toBeNull();
    const entry = first.entries.find(({ scope }) => scope === "process");
    await vi.waitFor(async () => {
      await writer.pexpire(entry?.key ?? "", 60_000);
      const lasting = expect.objectContaining({ id: entry?.id, ttl: { seconds: expect.any(Number), enforced: true } });
      expect(told).toContainEqual({ kind: "entry", entry: lasting });
    }, 10_000);
    await writer.pexpire(entry?.key ?? "", 50);
    await vi.waitFor(() => expect(told.at(-1)).toEqual({ kind: "gone", of: "entry", id: entry?.id }), 10_000);
  });

  test("a run is followed from its begin to its end and its removal", async () => {
    await writer.config("SET", "notify-keyspace-events", "KA");
    const { told, lastRun, layout } = await watch();
    expect(layout.sweepSeconds).toBeNull();
    const stored = new StoredProject();
    const begun = new Date().toISOString().replace(/[-:T]/g, "").slice(0, 14);
    const run = stored.runName(begun);
    const write = async () => {
      for (const [key, text] of stored.redisRows()) await writer.set(key, text);
    };
    stored.status(run, "running", { start: Date.now() / 1000 });
    await write();
    await vi.waitFor(() => expect(lastRun(run)).toMatchObject({ status: "running", metrics: [] }), 10_000);
    stored.metrics(run, "train", "fit", { loss: { "1": 2, "2": 1 } });
    await write();
    await vi.waitFor(() => expect(lastRun(run)).toMatchObject({ metrics: [{ count: 2, last: 1 }] }), 10_000);
    stored.status(run, "completed", { end: Date.now() / 1000 });
    await write();
    await vi.waitFor(() => expect(lastRun(run)).toMatchObject({ status: "completed" }), 10_000);
    await writer.flushall();
    await vi.waitFor(
      () => expect(told).toContainEqual({ kind: "gone", of: "run", id: runIdOf("lab", "lab", run) }),
      10_000,
    );
  });

  test.each(["redis.jsonl", "redis-0.1.9.jsonl"])(
    "every entry of %s goes and comes back to the byte and millisecond",
    async (file) => {
      await load(file);
      const driver = await openRedisDriver({ url: server.url, scansPerSecond: 500, mayChange: true });
      onTestFinished(() => driver.close());
      const { context } = new FactStore(Date.now());
      const { changing, scan } = await expopsLayout.open({ index: [{ driver, scope: null }] }, context);
      const { entries } = await gatherFacts(scan(context, new AbortController().signal));
      for (const [index, { key }] of entries.entries()) await writer.pexpire(key, 3_600_000 + index * 1_001);
      const keys = (await writer.keys("*")).sort();
      const stored = () =>
        Promise.all(keys.map(async (key) => [await writer.dumpBuffer(key), await writer.pexpiretime(key)]));
      const before = await stored();

      // They were told of while they had no end.
      const told = entries.map(({ locator, token }) => ({ of: "entry" as const, locator, token }));
      const subjects = (await changing?.subjects(context, told)) ?? [];
      const requests = subjects.flatMap((subject, index) =>
        subject.state === "as-told"
          ? [{ locator: subject.locator, token: subject.thing.token, receiptId: String(index) }]
          : [],
      );
      expect(requests.length).toBe(entries.length);
      let kept: Receipt[] = [];
      await driver.changes?.setAside(requests, async (receipts) => {
        kept = structuredClone(receipts);
      });
      expect(await writer.exists(entries.map(({ key }) => key))).toBe(0);
      expect(await writer.dbsize()).toBe(keys.length - entries.length);
      await driver.changes?.putBack(kept);
      expect(await stored()).toEqual(before);
    },
  );

  test("the channel of 0.1.9 tells that a run began, without notifications", async () => {
    await load("redis-0.1.9.jsonl");
    const { lastRun, layout } = await watch();
    expect(layout.sweepSeconds).toBeGreaterThan(0);
    const run = "project-wine-old-20261120235959-00000001";
    await writer.set(`mlops:projects:wine-old:runs:${run}:status`, "running");
    await vi.waitFor(async () => {
      await writer.publish(
        "mlops:projects:wine-old:events",
        JSON.stringify({ type: "pipeline.started", run_id: run, status: "running" }),
      );
      expect(lastRun(run)).toBeDefined();
    }, 10_000);
    await writer.set(
      `mlops:projects:wine-old:runs:${run}:steps:prepare:__process__`,
      JSON.stringify({ status: "completed", execution_time: 3, run_id: run }),
    );
    await vi.waitFor(
      () => expect(lastRun(run)?.steps).toMatchObject([{ process: "prepare", origin: "executed" }]),
      10_000,
    );
  });
});

/** Facts without their order, which SCAN does not keep, and without what only one of the two stores adds. */
function inOrder({ experiments, runs, entries, series }: Collected) {
  const byId = <Item extends { id: string }>(items: Iterable<Item>) =>
    [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    experiments,
    runs: byId(runs.values()).map(({ metrics, charts, ...run }) => ({
      ...run,
      metrics: byId(metrics.map((metric) => ({ ...metric, xAxes: metric.xAxes.toSorted() }))),
      charts: charts.toSorted((a, b) => (a.artifactId < b.artifactId ? -1 : 1)),
      steps: run.steps.map((use) => JSON.stringify(use)).sort(),
    })),
    entries: byId(entries),
    series: series.map((one) => `${one.runId} ${one.metricId} ${one.steps} ${one.values}`).sort(),
  };
}
