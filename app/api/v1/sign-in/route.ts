import { getEngine } from "../../../../lib/engine/get-engine.ts";
import { factsOf, sendFailure, sendJson } from "../../../../lib/wire/handler.ts";
import { goTo, goToPagesInstead } from "./go-to.ts";

/** The one-time address: signs the browser in and goes on to the pages. */
export async function GET(request: Request): Promise<Response> {
  try {
    const code = new URL(request.url).searchParams.get("code") ?? "";
    return goTo("/", [await getEngine().auth.signIn(factsOf(request), code)]);
  } catch (error) {
    // A used link leads to the pages, which say how to sign in (or show everything, where the cookie still holds).
    return goToPagesInstead(request, "/") ?? sendFailure(error);
  }
}

/** For those who hold a token: `Authorization: Bearer <token>` becomes a cookie. */
export async function POST(request: Request): Promise<Response> {
  try {
    const cookie = await getEngine().auth.signIn(factsOf(request));
    return sendJson({ signedIn: true }, 200, { "set-cookie": cookie });
  } catch (error) {
    return sendFailure(error);
  }
}
