import { endpoints } from "../../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../../handle.ts";

export const POST = handle<never, typeof endpoints.makePlan.body, { source: string }>(
  { body: endpoints.makePlan.body },
  ({ engine, viewer, params, body }) => engine.operations.plan(viewer, params.source, body),
);
