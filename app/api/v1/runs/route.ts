import { endpoints } from "../../../../lib/wire/endpoints.ts";
import { handle } from "../handle.ts";

export const GET = handle({ query: endpoints.runs.query }, ({ engine, viewer, query }) => engine.runs(viewer, query));
