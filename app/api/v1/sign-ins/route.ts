import { factsOf } from "../../../../lib/wire/handler.ts";
import { handle } from "../handle.ts";

export const GET = handle({}, async ({ engine, request }) => {
  const items = await engine.auth.signIns(factsOf(request));
  return { items, nextCursor: null, total: { value: items.length, exact: true }, asOf: null, complete: true };
});
