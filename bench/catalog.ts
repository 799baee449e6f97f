import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningCatalog, startCatalog } from "../lib/catalog/connect.ts";
import { generateEntries, generateRuns, generateSeries, metricId } from "./catalog-facts.ts";

/**
 * How fast the catalog writes and answers, on facts made up here: `node bench/catalog.ts [runs] [values] [entries]`. Prints gate, aim and
 * what was measured; the gates are for 2 cores.
 */
const [runs = 10_000, values = 200, entries = 500_000] = process.argv.slice(2).map(Number);
const everything = { experiments: null };
const rows: { what: string; gate: string; aim: string; measured: string; verdict: string }[] = [];

function report(what: string, unit: string, gate: number | null, aim: number | null, measured: number): void {
  const verdict =
    gate !== null && measured > gate ? "over the gate" : aim !== null && measured > aim ? "over the aim" : "ok";
  const told = (figure: number | null) => (figure === null ? "" : `${figure} ${unit}`);
  rows.push({ what, gate: told(gate), aim: told(aim), measured: `${measured.toFixed(1)} ${unit}`, verdict });
}

/** Reports how long some work takes, and beside it the processor's time of all threads, which other programs disturb less. */
async function reportWork(what: string, gate: number | null, work: () => Promise<void>): Promise<void> {
  const begun = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  report(what, "s", gate, null, (performance.now() - begun) / 1000);
  report("  processor time of that, all threads", "s", null, null, (user + system) / 1e6);
}

/** Percentiles of many calls, one after another, in ms. */
async function percentiles(
  calls: number,
  ask: (call: number) => Promise<unknown>,
): Promise<{ p50: number; p95: number }> {
  const took: number[] = [];
  for (let call = 0; call < calls; call += 1) {
    const begun = performance.now();
    await ask(call);
    took.push(performance.now() - begun);
  }
  took.sort((a, b) => a - b);
  return { p50: took[Math.floor(calls * 0.5)]!, p95: took[Math.floor(calls * 0.95)]! };
}

async function reportCalls(
  what: string,
  gates: [number, number] | null,
  aims: [number, number] | null,
  calls: number,
  ask: (call: number) => Promise<unknown>,
) {
  const { p50, p95 } = await percentiles(calls, ask);
  report(`${what}, p50`, "ms", gates?.[0] ?? null, aims?.[0] ?? null, p50);
  report(`${what}, p95`, "ms", gates?.[1] ?? null, aims?.[1] ?? null, p95);
}

async function indexRuns({ writer }: RunningCatalog): Promise<void> {
  await reportWork(`index ${runs} runs × ${values} values`, 20, async () => {
    const generation = await writer.beginGeneration("runs");
    for (const facts of generateRuns(runs, values)) await writer.put("runs", generation, facts);
    await writer.endGeneration("runs", generation, { complete: true, asOf: Date.now() });
  });
  await reportWork("the same sweep again, nothing changed", null, async () => {
    const generation = await writer.beginGeneration("runs");
    for (const facts of generateRuns(runs, values)) await writer.put("runs", generation, facts);
    await writer.endGeneration("runs", generation, { complete: true, asOf: Date.now() });
  });
}

async function indexEntries({ writer, reader }: RunningCatalog): Promise<void> {
  const pages: number[] = [];
  let done = false;
  const looking = (async () => {
    while (!done) {
      const begun = performance.now();
      await reader.entries({ sources: ["entries"], scope: everything, limit: 50 });
      pages.push(performance.now() - begun);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  await reportWork(`index ${entries} entries`, 40, async () => {
    const generation = await writer.beginGeneration("entries");
    for (const facts of generateEntries(entries)) await writer.put("entries", generation, facts);
    await writer.endGeneration("entries", generation, { complete: true, asOf: Date.now() });
  });
  done = true;
  await looking;
  pages.sort((a, b) => a - b);
  report("first page of entries meanwhile, p50", "ms", 50, null, pages[Math.floor(pages.length / 2)] ?? 0);
  report("first page of entries meanwhile, longest", "ms", null, 50, pages.at(-1) ?? 0);
}

async function indexSeries({ writer }: RunningCatalog): Promise<void> {
  const generation = await writer.beginGeneration("series");
  await reportWork("index 100 × 1,000 and 10 × 100,000 points", null, async () => {
    for (const facts of generateSeries()) await writer.put("series", generation, facts);
    await writer.endGeneration("series", generation, { complete: true, asOf: Date.now() });
  });
}

async function askRuns({ reader }: RunningCatalog): Promise<void> {
  const list = (query: object) => reader.runs({ sources: ["runs"], scope: everything, limit: 50, ...query });
  const columns = [`metric:${metricId(0)}`, `metric:${metricId(1)}`, "param:p0", "param:p1"];
  const metric = (call: number) => metricId(call % (values - 20));
  const sorted = (call: number) => `${call % 2 ? "-" : ""}metric:${metric(call)}`;
  const filter = (call: number) =>
    `metrics.m${call % (values - 20)} < ${0.2 + (call % 7) / 10} and params.p${call % 20} = ${call % 10}`;
  await reportCalls("page of 50 by a metric, all columns", [25, 80], [15, 40], 200, (call) =>
    list({ sort: sorted(call) }),
  );
  await reportCalls("page of 50 by a metric, 4 columns", [25, 80], [15, 40], 200, (call) =>
    list({ sort: sorted(call), columns }),
  );
  await reportCalls("filter by metric and param, all columns", [25, 80], [15, 40], 200, (call) =>
    list({ q: filter(call) }),
  );
  await reportCalls("filter by metric and param, by a metric, 4 columns", [25, 80], [15, 40], 200, (call) =>
    list({ q: filter(call), sort: sorted(call + 3), columns }),
  );
  await reportCalls("second page of 50", null, [15, 40], 50, async (call) => {
    const first = await list({ sort: sorted(call), columns, limit: 1 });
    await list({ sort: sorted(call), columns, cursor: first.nextCursor });
  });
  await reportCalls("free word that few names hold", null, [15, 40], 50, (call) =>
    list({ q: `run-${9000 + call}`, columns }),
  );
  await reportCalls("columns", null, [40, 100], 50, () => reader.columns({ sources: ["runs"], scope: everything }));
  await reportCalls("columns of a filter", null, [100, 200], 20, (call) =>
    reader.columns({ sources: ["runs"], scope: everything, q: filter(call) }),
  );
}

async function askEntries({ reader }: RunningCatalog): Promise<void> {
  const list = (query: object) => reader.entries({ sources: ["entries"], scope: everything, limit: 50, ...query });
  await reportCalls("first page of entries", [50, 100], [15, 40], 100, () => list({}));
  for (const by of ["process", "step", "age"] as const)
    await reportCalls(`ledger by ${by}`, null, [15, 40], 20, () =>
      reader.ledger({ sources: ["entries"], scope: everything, by, limit: 50 }),
    );
  for (const sort of ["-value", "-bytes", "-saved", "-used", "uses", "key"])
    await reportCalls(`entries by ${sort}`, null, null, 10, () => list({ sort }));
  await reportCalls("entries of a process, newest first", null, [15, 40], 50, (call) =>
    list({ process: `process-${call % 20}` }),
  );
  await reportCalls("entries with size > 100KB and not used", null, [40, 100], 20, (call) =>
    list({ q: `size > ${100 + call}KB and uses = 0` }),
  );
  await reportCalls("one key looked for", null, [400, 800], 10, (call) => list({ q: `:${call}abc` }));
  await reportCalls("tree", null, [100, 200], 20, () =>
    reader.tree({ source: "entries", scope: everything, prefix: null }),
  );
  await reportCalls("overview", null, [100, 200], 20, () => reader.overview(["runs", "entries"], everything));
}

async function askSeries({ reader }: RunningCatalog): Promise<void> {
  const refs = (count: number, name: string, points: number) =>
    Array.from({ length: count }, (_, run) => ({
      source: "series",
      run: `${name}-${run}`,
      metric: "loss",
      x: "step",
      points,
    }));
  await reportCalls("35 series of 1,000, 500 buckets", null, [100, 100], 30, () =>
    reader.series(refs(35, "short", 500)),
  );
  await reportCalls("100 series of 1,000, 500 buckets", null, [100, 100], 30, () =>
    reader.series(refs(100, "short", 500)),
  );
  await reportCalls("100 series of 1,000, all points", null, null, 30, () => reader.series(refs(100, "short", 1000)));
  await reportCalls("10 series of 100,000, 1,000 buckets", null, [100, 100], 30, () =>
    reader.series(refs(10, "long", 1000)),
  );
  await reportCalls("10 series of 100,000, zoomed in", null, [100, 100], 30, (call) =>
    reader.series(refs(10, "long", 1000).map((ref) => ({ ...ref, from: 30_000 + call * 100, to: 60_000 }))),
  );
  await reportCalls("1 series of 100,000, all points", null, [400, 400], 10, () =>
    reader.series(refs(1, "long", 100_000)),
  );
}

const folder = mkdtempSync(join(tmpdir(), "bench-catalog-"));
const path = join(folder, "catalog.sqlite");
const catalog = await startCatalog({ path });
try {
  if (runs > 0) {
    await indexRuns(catalog);
    await askRuns(catalog);
  }
  await indexSeries(catalog);
  await askSeries(catalog);
  if (entries > 0) {
    await indexEntries(catalog);
    await askEntries(catalog);
  }
  report("catalog on disk", "MB", null, null, statSync(path).size / 1e6);
  report("memory (RSS)", "MB", null, 300, process.memoryUsage.rss() / 1e6);
} finally {
  await catalog.close();
  rmSync(folder, { recursive: true });
}
console.table(rows);
