import { endpoints } from "../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../handle.ts";

export const GET = handle<typeof endpoints.operationItems.query, never, { operation: string }>(
  { query: endpoints.operationItems.query },
  ({ engine, viewer, params, query }) => engine.operations.items(viewer, params.operation, query),
);
