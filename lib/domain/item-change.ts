import type { Millis } from "./values.ts";

/** What is done to an item of an operation that is not simply taken out or put back. Kept with it, so that it is done the same after a crash. */
export type ItemChange =
  /** Written anew as this run recorded it, its life counted from then. */
  | { revive: { experimentName: string; runName: string; at: Millis } }
  /** Another end of life; `null`: none. */
  | { life: { from: Millis | null; to: Millis | null } };
