import { factsOf } from "../../../../../lib/wire/handler.ts";
import { handle } from "../../handle.ts";

export const DELETE = handle<never, never, { signIn: string }>({}, async ({ engine, params, request }) => {
  await engine.auth.revoke(factsOf(request), params.signIn);
  return { revoked: params.signIn };
});
