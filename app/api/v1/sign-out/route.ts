import { getEngine } from "../../../../lib/engine/get-engine.ts";
import { factsOf, sendFailure, sendJson } from "../../../../lib/wire/handler.ts";

/** Ends this browser's sign-in. */
export async function POST(request: Request): Promise<Response> {
  try {
    const cookie = await getEngine().auth.signOut(factsOf(request));
    return sendJson({ signedIn: false }, 200, { "set-cookie": cookie });
  } catch (error) {
    return sendFailure(error);
  }
}
