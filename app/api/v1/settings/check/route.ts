import { endpoints } from "../../../../../lib/wire/endpoints.ts";
import { sendLines, wantsLines } from "../../../../../lib/wire/send-lines.ts";
import { handle } from "../../handle.ts";

export const POST = handle({ body: endpoints.checkSource.body }, ({ engine, viewer, body, request }) => {
  const { candidate, place, source = "", ...part } = body;
  if (candidate) return engine.checkCandidate(viewer, candidate, place);
  if (!wantsLines(request)) return engine.checkSource(viewer, { source, ...part });
  return sendLines((tell) => engine.checkSource(viewer, { source, ...part }, tell));
});
