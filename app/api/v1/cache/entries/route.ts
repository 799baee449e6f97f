import { endpoints } from "../../../../../lib/wire/endpoints.ts";
import { handle } from "../../handle.ts";

export const GET = handle({ query: endpoints.entries.query }, ({ engine, viewer, query }) =>
  engine.entries(viewer, query),
);
