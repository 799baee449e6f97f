import { endpoints } from "../../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../../handle.ts";

export const POST = handle<never, typeof endpoints.pin.body, { source: string }>(
  { body: endpoints.pin.body },
  ({ engine, viewer, params, body }) => engine.pin(viewer, params.source, body),
);
