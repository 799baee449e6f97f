import { handle } from "../../../../../handle.ts";

export const GET = handle<never, never, { source: string; plan: string }>({}, ({ engine, viewer, params }) =>
  engine.operations.findPlan(viewer, params.source, params.plan),
);
