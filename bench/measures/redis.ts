import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { visit } from "../browser.ts";
import type { Line } from "../figures.ts";
import { type BenchServer, startServer } from "../server.ts";
import type { Sizes } from "../sizes.ts";
import { startRedisEntries } from "../stores/redis.ts";
import { hasRows } from "./runs.ts";

interface EntryPage {
  items: unknown[];
  complete: boolean;
}

interface Waits {
  p50: number;
  p99: number;
}

const aloneMillis = 10_000;
const client = fileURLToPath(new URL("../another-client.ts", import.meta.url));

/** A large cache in Redis: its first page while it is being read, and what another client feels of the reading. */
export async function measureRedis({ entries }: Sizes): Promise<Line[]> {
  const redis = await startRedisEntries(entries);
  try {
    const alone = await timeGets(redis.port, new Promise((resolve) => setTimeout(resolve, aloneMillis)));
    const server = await startServer([redis.url]);
    try {
      const first = await untilFirstPage(server);
      const indexing = server.untilIndexed();
      // The browser is not what the other client is to be spared.
      const shown = await visit(server, "/cache", hasRows);
      const meanwhile = timeGets(redis.port, indexing);
      const [seconds, other] = [await indexing, await meanwhile];
      const told = ({ p50, p99 }: Waits) => `p50 ${p50.toFixed(2)}, p99 ${p99.toFixed(2)} ms`;
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
          measured: other.p99 / alone.p99,
          note: `alone ${told(alone)}; meanwhile ${told(other)}`,
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

/** What another client waits for until something is over. */
async function timeGets(port: number, over: Promise<unknown>): Promise<Waits> {
  const other = spawn(process.execPath, [client, String(port)], { stdio: ["pipe", "pipe", "inherit"] });
  const end = () => other.stdin.end();
  over.then(end, end);
  return JSON.parse(await text(other.stdout)) as Waits;
}
