import { endpoints } from "../../../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../../../handle.ts";

export const GET = handle<typeof endpoints.runArtifacts.query, never, { source: string; run: string }>(
  { query: endpoints.runArtifacts.query },
  ({ engine, viewer, params, query }) => engine.artifacts(viewer, { ...query, source: params.source, run: params.run }),
);
