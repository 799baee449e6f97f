import { endpoints } from "../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../handle.ts";

export const POST = handle<never, typeof endpoints.cancel.body, { operation: string }>(
  { body: endpoints.cancel.body },
  ({ engine, viewer, params }) => engine.operations.cancel(viewer, params.operation),
);
