import { endpoints } from "../../../../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../../../../handle.ts";

export const GET = handle<typeof endpoints.planChanges.query, never, { source: string; plan: string }>(
  { query: endpoints.planChanges.query },
  ({ engine, viewer, params, query }) => engine.operations.planChanges(viewer, params.source, params.plan, query),
);
