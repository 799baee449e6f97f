import { endpoints } from "../../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../../handle.ts";

export const GET = handle<typeof endpoints.sourceLedger.query, never, { source: string }>(
  { query: endpoints.sourceLedger.query },
  ({ engine, viewer, params, query }) => engine.ledger(viewer, { ...query, source: params.source }),
);
