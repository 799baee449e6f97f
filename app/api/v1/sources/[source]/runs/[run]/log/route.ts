import { endpoints } from "../../../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../../../handle.ts";

export const GET = handle<typeof endpoints.log.query, never, { source: string; run: string }>(
  { query: endpoints.log.query },
  ({ engine, viewer, params, query }) => engine.log(viewer, params.source, params.run, query),
);
