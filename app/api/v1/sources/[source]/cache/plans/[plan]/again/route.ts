import { endpoints } from "../../../../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../../../../handle.ts";

export const POST = handle<never, typeof endpoints.planAgain.body, { source: string; plan: string }>(
  { body: endpoints.planAgain.body },
  ({ engine, viewer, params: { source, plan } }) => engine.operations.planAgain(viewer, source, plan),
);
