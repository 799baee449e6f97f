import { endpoints } from "../../../../../lib/wire/endpoints.ts";
import { handle } from "../../handle.ts";

export const GET = handle({ query: endpoints.orphans.query }, ({ engine, viewer, query }) =>
  engine.orphans(viewer, query),
);
