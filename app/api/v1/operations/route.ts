import { endpoints } from "../../../../lib/wire/endpoints.ts";
import { handle } from "../handle.ts";

export const GET = handle({ query: endpoints.operations.query }, ({ engine, viewer, query }) =>
  engine.operations.list(viewer, query),
);
