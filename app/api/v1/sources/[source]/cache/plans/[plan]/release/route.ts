import { endpoints } from "../../../../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../../../../handle.ts";

export const POST = handle<never, typeof endpoints.releaseItems.body, { source: string; plan: string }>(
  { body: endpoints.releaseItems.body },
  ({ engine, viewer, params: { source, plan }, body }) => engine.operations.release(viewer, source, plan, body.items),
);
