import { cp, mkdtemp, rm } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { startTrialdeck, type TrialdeckServer } from "../e2e/support/trialdeck-server.ts";

export interface BenchServer extends TrialdeckServer {
  /** How late the timers of the main thread came since last asked, ms. */
  readDelay(): Promise<{ p50: number; p99: number; max: number }>;
  /** Waits until everything is indexed; answers the seconds since the server listened. */
  untilIndexed(): Promise<number>;
}

const preload = fileURLToPath(new URL("./delay-preload.ts", import.meta.url));
const lookMillis = 100;

/** The real server, as in production, with a state of its own: an empty one, or a copy of `state`. `targets` none: the bundled project. */
export async function startServer(targets: readonly string[], state?: string): Promise<BenchServer> {
  const folder = await mkdtemp(join(tmpdir(), "trialdeck-bench-state-"));
  if (state) await cp(state, folder, { recursive: true });
  const socket = join(folder, "delay.sock");
  const env = { ...process.env, NODE_OPTIONS: `--import=${preload}`, BENCH_DELAY_SOCKET: socket };
  const server = await startTrialdeck(targets, { stateDir: folder, env });
  const begun = performance.now();
  return {
    ...server,
    async readDelay() {
      return JSON.parse(await text(createConnection(socket)));
    },
    async untilIndexed() {
      while (!(await isIndexed(server))) await new Promise((resolve) => setTimeout(resolve, lookMillis));
      return (performance.now() - begun) / 1000;
    },
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function isIndexed(server: TrialdeckServer): Promise<boolean> {
  const { items } = await server.ask<{
    items: { status: string; indexed: { complete: boolean }; error?: { message: string } }[];
  }>("/sources");
  const failed = items.find(({ error }) => error);
  if (failed) throw new Error(failed.error?.message);
  return items.length > 0 && items.every(({ status, indexed }) => status === "ready" && indexed.complete);
}
