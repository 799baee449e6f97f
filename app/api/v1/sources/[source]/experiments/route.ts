import { handle } from "../../../handle.ts";

export const GET = handle<never, never, { source: string }>({}, ({ engine, viewer, params }) =>
  engine.experiments(viewer, params.source),
);
