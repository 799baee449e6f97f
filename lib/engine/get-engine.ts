import "server-only";
import type { Engine } from "./engine.ts";
import { sharedEngine } from "./shared-engine.ts";

/** The engine, for route handlers only: this file must never reach a browser. */
export function getEngine(): Engine {
  return sharedEngine();
}
