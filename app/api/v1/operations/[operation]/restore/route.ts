import { endpoints } from "../../../../../../lib/wire/endpoints.ts";
import { sendJson } from "../../../../../../lib/wire/handler.ts";
import { idempotencyKeyOf } from "../../../../../../lib/wire/idempotency-key.ts";
import { handle } from "../../../handle.ts";

export const POST = handle<never, typeof endpoints.restore.body, { operation: string }>(
  { body: endpoints.restore.body },
  async ({ engine, viewer, params, body, request }) => {
    const key = idempotencyKeyOf(request);
    return sendJson({ operationId: await engine.operations.restore(viewer, params.operation, body, key) }, 202);
  },
);
