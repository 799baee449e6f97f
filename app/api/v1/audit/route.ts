import { endpoints } from "../../../../lib/wire/endpoints.ts";
import { handle } from "../handle.ts";

export const GET = handle({ query: endpoints.audit.query }, ({ engine, viewer, query }) =>
  engine.operations.audit(viewer, query),
);
