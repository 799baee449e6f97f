import { endpoints } from "../../../../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../../../../handle.ts";

export const POST = handle<never, typeof endpoints.publishPlan.body, { source: string; plan: string }>(
  { body: endpoints.publishPlan.body },
  ({ engine, viewer, params: { source, plan }, body }) => engine.operations.publish(viewer, source, plan, body),
);
