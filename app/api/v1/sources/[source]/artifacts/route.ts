import { endpoints } from "../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../handle.ts";

export const GET = handle<typeof endpoints.artifacts.query, never, { source: string }>(
  { query: endpoints.artifacts.query },
  ({ engine, viewer, params, query }) => engine.artifacts(viewer, { ...query, source: params.source }),
);
