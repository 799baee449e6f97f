import { getEngine } from "../../../../lib/engine/get-engine.ts";
import { sendFailure, sendJson } from "../../../../lib/wire/handler.ts";

export function GET(): Response {
  try {
    const engine = getEngine();
    return sendJson({ status: engine.health(), version: engine.version });
  } catch (error) {
    return sendFailure(error);
  }
}
