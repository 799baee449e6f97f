import { endpoints } from "../../../../../lib/wire/endpoints.ts";
import { handle } from "../../handle.ts";

export const GET = handle({ query: endpoints.runColumns.query }, ({ engine, viewer, query }) =>
  engine.runColumns(viewer, query),
);
