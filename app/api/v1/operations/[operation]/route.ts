import { handle } from "../../handle.ts";

const firstItems = 100;

export const GET = handle<never, never, { operation: string }>({}, ({ engine, viewer, params: { operation } }) => ({
  ...engine.operations.find(viewer, operation),
  items: engine.operations.items(viewer, operation, { limit: firstItems }).items,
}));
