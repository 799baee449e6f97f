import { endpoints } from "../../../../../../../../../lib/wire/endpoints.ts";
import { sendJson } from "../../../../../../../../../lib/wire/handler.ts";
import { idempotencyKeyOf } from "../../../../../../../../../lib/wire/idempotency-key.ts";
import { handle } from "../../../../../../handle.ts";

export const POST = handle<never, typeof endpoints.applyPlan.body, { source: string; plan: string }>(
  { body: endpoints.applyPlan.body },
  async ({ engine, viewer, params: { source, plan }, body, request }) => {
    const operationId = await engine.operations.apply(viewer, source, plan, body, idempotencyKeyOf(request));
    return sendJson({ operationId }, 202);
  },
);
