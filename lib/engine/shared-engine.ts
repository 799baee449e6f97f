import type { Engine } from "./engine.ts";

const key = Symbol.for("trialdeck.engine");
type Holder = { [key]?: Engine };

/** The command line puts its engine here; Next's bundles, which hold another copy of every module, find it by this symbol. */
export function shareEngine(engine: Engine): void {
  (globalThis as Holder)[key] = engine;
}

/** The engine of this process. Throws when Next was started without `bin/trialdeck.ts`. */
export function sharedEngine(): Engine {
  const engine = (globalThis as Holder)[key];
  if (!engine) throw new Error("No engine in this process: start Trialdeck by `npm start`.");
  return engine;
}
