import { handle } from "../../../../../handle.ts";

export const GET = handle<never, never, { source: string; entry: string }>({}, ({ engine, viewer, params }) =>
  engine.entry(viewer, params.source, params.entry),
);
