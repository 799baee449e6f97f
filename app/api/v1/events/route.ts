import { endpoints } from "../../../../lib/wire/endpoints.ts";
import { factsOf } from "../../../../lib/wire/handler.ts";
import { sendEvents } from "../../../../lib/wire/send-events.ts";
import { handle } from "../handle.ts";

export const GET = handle({ query: endpoints.events.query }, ({ engine, viewer, query, request }) =>
  sendEvents(request, engine.events, viewer, query.source ?? null, () =>
    engine.auth.authenticate(factsOf(request)).then(
      () => true,
      () => false,
    ),
  ),
);
