import { createHash, timingSafeEqual } from "node:crypto";
import { AppError } from "../domain/errors.ts";
import type { SignIns } from "../state/sign-ins.ts";
import { localAdmin, type Viewer } from "./viewer.ts";

export interface RequestFacts {
  method: string;
  /** Lower-case names. */
  header(name: string): string | null;
}

export interface Authenticator {
  /** Throws `unauthenticated` without a valid credential, `forbidden` for a cookie-borne mutation from elsewhere. */
  authenticate(request: RequestFacts): Viewer;
  /** A new sign-in for the one-time code or for a request that already carries a credential. Answers the `Set-Cookie` value. */
  signIn(proof: { code: string } | { request: RequestFacts }): string;
  /** The code of the printed address; good once. */
  oneTimeCode: string;
}

export interface AuthOptions {
  token: string;
  oneTimeCode: string;
  /** `http://127.0.0.1:3000`, … : what `Origin` must equal. */
  origins: readonly string[];
  port: number;
  signIns: SignIns;
  now: () => number;
}

const safeMethods = new Set(["GET", "HEAD"]);

/** Bearer token or sign-in cookie. A cookie's mutations need the exact Origin, JSON and `X-Requested-By`. */
export function createAuthenticator(options: AuthOptions): Authenticator {
  let codeUsed = false;
  const cookieName = `trialdeck_${options.port}`;

  const hasBearer = (request: RequestFacts) => {
    const bearer = /^Bearer (.+)$/i.exec(request.header("authorization") ?? "")?.[1];
    return bearer !== undefined && equals(bearer, options.token);
  };
  const hasCookie = (request: RequestFacts) => {
    const cookie = readCookie(request.header("cookie"), cookieName);
    return cookie !== null && options.signIns.isValid(cookie, options.now());
  };

  const authenticate = (request: RequestFacts): Viewer => {
    if (hasBearer(request)) return localAdmin;
    if (!hasCookie(request)) {
      throw new AppError("unauthenticated", "Sign in first.", {
        remedy: "Open the address that the server printed when it started, or send Authorization: Bearer <token>.",
      });
    }
    if (!safeMethods.has(request.method)) requireSameOrigin(request, options.origins);
    return localAdmin;
  };

  return {
    oneTimeCode: options.oneTimeCode,
    authenticate,
    signIn(proof) {
      if ("code" in proof) {
        if (codeUsed || !equals(proof.code, options.oneTimeCode)) {
          throw new AppError("unauthenticated", "This sign-in link was used already, or is not of this server.", {
            remedy: "Sign in with the token that the server printed, or start it again for a new link.",
          });
        }
        codeUsed = true;
      } else {
        authenticate(proof.request);
      }
      const { token, maxAgeSeconds } = options.signIns.create(options.now());
      return `${cookieName}=${token}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict`;
    },
  };
}

function requireSameOrigin(request: RequestFacts, origins: readonly string[]): void {
  const origin = request.header("origin");
  const site = request.header("sec-fetch-site");
  const isOurs =
    origin !== null &&
    origins.includes(origin) &&
    (site === null || site === "same-origin") &&
    request.header("x-requested-by") === "trialdeck" &&
    /^application\/json\b/i.test(request.header("content-type") ?? "");
  if (isOurs) return;
  throw new AppError("forbidden", "This request does not come from a Trialdeck page.", {
    remedy: "Scripts send Authorization: Bearer <token> instead of a cookie.",
  });
}

function readCookie(header: string | null, name: string): string | null {
  for (const part of (header ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}

/** Compares in constant time, whatever the lengths. */
function equals(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
