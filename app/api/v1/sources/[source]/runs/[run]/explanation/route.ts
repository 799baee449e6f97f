import { handle } from "../../../../../handle.ts";

export const GET = handle<never, never, { source: string; run: string }>({}, ({ engine, viewer, params }) =>
  engine.explainRun(viewer, params.source, params.run),
);
