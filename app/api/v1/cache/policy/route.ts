import { endpoints } from "../../../../../lib/wire/endpoints.ts";
import { handle } from "../../handle.ts";

export const GET = handle({ query: endpoints.policy.query }, ({ engine, viewer, query }) =>
  engine.simulatePolicy(viewer, query),
);
