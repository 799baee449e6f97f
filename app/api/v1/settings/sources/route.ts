import { endpoints } from "../../../../../lib/wire/endpoints.ts";
import { handle } from "../../handle.ts";

export const POST = handle({ body: endpoints.writeSource.body }, ({ engine, viewer, body }) =>
  engine.writeSource(viewer, body),
);
