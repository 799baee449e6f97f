import { monitorEventLoopDelay } from "node:perf_hooks";

const resolution = 10;

/** How late timers come in this process, which has nothing to do meanwhile: what the machine itself adds to every delay. `stop` answers p99, ms. */
export function watchMachine(): { stop(): number } {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  return {
    stop() {
      delay.disable();
      return Math.max(0, delay.percentile(99) / 1e6 - resolution);
    },
  };
}
