import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { visit } from "../browser.ts";
import { type Line, quantile } from "../figures.ts";
import { type BenchServer, startServer } from "../server.ts";
import type { Sizes } from "../sizes.ts";
import { startRedisEntries } from "../stores/redis.ts";
import { hasRows } from "./runs.ts";

interface EntryPage {
  items: unknown[];
  complete: boolean;
}

/** How often the server is stopped and goes on while another client asks. */
const turns = 40;
const stoppedMillis = 1_000;
/** What a rest saves up is spent at once after it, which indexing without rests never does. */
const settleMillis = 700;
const runningMillis = 1_500;
const client = fileURLToPath(new URL("../another-client.ts", import.meta.url));

/** A large cache in Redis: its first page while it is being read, and what another client feels of the reading. */
export async function measureRedis({ entries }: Sizes): Promise<Line[]> {
  const redis = await startRedisEntries(entries);
  try {
    const server = await startServer([redis.url]);
    try {
      const first = await untilFirstPage(server);
      const shown = await visit(server, "/cache", hasRows);
      // Neither the browser nor being asked how far it is belongs to what the other client is to be spared.
      const { alone, beside } = await timeGets(redis.port, server.pid);
      const seconds = await server.untilIndexed();
      const told = (took: number[]) =>
        `p50 ${quantile(took, 0.5).toFixed(2)}, p99 ${quantile(took, 0.99).toFixed(2)} ms`;
      return [
        {
          what: `${entries.toLocaleString("en")} Redis keys: first page of entries`,
          unit: "ms",
          gate: 1000,
          aim: 500,
          measured: first,
        },
        { what: "… /cache in the browser meanwhile", unit: "ms", gate: 1000, aim: 500, measured: shown.millis },
        {
          what: "… another client's GET, p99, as a multiple of alone",
          unit: "×",
          gate: 1.5,
          aim: 1.2,
          measured: quantile(beside, 0.99) / quantile(alone, 0.99),
          note: `alone ${told(alone)}; meanwhile ${told(beside)}`,
        },
        { what: "… all keys indexed", unit: "s", gate: null, aim: null, measured: seconds },
      ];
    } finally {
      await server.stop();
    }
  } finally {
    await redis.stop();
  }
}

/** From when the server listens until a page of 50 that says it is not complete, ms. */
async function untilFirstPage(server: BenchServer): Promise<number> {
  const begun = performance.now();
  for (;;) {
    const { items, complete } = await server.ask<EntryPage>("/cache/entries?limit=50");
    if (items.length < 50) continue;
    if (complete) throw new Error("The first page came when everything was read: the store is too small to tell.");
    return performance.now() - begun;
  }
}

/** What another client's GETs took, ms, while the server was stopped and while it read: turn about, so that both meet the same machine. */
async function timeGets(port: number, pid: number): Promise<{ alone: number[]; beside: number[] }> {
  const other = spawn(process.execPath, [client, String(port)], { stdio: ["pipe", "pipe", "inherit"] });
  const printed = text(other.stdout);
  const periods: { isBeside: boolean; from: number; to: number }[] = [];
  const watch = async (isBeside: boolean, millis: number) => {
    const from = Date.now();
    await sleep(millis);
    periods.push({ isBeside, from, to: Date.now() });
  };
  for (let turn = 0; turn < turns; turn += 1) {
    process.kill(pid, "SIGSTOP");
    await watch(false, stoppedMillis);
    process.kill(pid, "SIGCONT");
    await sleep(settleMillis);
    await watch(true, runningMillis);
  }
  other.stdin.end();
  const gets = JSON.parse(await printed) as [askedAt: number, took: number][];
  const during = (beside: boolean) =>
    gets
      .filter(([at]) => periods.some(({ isBeside, from, to }) => isBeside === beside && at >= from && at < to))
      .map(([, took]) => took);
  return { alone: during(false), beside: during(true) };
}
