import { AppError } from "../domain/errors.ts";

export interface RequestFacts {
  method: string;
  /** Lower-case names. */
  header(name: string): string | null;
}

/** Set by the door to the address that the socket is connected to, whatever a client sends. */
export const peerHeader = "x-trialdeck-peer";

const safeMethods = new Set(["GET", "HEAD"]);

export function addressOf(request: RequestFacts): string | null {
  return request.header(peerHeader) || null;
}

export function bearerOf(request: RequestFacts): string | null {
  return /^Bearer (.+)$/i.exec(request.header("authorization") ?? "")?.[1] ?? null;
}

/** What a browser sends by itself changes things only from our own pages. Throws `forbidden`. */
export function requireSameOrigin(request: RequestFacts, origins: readonly string[]): void {
  if (safeMethods.has(request.method)) return;
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

export function readCookie(request: RequestFacts, name: string): string | null {
  for (const part of (request.header("cookie") ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}
