import { endpoints } from "../../../../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../../../../handle.ts";

export const POST = handle<never, typeof endpoints.withdrawPlan.body, { source: string; plan: string }>(
  { body: endpoints.withdrawPlan.body },
  ({ engine, viewer, params: { source, plan } }) => engine.operations.withdraw(viewer, source, plan),
);
