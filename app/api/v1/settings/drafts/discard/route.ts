import { endpoints } from "../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../handle.ts";

export const POST = handle({ body: endpoints.discardDraft.body }, ({ engine, viewer, body }) => {
  engine.discardDraft(viewer, body.of);
  return { discarded: true };
});
