import { endpoints } from "../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../handle.ts";

export const GET = handle<typeof endpoints.sourceRuns.query, never, { source: string }>(
  { query: endpoints.sourceRuns.query },
  ({ engine, viewer, params, query }) => engine.runs(viewer, { ...query, source: params.source }),
);
