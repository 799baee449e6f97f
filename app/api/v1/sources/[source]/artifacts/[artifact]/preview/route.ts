import { endpoints } from "../../../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../../../handle.ts";

export const GET = handle<typeof endpoints.preview.query, never, { source: string; artifact: string }>(
  { query: endpoints.preview.query },
  ({ engine, viewer, params, query }) => engine.preview(viewer, params.source, params.artifact, query),
);
