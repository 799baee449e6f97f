import { type Line, median } from "../figures.ts";
import { readMemory } from "../memory.ts";
import { type BenchServer, startServer } from "../server.ts";
import type { Sizes } from "../sizes.ts";
import { type CloudStore, openCloud } from "../stores/cloud.ts";

const mebibyte = 2 ** 20;
const sampleMillis = 20;

/** Firestore and a bucket, both on emulators: the first rows of many runs; a large object seen and taken through the server. */
export async function measureCloud({ cloudRuns, objectMebibytes, repeats }: Sizes): Promise<Line[]> {
  const store = await openCloud(cloudRuns, objectMebibytes * mebibyte);
  try {
    return [await measureRows(store, cloudRuns), ...(await measureObject(store, objectMebibytes, repeats))];
  } finally {
    await store.stop();
  }
}

async function measureRows({ index, env }: CloudStore, runs: number): Promise<Line> {
  const server = await startServer([index], { env });
  try {
    const measured = await untilFirstPage(server);
    const what = `${runs.toLocaleString("en")} runs on Firestore: first page of run rows, cold catalog`;
    return { what, unit: "ms", gate: 1500, aim: null, measured };
  } finally {
    await server.stop();
  }
}

async function measureObject(store: CloudStore, mebibytes: number, repeats: number): Promise<Line[]> {
  const server = await startServer([store.objects], { env: store.env });
  try {
    await server.untilIndexed();
    const { items: sources } = await server.ask<{ items: { id: string }[] }>("/sources");
    const artifacts = `/sources/${sources[0]!.id}/artifacts`;
    const { items } = await server.ask<{ items: { id: string; name: string }[] }>(`${artifacts}?limit=50`);
    const large = `${artifacts}/${items.find(({ name }) => name.endsWith("large.csv"))!.id}`;
    const authorization = `Bearer ${server.token}`;
    const previews: number[] = [];
    const ratios: number[] = [];
    const before = readMemory(server.pid).rss;
    const memory = watchHighest(server.pid);
    for (let time = 0; time < repeats; time += 1) {
      previews.push(await timeIt(() => server.ask(`${large}/preview`)));
      const own = await timeIt(() => take(store.objectUrl));
      const ours = await timeIt(() => take(`${server.origin}/api/v1${large}/content`, { authorization }));
      ratios.push(ours / own);
    }
    const more = memory.stop() - before;
    return [
      {
        what: `${mebibytes} MiB in a bucket: its preview`,
        unit: "ms",
        gate: 300,
        aim: null,
        measured: median(previews),
      },
      {
        what: "… its download, as a multiple of the emulator's own",
        unit: "×",
        gate: 1.25,
        aim: null,
        measured: median(ratios),
      },
      { what: "… memory of the server meanwhile, more than before", unit: "MiB", gate: 50, aim: null, measured: more },
    ];
  } finally {
    await server.stop();
  }
}

async function untilFirstPage(server: BenchServer): Promise<number> {
  const begun = performance.now();
  for (;;) {
    const { items } = await server.ask<{ items: unknown[] }>("/runs?limit=50");
    if (items.length === 50) return performance.now() - begun;
  }
}

async function timeIt(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** Reads a body and lets it go as it comes. */
async function take(url: string, headers: Record<string, string> = {}): Promise<void> {
  const response = await fetch(url, { headers });
  if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}`);
  for await (const chunk of response.body) void chunk;
}

/** The most memory of a process until stopped, MiB. */
function watchHighest(pid: number): { stop(): number } {
  let highest = 0;
  const timer = setInterval(() => {
    highest = Math.max(highest, readMemory(pid).rss);
  }, sampleMillis);
  return {
    stop() {
      clearInterval(timer);
      return highest;
    },
  };
}
