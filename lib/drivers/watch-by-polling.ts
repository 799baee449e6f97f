import type { StopWatching } from "../contracts/driver.ts";

export interface PollingPace {
  /** Milliseconds between two looks. */
  everyMs: number;
  /** Longest share of the time that looking may take (0.02: a look of 1 s is followed by a rest of 49 s). */
  share?: number;
}

/**
 * Calls back when `look` gives another answer than before. A look that fails counts as the answer "not there",
 * so that both the loss and the return of a store are told, once each. Ends when stopped or when the driver is `closed`.
 */
export async function watchByPolling(
  look: () => Promise<string>,
  pace: PollingPace,
  onChange: () => void,
  closed: AbortSignal,
): Promise<StopWatching> {
  const lookSafely = () => look().catch(() => "not there");
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let restMs = pace.everyMs;

  async function measuredLook(): Promise<string> {
    const begun = performance.now();
    const seen = await lookSafely();
    restMs = Math.max(pace.everyMs, pace.share ? (performance.now() - begun) / pace.share : 0);
    return seen;
  }

  let last = await measuredLook();
  const rest = () => {
    timer = setTimeout(async () => {
      const seen = await measuredLook();
      if (stopped || closed.aborted) return;
      if (seen !== last) {
        last = seen;
        onChange();
      }
      rest();
    }, restMs);
    timer.unref();
  };
  rest();
  return async () => {
    stopped = true;
    clearTimeout(timer);
  };
}
