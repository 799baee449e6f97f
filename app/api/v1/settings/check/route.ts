import { endpoints } from "../../../../../lib/wire/endpoints.ts";
import { sendLines, wantsLines } from "../../../../../lib/wire/send-lines.ts";
import { handle } from "../../handle.ts";

export const POST = handle({ body: endpoints.checkSource.body }, ({ engine, viewer, body, request }) => {
  if (!wantsLines(request)) return engine.checkSource(viewer, body);
  return sendLines((tell) => engine.checkSource(viewer, body, tell));
});
