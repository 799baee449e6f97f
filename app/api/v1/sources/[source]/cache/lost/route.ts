import { endpoints } from "../../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../../handle.ts";

export const GET = handle<typeof endpoints.lostEntries.query, never, { source: string }>(
  { query: endpoints.lostEntries.query },
  ({ engine, viewer, params, query }) => engine.lostEntries(viewer, params.source, query),
);
