import { endpoints } from "../../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../../handle.ts";

export const GET = handle<typeof endpoints.tree.query, never, { source: string }>(
  { query: endpoints.tree.query },
  ({ engine, viewer, params, query }) => engine.tree(viewer, params.source, query.prefix ?? null),
);
