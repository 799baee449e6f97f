import { endpoints } from "../../../../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../../../../handle.ts";

export const POST = handle<never, typeof endpoints.holdItems.body, { source: string; plan: string }>(
  { body: endpoints.holdItems.body },
  ({ engine, viewer, params: { source, plan }, body }) => engine.operations.hold(viewer, source, plan, body),
);
