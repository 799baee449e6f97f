import { startObjectStore } from "../../lib/contracts/testing/object-store.ts";
import { openGcsDriver } from "../../lib/drivers/gcs/gcs-driver.ts";
import { type Line, median, timeCalls } from "../figures.ts";
import { type BenchServer, startServer } from "../server.ts";
import type { Sizes } from "../sizes.ts";
import { keepSqliteEntries } from "../stores/entries.ts";
import { startRedisEntries } from "../stores/redis.ts";

interface Plan {
  id: string;
  fingerprint: string;
  confirm: string | null;
  totals: { entries: number };
}
interface Operation {
  status: string;
  totals: { outcomes: Record<string, number> };
}

const lookMillis = 20;
const bucket = "removed-objects";
const atOnce = 100;

/** A large plan; entries planned, taken out and verified; objects removed from a bucket. */
export async function measureInvalidation(sizes: Sizes): Promise<Line[]> {
  return [
    ...(await measurePlan(sizes.planned, sizes.repeats)),
    await measureApply(sizes.applied),
    await measureRemovals(sizes.removed),
  ];
}

async function measurePlan(entries: number, repeats: number): Promise<Line[]> {
  const path = await keepSqliteEntries(entries);
  const server = await startServer([`sqlite:${path}`], { env: { TRIALDECK_PLAN_ITEMS: String(entries) } });
  try {
    await server.untilIndexed();
    await server.readDelay();
    const took = await timeCalls(repeats, () => planAll(server, entries));
    const { p99, max } = await server.readDelay();
    const note = `p99 ${p99.toFixed(1)} ms`;
    const what = `Plan of ${entries.toLocaleString("en")} entries`;
    return [
      { what, unit: "s", gate: 2, aim: null, measured: median(took) / 1000 },
      { what: "… longest delay of the server's main thread", unit: "ms", gate: 200, aim: 50, measured: max, note },
    ];
  } finally {
    await server.stop();
  }
}

async function planAll(server: BenchServer, entries: number, intent = "custom"): Promise<Plan & { at: string }> {
  const { items } = await server.ask<{ items: { id: string }[] }>("/sources");
  const at = `/sources/${items[0]!.id}/cache/plans`;
  const plan = await server.send<Plan>(at, { intent, selector: { q: "" } });
  if (plan.totals.entries !== entries) throw new Error(`${plan.totals.entries} of ${entries} entries are planned.`);
  return { ...plan, at };
}

async function measureApply(entries: number): Promise<Line> {
  const redis = await startRedisEntries(entries);
  try {
    const server = await startServer([redis.url]);
    try {
      await server.untilIndexed();
      const begun = performance.now();
      const { id, at, fingerprint, confirm } = await planAll(server, entries);
      const { operationId } = await server.send<{ operationId: string }>(`${at}/${id}/apply`, {
        ...{ fingerprint, ...(confirm !== null && { confirm }) },
      });
      const { totals } = await untilDone(server, operationId);
      const measured = (performance.now() - begun) / 1000;
      if (totals.outcomes.deleted !== entries || (await redis.client.dbsize()) !== 0)
        throw new Error(`Not all are taken out: ${JSON.stringify(totals.outcomes)}.`);
      const what = `${entries.toLocaleString("en")} entries of Redis planned, taken out and verified`;
      return { what, unit: "s", gate: 5, aim: null, measured };
    } finally {
      await server.stop();
    }
  } finally {
    await redis.stop();
  }
}

async function untilDone(server: BenchServer, id: string): Promise<Operation> {
  for (;;) {
    const operation = await server.ask<Operation>(`/operations/${id}`);
    if (operation.status !== "running") return operation;
    await new Promise((resolve) => setTimeout(resolve, lookMillis));
  }
}

/** Each is looked at, copied to where it waits, removed under its generation, and looked for again. */
async function measureRemovals(count: number): Promise<Line> {
  const objects = await startObjectStore();
  try {
    await objects.makeBucket(bucket);
    const names = Array.from({ length: count }, (_, number) => `lab/cache/result-${number}.pkl`);
    for (const name of names) await objects.put(bucket, name, `the result in ${name}`);
    const driver = await openGcsDriver({ bucket, emulatorHost: objects.url, mayChange: true });
    const changes = driver.changes!;
    const found = await changes.stat(names);
    const requests = names.map((locator, at) => ({ locator, token: found[at]!.token, receiptId: `receipt-${at}` }));
    const begun = performance.now();
    let removed = 0;
    for (let at = 0; at < count; at += atOnce) {
      const outcomes = await changes.setAside(requests.slice(at, at + atOnce), async () => undefined);
      removed += outcomes.filter(({ outcome }) => outcome === "set-aside").length;
    }
    const measured = (performance.now() - begun) / count;
    if (removed !== count) throw new Error(`${removed} of ${count} objects are removed.`);
    await driver.close();
    const note = `${(1000 / measured).toFixed(0)} a second`;
    return { what: "Guarded removal from a bucket, each", unit: "ms", gate: 5, aim: null, measured, note };
  } finally {
    await objects.stop();
  }
}
