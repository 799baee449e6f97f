import { endpoints } from "../../../../lib/wire/endpoints.ts";
import { sendEvents } from "../../../../lib/wire/send-events.ts";
import { handle } from "../handle.ts";

export const GET = handle({ query: endpoints.events.query }, ({ engine, query, request }) =>
  sendEvents(request, engine.events, query.source ?? null),
);
