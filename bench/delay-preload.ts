import { createServer } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

/**
 * Loaded into the measured server by `--import` (never part of the product): watches how late its main thread's timers come. Who connects to the
 * socket named by `BENCH_DELAY_SOCKET` is told what was seen since the last one asked.
 */
const socket = process.env.BENCH_DELAY_SOCKET;
const resolution = 10;

if (isMainThread && socket && process.argv[1]?.endsWith("trialdeck.ts")) {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  // The histogram holds the whole time between two timers; what comes beyond the interval asked for is the delay.
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - resolution);
  createServer((connection) => {
    connection.end(
      JSON.stringify({ p50: late(delay.percentile(50)), p99: late(delay.percentile(99)), max: late(delay.max) }),
    );
    delay.reset();
  })
    .listen(socket)
    .unref();
}
