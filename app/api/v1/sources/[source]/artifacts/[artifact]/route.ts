import { handle } from "../../../../handle.ts";

export const GET = handle<never, never, { source: string; artifact: string }>({}, ({ engine, viewer, params }) =>
  engine.artifact(viewer, params.source, params.artifact),
);
