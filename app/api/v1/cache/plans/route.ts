import { endpoints } from "../../../../../lib/wire/endpoints.ts";
import { handle } from "../../handle.ts";

export const GET = handle({ query: endpoints.proposals.query }, ({ engine, viewer, query }) =>
  engine.operations.proposals(viewer, query),
);
