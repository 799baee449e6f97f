import { endpoints } from "../../../../../lib/wire/endpoints.ts";
import { handle } from "../../handle.ts";

export const GET = handle({ query: endpoints.ledger.query }, ({ engine, viewer, query }) =>
  engine.ledger(viewer, query),
);
