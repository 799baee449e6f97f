import { type Visit, visit } from "../browser.ts";
import { type Line, median } from "../figures.ts";
import { readMemory } from "../memory.ts";
import { type BenchServer, startServer } from "../server.ts";
import type { Sizes } from "../sizes.ts";

const restMillis = 3_000;

/** The bundled project: memory at rest and after use, and the JavaScript of each page's first load. */
export async function measureBundled({ repeats }: Sizes): Promise<Line[]> {
  const server = await startServer([]);
  try {
    await server.untilIndexed();
    await new Promise((resolve) => setTimeout(resolve, restMillis));
    const idle = memoryLine(server, "Memory at rest, bundled project", 250, 180);
    const { items } = await server.ask<{ items: { source: string; id: string }[] }>("/runs?limit=1");
    const { source, id } = items[0]!;
    const lines: Line[] = [];
    for (const path of ["/", "/runs", "/cache", "/artifacts"])
      lines.push(await scriptLine(server, path, path, 200, repeats));
    const run = `/runs/${source}/${id}`;
    lines.push(await scriptLine(server, "a run", run, 300, repeats));
    lines.push(await scriptLine(server, "a run's metrics", `${run}?tab=metrics`, 300, repeats));
    await askEverything(server, source, id);
    return [idle, ...lines, memoryLine(server, "Memory after use, bundled project", 400, 300)];
  } finally {
    await server.stop();
  }
}

function memoryLine(server: BenchServer, what: string, gate: number, aim: number): Line {
  const { rss, children } = readMemory(server.pid);
  return { what, unit: "MiB", gate, aim, measured: rss, note: children.join(", ") };
}

async function scriptLine(
  server: BenchServer,
  name: string,
  path: string,
  gate: number,
  repeats: number,
): Promise<Line> {
  const visits: Visit[] = [];
  for (let time = 0; time < repeats; time += 1) visits.push(await visit(server, path, hasHeading));
  const note = `${visits[0]?.requests} requests; heading after ${median(visits.map(({ millis }) => millis)).toFixed(0)} ms`;
  return { what: `JavaScript of ${name}`, unit: "KiB", gate, aim: null, measured: visits[0]!.scriptKiB, note };
}

/** Runs in the page. */
function hasHeading(): boolean {
  return document.querySelector("h1") !== null;
}

/** A round through the API as a person's clicking makes it. */
async function askEverything(server: BenchServer, source: string, run: string): Promise<void> {
  const ofRun = `/sources/${source}/runs/${run}`;
  const paths = ["/overview", "/runs", "/runs/columns", "/cache/entries", `/sources/${source}/artifacts`].concat([
    ofRun,
    `${ofRun}/metrics`,
    `${ofRun}/graph`,
    `${ofRun}/log`,
    `${ofRun}/artifacts`,
    `/sources/${source}/cache/tree`,
  ]);
  for (let round = 0; round < 20; round += 1) for (const path of paths) await server.ask(path);
}
