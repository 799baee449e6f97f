import { endpoints } from "../../../../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../../../../handle.ts";

export const GET = handle<typeof endpoints.planItems.query, never, { source: string; plan: string }>(
  { query: endpoints.planItems.query },
  ({ engine, viewer, params, query }) => engine.operations.planItems(viewer, params.source, params.plan, query),
);
