import { endpoints } from "../../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../../handle.ts";

export const GET = handle<typeof endpoints.sourceEntries.query, never, { source: string }>(
  { query: endpoints.sourceEntries.query },
  ({ engine, viewer, params, query }) => engine.entries(viewer, { ...query, source: params.source }),
);
