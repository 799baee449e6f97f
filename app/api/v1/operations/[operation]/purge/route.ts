import { endpoints } from "../../../../../../lib/wire/endpoints.ts";
import { sendJson } from "../../../../../../lib/wire/handler.ts";
import { idempotencyKeyOf } from "../../../../../../lib/wire/idempotency-key.ts";
import { handle } from "../../../handle.ts";

export const POST = handle<never, typeof endpoints.purge.body, { operation: string }>(
  { body: endpoints.purge.body },
  ({ engine, viewer, params, body, request }) => {
    const operationId = engine.operations.purge(viewer, params.operation, body, idempotencyKeyOf(request));
    return sendJson({ operationId }, 202);
  },
);
