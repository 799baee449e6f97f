import type { Engine } from "../../../lib/engine/engine.ts";
import { getEngine } from "../../../lib/engine/get-engine.ts";
import { createHandlers } from "../../../lib/wire/handler.ts";

/** Route handlers over this process's engine. */
export const handle = createHandlers<Engine, Awaited<ReturnType<Engine["auth"]["authenticate"]>>>(getEngine);
