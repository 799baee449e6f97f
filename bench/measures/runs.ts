import { type Visit, visit } from "../browser.ts";
import { callLines, type Line, median, timeCalls } from "../figures.ts";
import { watchMemory } from "../memory.ts";
import { type BenchServer, startServer } from "../server.ts";
import type { Sizes } from "../sizes.ts";
import { keepRuns } from "../stores/runs.ts";
import { watchMachine } from "../watch-machine.ts";

interface Column {
  id: string;
  kind: string;
  name: string;
  present: number;
}

const calls = 200;
const page = "limit=50";
const p50 = { gate: 25, aim: 15 };
const p95 = { gate: 80, aim: 40 };

/** Many runs with many columns: indexing, the lists of the API, the table in a browser, memory after all of it. */
export async function measureRuns(sizes: Sizes): Promise<Line[]> {
  const { workspace, state } = await keepRuns(sizes.runs);
  const machine = watchMachine();
  const server = await startServer([workspace], { state });
  try {
    const seconds = await server.untilIndexed();
    const delay = await server.readDelay();
    const note = `an idle process beside it: ${machine.stop().toFixed(0)} ms`;
    const indexed = `${sizes.runs.toLocaleString("en")} runs × 200 columns`;
    return [
      { what: `Index ${indexed}`, unit: "s", gate: 60, aim: 20, measured: seconds },
      { what: "… delay of the server's main thread, p99", unit: "ms", gate: 50, aim: null, measured: delay.p99, note },
      ...(await askForRuns(server)),
      ...(await openTable(server, sizes.repeats)),
      await memoryAfterUse(server, indexed),
    ];
  } finally {
    machine.stop();
    await server.stop();
  }
}

async function askForRuns(server: BenchServer): Promise<Line[]> {
  const { items } = await server.ask<{ items: Column[] }>("/runs/columns");
  const metrics = items.filter(({ kind }) => kind === "metric");
  const params = items.filter(({ kind, name }) => kind === "param" && name.includes("option_"));
  if (metrics.length + items.filter(({ kind }) => kind === "param").length < 200)
    throw new Error(`The store shows ${items.length} columns, fewer than 200.`);
  const metricOf = (call: number) => metrics[(call * 7) % metrics.length]!;
  const few = encodeURIComponent(JSON.stringify([...metrics.slice(0, 8), ...params.slice(0, 4)].map(({ id }) => id)));
  const sortOf = (call: number) => encodeURIComponent(`${call % 2 ? "-" : ""}${metricOf(call).id}`);
  const filterOf = (call: number) => {
    const param = params[call % params.length]!;
    const limit = 0.2 + (call % 7) / 10;
    return encodeURIComponent(`metrics.${metricOf(call).name} < ${limit} and params."${param.name}" = ${call % 10}`);
  };
  await timeCalls(20, (call) => server.ask(`/runs?${page}&sort=${sortOf(call)}&q=${filterOf(call)}`));
  const time = (query: (call: number) => string) =>
    timeCalls(calls, (call) => server.ask(`/runs?${page}&${query(call)}`));
  // As the table asks: with the columns that it shows.
  const sorted = await time((call) => `sort=${sortOf(call)}&columns=${few}`);
  const filtered = await time((call) => `q=${filterOf(call)}&columns=${few}`);
  const both = await time((call) => `sort=${sortOf(call)}&q=${filterOf(call)}&columns=${few}`);
  const whole = await time((call) => `sort=${sortOf(call)}`);
  return [
    ...callLines("Page of 50 by a metric", sorted, p50, p95),
    ...callLines("Page of 50 by metric + param", filtered, p50, p95),
    ...callLines("… filtered and sorted", both, p50, p95),
    ...callLines("… sorted, with all 200 columns (1.5 MB)", whole, null, null),
  ];
}

async function openTable(server: BenchServer, repeats: number): Promise<Line[]> {
  const visits: Visit[] = [];
  for (let time = 0; time < repeats; time += 1) visits.push(await visit(server, "/runs", hasRows));
  const longest = median(visits.map(({ longestTask }) => longestTask));
  const note = `longest task ${longest.toFixed(0)} ms`;
  return [
    {
      what: "Table usable (15 rows)",
      unit: "ms",
      gate: 700,
      aim: 450,
      measured: median(visits.map(({ millis }) => millis)),
      note,
    },
  ];
}

/** Runs in the page. */
export function hasRows(): boolean {
  const rows = document.querySelectorAll('[role="row"][aria-rowindex]:not([aria-rowindex="1"])');
  return [...rows].filter((row) => row.getClientRects().length > 0).length >= 15;
}

async function memoryAfterUse(server: BenchServer, what: string): Promise<Line> {
  const { rss, highest, children } = await watchMemory(server.pid);
  const note = [`${highest.toFixed(0)} MiB at most`, ...children].join(", ");
  return { what: `Memory after use, ${what}`, unit: "MiB", gate: 400, aim: 300, measured: rss, note };
}
