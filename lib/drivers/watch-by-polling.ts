import type { StopWatching } from "../contracts/driver.ts";

export interface PollingPace {
  /** Milliseconds between two looks. */
  everyMs: number;
  /** Longest share of the time that looking may take (0.02: two looks of 1 s are followed by a rest of 50 s). */
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
  let tookBefore = 0;

  async function measuredLook(): Promise<string> {
    const begun = performance.now();
    const seen = await lookSafely();
    const took = performance.now() - begun;
    // One look that was held up by others, as the first often is, does not say what looking takes.
    restMs = Math.max(pace.everyMs, pace.share ? Math.min(took, tookBefore) / pace.share : 0);
    tookBefore = took;
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
