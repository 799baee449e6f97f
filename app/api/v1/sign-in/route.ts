import { getEngine } from "../../../../lib/engine/get-engine.ts";
import { sendFailure, sendJson } from "../../../../lib/wire/handler.ts";

/** The one-time address: signs the browser in and goes on to the pages. */
export function GET(request: Request): Response {
  try {
    const code = new URL(request.url).searchParams.get("code") ?? "";
    const cookie = getEngine().auth.signIn({ code });
    return new Response(null, {
      status: 303,
      headers: { location: "/", "set-cookie": cookie, "cache-control": "no-store" },
    });
  } catch (error) {
    // A used link leads to the pages, which say how to sign in (or show everything, where the cookie still holds).
    if (request.headers.get("accept")?.includes("text/html"))
      return new Response(null, { status: 303, headers: { location: "/", "cache-control": "no-store" } });
    return sendFailure(error);
  }
}

/** For those who hold the token: `Authorization: Bearer <token>` becomes a cookie. */
export function POST(request: Request): Response {
  try {
    const facts = { method: request.method, header: (name: string) => request.headers.get(name) };
    const cookie = getEngine().auth.signIn({ request: facts });
    const answer = sendJson({ signedIn: true });
    answer.headers.set("set-cookie", cookie);
    return answer;
  } catch (error) {
    return sendFailure(error);
  }
}
