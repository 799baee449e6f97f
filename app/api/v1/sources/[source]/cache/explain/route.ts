import { endpoints } from "../../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../../handle.ts";

export const GET = handle<typeof endpoints.explain.query, never, { source: string }>(
  { query: endpoints.explain.query },
  ({ engine, viewer, params, query }) => engine.explain(viewer, params.source, query),
);
